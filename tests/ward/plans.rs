//! Plans that hospitals subscribe to, from outside.

use crate::kit::{Hospital, PLATFORM_EMAIL, PLATFORM_PASSWORD, Server};
use serde_json::{Value, json};

const PLANS: &str = "/api/subscription-plans/";
const CURRENT: &str = "/api/subscription-plans/current/";

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_makes_plans_and_hospitals_are_shown_what_they_can_subscribe_to() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "plans").await;
    let platform = server.log_in(PLATFORM_EMAIL, PLATFORM_PASSWORD).await;
    let listed = server.get(PLANS, &hospital.patient).await.expect(200);
    let codes: Vec<_> =
        listed["results"].as_array().unwrap().iter().map(|plan| plan["code"].clone()).collect();
    assert_eq!(codes, ["trial", "clinic", "hospital", "unlimited"]);

    let sent = json!({"name": "Care", "code": "care", "description": "For a few", "price": "49.90", "currency": "EUR",
        "billing_period": "yearly", "max_doctors": 2, "max_patients": 10, "max_members": 4,
        "max_appointments_per_month": null, "features": ["Support"], "is_active": true});
    server.post(PLANS, &hospital.admin, sent.clone()).await.expect(403);
    let made = server.post(PLANS, &platform, sent.clone()).await.expect(201);
    for (field, value) in sent.as_object().unwrap() {
        assert_eq!(&made[field], value, "{field}");
    }
    server.post(PLANS, &platform, sent.clone()).await.expect(409);
    let path = format!("{PLANS}{}/", made["id"]);
    assert_eq!(server.get(&path, &hospital.patient).await.expect(200), made);
    let edited =
        server.put(&path, &platform, json!({"price": 60, "currency": "EUR", "max_doctors": null})).await;
    let edited = edited.expect(200);
    assert_eq!(
        (&edited["price"], &edited["max_doctors"], &edited["name"]),
        (&json!("60.00"), &Value::Null, &json!("Care"))
    );
    server.put(&path, &platform, json!({"code": "other"})).await.expect(400);
    server.put(&path, &platform, json!({"is_active": false})).await.expect(200);
    assert_eq!(server.get(PLANS, &hospital.admin).await.expect(200)["count"], 4);
    assert_eq!(server.get(PLANS, &platform).await.expect(200)["count"], 5);
    let subscribe = format!("{path}subscribe/");
    assert_eq!(
        server.post(&subscribe, &hospital.admin, Value::Null).await.expect(409)["error"]["code"],
        "PLAN_INACTIVE"
    );

    // What something begins on or falls back to stays; what nobody is on goes, and its code with it.
    for (id, status) in [(1, 409), (3, 409), (2, 204)] {
        server.call("DELETE", &format!("{PLANS}{id}/"), &platform, &Value::Null).await.expect(status);
    }
    server.put(&format!("{PLANS}1/"), &platform, json!({"is_active": false})).await.expect(409);
    server.call("DELETE", &path, &platform, &Value::Null).await.expect(204);
    server.get(&path, &platform).await.expect(404);
    server.post(PLANS, &platform, sent).await.expect(409);
    let folder = server.stop().await;

    let server = Server::start_in(folder, |_| {}).await;
    let platform = server.log_in(PLATFORM_EMAIL, PLATFORM_PASSWORD).await;
    let listed = server.get(PLANS, &platform).await.expect(200);
    assert_eq!(listed["count"], 3, "what was deleted is not made again: {listed}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hospital_subscribes_where_there_is_room_and_falls_back_when_its_time_is_over() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "subscribes").await;
    let platform = server.log_in(PLATFORM_EMAIL, PLATFORM_PASSWORD).await;
    let current = async || server.get(CURRENT, &hospital.admin).await.expect(200);
    let subscribe =
        async |id: u64| server.post(&format!("{PLANS}{id}/subscribe/"), &hospital.admin, Value::Null).await;
    assert_eq!(current().await["plan_code"], "hospital");
    server.get(CURRENT, &hospital.doctor).await.expect(403);
    for (token, status) in [(&hospital.doctor, 403), (&hospital.patient, 403), (&platform, 403)] {
        server.post(&format!("{PLANS}2/subscribe/"), token, Value::Null).await.expect(status);
    }
    for number in 0..3 {
        let who = ["one", "two", "three"][number];
        Hospital::person(&server, &hospital.admin, hospital.id, "subscribes", "doctor", who).await;
    }

    // Four doctors are there: the trial plan has room for three.
    let refused = subscribe(1).await.expect(409);
    assert_eq!(refused["error"]["code"], "PLAN_TOO_SMALL");
    let details = refused["error"]["details"].as_object().unwrap();
    assert_eq!(details.keys().collect::<Vec<_>>(), ["max_doctors"]);
    assert_eq!(current().await["plan_code"], "hospital");

    // Under a key it counts once.
    let bearer = format!("Bearer {}", hospital.admin);
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", "change")];
    let path = format!("{PLANS}2/subscribe/");
    let first = server.send("POST", &path, &headers, Vec::new()).await.expect(200);
    assert_eq!(first, server.send("POST", &path, &headers, Vec::new()).await.expect(200));
    assert_eq!((&first["plan_code"], &first["status"]), (&json!("clinic"), &json!("active")));
    let quotas = first["quotas"].as_array().unwrap();
    assert_eq!(quotas[0], json!({"name": "max_doctors", "limit": 25, "in_use": 4}));
    assert_eq!(subscribe(2).await.expect(409)["error"]["code"], "ALREADY_SUBSCRIBED");
    let read = server.get(&format!("/api/hospitals/{}/", hospital.id), &hospital.admin).await.expect(200);
    assert_eq!(read["subscription_plan"], "clinic");
    // An edit holds for those who come later; a plan that a hospital is on is not deleted.
    server.put(&format!("{PLANS}2/"), &platform, json!({"max_doctors": 1})).await.expect(200);
    assert_eq!(current().await["quotas"][0]["limit"], 25);
    let path = format!("{PLANS}2/");
    let refused = server.call("DELETE", &path, &platform, &Value::Null).await.expect(409);
    assert_eq!(refused["error"]["code"], "PLAN_IN_USE");

    // A cancellation is for the end of the period, and may be withdrawn before.
    server.put(&path, &platform, json!({"max_doctors": 25})).await.expect(200);
    let cancel =
        async || server.post(&format!("{PLANS}cancel/"), &hospital.admin, Value::Null).await.expect(200);
    let cancelled = cancel().await;
    assert_eq!((&cancelled["status"], &cancelled["next_plan_code"]), (&json!("cancelled"), &json!("trial")));
    assert_eq!(cancelled["ends_at"], cancelled["current_period_end"]);
    assert_eq!(cancel().await, cancelled);
    assert_eq!(subscribe(2).await.expect(200)["status"], "active");
    cancel().await;

    // Its time comes: the trial plan, and what is over its quotas stays.
    server.clock.by(32 * 24 * 3_600_000);
    server.house.env.ids.renew(&*server.house.env.store).await.unwrap();
    server.clockwork.round().await.unwrap();
    let admin = server.log_in("admin@subscribes.example", crate::kit::PASSWORD).await;
    let fallen = server.until(CURRENT, &admin, |now| now["plan_code"] == "trial").await;
    assert_eq!((&fallen["status"], &fallen["started_at"]), (&json!("active"), &cancelled["ends_at"]));
    assert_eq!(fallen["quotas"][0], json!({"name": "max_doctors", "limit": 3, "in_use": 4}));
    let one_more = json!({"email": "five@subscribes.example", "password": crate::kit::PASSWORD, "first_name": "D",
        "last_name": "R", "role": "doctor"});
    assert_eq!(
        server.post("/api/auth/users/", &admin, one_more).await.expect(403)["error"]["code"],
        "QUOTA_EXCEEDED"
    );
    let refused = server.post(&format!("{PLANS}cancel/"), &admin, Value::Null).await.expect(409);
    assert_eq!(refused["error"]["code"], "NOTHING_TO_CANCEL");
    let history = server.get(&format!("{PLANS}history/"), &admin).await.expect(200);
    let rows: Vec<_> = history["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["event"].as_str().unwrap(),
                row["from_plan"].as_str().unwrap(),
                row["to_plan"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("ended", "clinic", "trial"),
            ("cancelled", "clinic", "trial"),
            ("subscribed", "clinic", "clinic"),
            ("cancelled", "clinic", "trial"),
            ("subscribed", "hospital", "clinic"),
        ]
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_shrinks_while_people_are_admitted_is_never_overrun() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "shrinks").await;
    let doctor = async |number: u64| {
        let body = json!({"email": format!("d{number}@shrinks.example"), "password": crate::kit::PASSWORD,
            "first_name": "D", "last_name": "R", "role": "doctor"});
        server.post("/api/auth/users/", &hospital.admin, body).await.status
    };
    let shrink =
        async || server.post(&format!("{PLANS}1/subscribe/"), &hospital.admin, Value::Null).await.status;
    let (made, shrunk) = futures::join!(
        futures::future::join_all((0..6).map(doctor)),
        futures::future::join_all((0..3).map(|_| shrink())),
    );
    let now = server.get(CURRENT, &hospital.admin).await.expect(200);
    let in_use = now["quotas"][0]["in_use"].as_u64().unwrap();
    let made = made.into_iter().filter(|status| *status == 201).count() as u64;
    assert_eq!(in_use, 1 + made);
    if shrunk.contains(&200) {
        assert!(in_use <= 3, "{now}");
        assert_eq!(now["plan_code"], "trial");
    } else {
        assert_eq!((now["plan_code"].as_str(), made), (Some("hospital"), 6));
    }
    server.stop().await;
}
