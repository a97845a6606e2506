//! A hospital's figures from outside: exact at once, and the same when they are counted anew.

use crate::kit::{Hospital, PLATFORM_EMAIL, PLATFORM_PASSWORD, Server};
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn a_hospitals_figures_are_exact_at_once_and_after_a_recount() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "counted").await;
    let other = Hospital::join(&server, "uncounted").await;
    let slot = other.slot(&server, 30).await;
    other.book(&server, slot).await.expect(201);
    let mut booked = Vec::new();
    for hours in [48, 49, 50, 51] {
        let slot = hospital.slot(&server, hours).await;
        booked.push(hospital.book(&server, slot).await.expect(201));
    }
    for (appointment, verb) in [(&booked[0], "cancel"), (&booked[1], "complete"), (&booked[2], "confirm")] {
        let path = format!("/api/appointments/{}/{verb}/", appointment["id"]);
        server.post(&path, &hospital.admin, json!({})).await.expect(200);
    }
    let path = format!("/api/hospitals/{}/statistics/", hospital.id);
    let date = |text: &Value| text.as_str().unwrap().split_once('T').unwrap().0.to_owned();
    let last = date(&booked[3]["start_time"]);
    let asked = format!("{path}?date_to={last}");
    let figures = async || {
        let mut figures = server.get(&asked, &hospital.admin).await.expect(200);
        figures["generated_at"] = Value::Null;
        figures
    };
    let first = figures().await;
    let expected = json!({"booked": 4, "scheduled": 1, "confirmed": 1, "completed": 1, "cancelled": 1, "no_show": 0,
        "new_patients": 1});
    assert_eq!(first["period_totals"], expected);
    assert_eq!((&first["is_up_to_date"], &first["date_to"]), (&json!(true), &json!(last)));
    let days = first["by_day"].as_array().unwrap();
    assert_eq!(days.len(), 30);
    let today = date(&booked[0]["created_at"]);
    let row = days.iter().find(|day| day["date"] == today).unwrap();
    assert_eq!((&row["booked"], &row["new_patients"]), (&json!(4), &json!(1)));
    assert_eq!(first["by_doctor"][0]["doctor"], hospital.doctor_id);
    assert_eq!(first["by_doctor"][0]["booked"], 4);
    assert_eq!(first["by_appointment_type"][0]["appointment_type"], "consultation");
    // What it said before there were periods stands.
    assert_eq!((&first["total_appointments"], &first["total_doctors"]), (&json!(4), &json!(1)));
    // A patient learns nothing of doctors by it.
    let patients = server.get(&asked, &hospital.patient).await.expect(200);
    assert_eq!(patients["by_doctor"], json!([]));

    for (query, field) in [
        ("date_from=2025-02-01&date_to=2025-01-01", "date_to"),
        ("date_from=2020-01-01&date_to=2025-01-01", "date_from"),
    ] {
        let refused = server.get(&format!("{path}?{query}"), &hospital.admin).await.expect(400);
        assert!(refused["error"]["details"][field][0].is_string(), "{refused}");
    }

    let platform = server.log_in(PLATFORM_EMAIL, PLATFORM_PASSWORD).await;
    let body = json!({"hospital": hospital.id});
    server.post("/ops/statistics/recount", &hospital.admin, body.clone()).await.expect(403);
    for _ in 0..3 {
        server.post("/ops/statistics/recount", &platform, body.clone()).await.expect(200);
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(figures().await, first);
    }
    let folder = server.stop().await;

    let server = Server::start_in(folder, |_| {}).await;
    let admin = server.log_in("admin@counted.example", crate::kit::PASSWORD).await;
    let again = server.get(&asked, &admin).await.expect(200);
    assert_eq!(again["by_day"], first["by_day"]);
    server.stop().await;
}
