//! The dashboard: exact against a recount, whatever happened in between; one's own, or the hospital's.

use crate::kit::{Hospital, PLATFORM_EMAIL, PLATFORM_PASSWORD, Server};
use crate::notes::{HEADACHE, consultation, edit, note_path, sign};
use serde_json::{Value, json};
use std::time::Duration;

const PATH: &str = "/soapify/api/analytics/dashboard/";

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_is_exact_after_edits_retries_and_a_recount() {
    let server = Server::start().await;
    let mut hospital = Hospital::join(&server, "figures").await;
    let other = Hospital::join(&server, "elsewhere").await;
    consultation(&server, &other, "Someone Else", "en", HEADACHE).await;
    let first = consultation(&server, &hospital, "Lena Brandt", "en", HEADACHE).await;
    let second = consultation(&server, &hospital, "lena  brandt", "en", HEADACHE).await;
    // Long ago, without a note.
    let old = json!({"patient_name": "Old", "encounter_date": "2024-01-20T09:00:00Z"});
    server.post("/soapify/api/encounters/", &hospital.doctor, old).await.expect(201);
    let bearer = format!("Bearer {}", hospital.doctor);
    let headers =
        [("content-type", "application/json"), ("authorization", bearer.as_str()), ("idempotency-key", "k")];
    let body = serde_json::to_vec(&json!({"patient_name": "Twice"})).unwrap();
    for _ in 0..2 {
        server.send("POST", "/soapify/api/encounters/", &headers, body.clone()).await.expect(201);
    }
    edit(&server, &hospital, first, json!({"plan": {"patient_education": ["Rest"]}}), "more")
        .await
        .expect(200);
    edit(&server, &hospital, first, json!({"plan": {"patient_education": ["Walk"]}}), "less")
        .await
        .expect(200);
    // Written anew from another transcript.
    let said = json!({"language": "en", "text": HEADACHE.replace("three days", "two days")});
    let path = format!("/soapify/api/encounters/{second}");
    server.put(&format!("{path}/transcript/"), &hospital.doctor, said).await.expect(200);
    let rewritten = |body: &Value| body["data"]["version"] == 2;
    server.until(&note_path(second), &hospital.doctor, rewritten).await;
    sign(&server, &hospital, first).await;
    let addendum = json!({"text": "MRI is normal.", "reason": "Result"});
    server.post(&format!("{}addenda/", note_path(first)), &hospital.doctor, addendum).await.expect(201);

    let asked = async |query: &str, token: &str| -> Value {
        server.get(&format!("{PATH}{query}"), token).await.expect(200)["data"].clone()
    };
    let year = asked("?period=year", &hospital.doctor).await;
    let summary = &year["summary"];
    let expected = [
        ("total_encounters", 3),
        ("total_patients", 2),
        ("soap_notes_generated", 2),
        ("signed_notes", 1),
        ("note_edits", 2),
        ("addenda", 1),
    ];
    for (key, value) in expected {
        assert_eq!(summary[key], value, "{key}: {year:#}");
    }
    assert_eq!(
        summary["encounters_by_status"],
        json!({"completed": 2, "failed": 0, "pending": 1, "processing": 0})
    );
    let complaints = year["trends"]["common_complaints"].as_array().unwrap();
    let headache =
        complaints.iter().find(|one| one["complaint"].as_str().unwrap().contains("eadache")).unwrap();
    assert_eq!((&headache["count"], &headache["percentage"]), (&json!(2), &json!(66.7)));
    for key in ["avg_checklist_score", "documentation_completeness", "ai_confidence_avg"] {
        let share = year["quality_metrics"][key].as_f64().unwrap();
        assert!(share > 0.0 && share <= 1.0, "{key}: {year:#}");
    }
    assert_eq!(year["is_up_to_date"], true);
    let days = year["trends"]["encounters_by_day"].as_array().unwrap();
    assert!(days.len() >= 365);
    assert_eq!(days.iter().map(|day| day["count"].as_u64().unwrap()).sum::<u64>(), 3);
    for period in ["today", "week", "month", "quarter"] {
        let one = asked(&format!("?period={period}"), &hospital.doctor).await;
        assert_eq!(one["summary"], year["summary"], "{period}");
    }
    let long_ago = asked("?period=custom&date_from=2024-01-01&date_to=2024-01-31", &hospital.doctor).await;
    assert_eq!(long_ago["period"], json!({"start": "2024-01-01", "end": "2024-01-31"}));
    assert_eq!(
        (
            &long_ago["summary"]["total_encounters"],
            long_ago["trends"]["encounters_by_day"].as_array().unwrap().len()
        ),
        (&json!(1), 31)
    );

    // Another doctor has their own, and the administrator all.
    let (mail, admin) = ("figures", hospital.admin.clone());
    let (_, colleague) = Hospital::person(&server, &admin, hospital.id, mail, "doctor", "olga").await;
    assert_eq!(asked("?period=year", &colleague).await["summary"]["total_encounters"], 0);
    hospital.doctor.clone_from(&colleague);
    consultation(&server, &hospital, "Third", "en", HEADACHE).await;
    let all = asked("?period=year", &admin).await;
    assert_eq!(
        (&all["summary"]["total_encounters"], &all["summary"]["total_patients"]),
        (&json!(4), &json!(3))
    );
    assert_eq!(asked("?period=year", &colleague).await["summary"]["total_encounters"], 1);
    server.get(PATH, &hospital.patient).await.expect(403);

    for (query, field) in [
        ("?period=decade", "period"),
        ("?period=custom&date_from=2024-01-01", "date_to"),
        ("?period=custom&date_from=2024-02-01&date_to=2024-01-01", "date_to"),
        ("?period=custom&date_from=2020-01-01&date_to=2024-01-01", "date_from"),
    ] {
        let refused = server.get(&format!("{PATH}{query}"), &colleague).await.expect(422);
        assert!(refused["error"]["details"][field][0].is_string(), "{query}: {refused}");
    }

    let platform = server.log_in(PLATFORM_EMAIL, PLATFORM_PASSWORD).await;
    server.post("/ops/statistics/recount", &platform, json!({"hospital": hospital.id})).await.expect(200);
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(asked("?period=year", &admin).await, all, "a recount counts the same");
    server.stop().await;
}
