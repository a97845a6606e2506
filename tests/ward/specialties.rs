//! A hospital's specialties, and which doctor has which, from outside.

use crate::kit::{Client, Hospital, Server};
use serde_json::{Value, json};

const ASSIGNED: &str = "/api/specialty/doctor-specialties/";

async fn specialty(server: &Client, hospital: &Hospital, name: &str) -> Value {
    let path = format!("/api/specialty/?search={}", name.replace(' ', "%20"));
    server.get(&path, &hospital.admin).await.expect(200)["results"][0].clone()
}

async fn assign(server: &Client, hospital: &Hospital, doctor: u64, name: &str, more: Value) -> Value {
    let mut body = json!({"doctor": doctor, "specialty": specialty(server, hospital, name).await["id"]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    server.post(ASSIGNED, &hospital.admin, body).await.expect(201)
}

/// Names of a doctor's specialties, and the primary ones among them.
async fn of_doctor(server: &Client, hospital: &Hospital, doctor: u64) -> (Vec<String>, Vec<String>) {
    let path = format!("{ASSIGNED}?doctor={doctor}");
    let listed = server.get(&path, &hospital.patient).await.expect(200);
    let rows = listed["results"].as_array().unwrap().clone();
    let name = |row: &Value| row["specialty_name"].as_str().unwrap().to_owned();
    let primary = rows.iter().filter(|row| row["is_primary"] == true).map(name).collect();
    (rows.iter().map(name).collect(), primary)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hospital_begins_with_specialties_and_keeps_them() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "begins").await;
    let other = Hospital::join(&server, "apart").await;
    // Whoever asks first, and how many at once: one set is made.
    let asks = (0..8).map(|_| server.get("/api/specialty/?page_size=100", &hospital.patient));
    let replies = futures::future::join_all(asks).await;
    let first = replies.into_iter().map(|reply| reply.expect(200)).collect::<Vec<_>>();
    assert!(first.iter().all(|page| page == &first[0]), "{first:?}");
    assert!(first[0]["count"].as_u64().unwrap() > 30, "{}", first[0]);
    assert_eq!(specialty(&server, &hospital, "neurology").await["name"], "Neurology");
    let theirs = specialty(&server, &other, "Neurology").await["id"].as_u64().unwrap();
    let path = format!("/api/specialty/{theirs}/");
    server.get(&path, &hospital.admin).await.expect(404);

    // Names are used once, in any case; a repeated request counts once.
    let refused =
        server.post("/api/specialty/", &hospital.admin, json!({"name": "nEUROLOGY"})).await.expect(409);
    assert!(refused["error"]["details"]["name"][0].is_string(), "{refused}");
    let bearer = format!("Bearer {}", hospital.admin);
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("idempotency-key", "one"),
    ];
    let body = json!({"name": "Sleep Medicine", "code": "sleep", "description": "Sleep, and the lack of it"});
    let made = server.send("POST", "/api/specialty/", &headers, body.to_string()).await.expect(201);
    let again = server.send("POST", "/api/specialty/", &headers, body.to_string()).await.expect(201);
    assert_eq!(made, again);
    assert_eq!((&made["is_active"], &made["code"]), (&json!(true), &json!("sleep")));
    server.post("/api/specialty/", &hospital.doctor, json!({"name": "Mine"})).await.expect(403);

    // One that is not active is given to nobody, and is found only where it is asked for.
    let path = format!("/api/specialty/{}/", made["id"]);
    let read = server.get(&path, &hospital.doctor).await;
    let etag = read.headers["etag"].to_str().unwrap().to_owned();
    let edited = server.put(&path, &hospital.admin, json!({"is_active": false})).await.expect(200);
    assert_eq!((&edited["name"], &edited["is_active"]), (&made["name"], &json!(false)));
    let stale =
        [("authorization", bearer.as_str()), ("content-type", "application/json"), ("if-match", &etag)];
    server.send("PUT", &path, &stale, r#"{"name": "Rest"}"#).await.expect(412);
    let body = json!({"doctor": hospital.doctor_id, "specialty": made["id"]});
    let refused = server.post(ASSIGNED, &hospital.admin, body).await.expect(400);
    assert!(refused["error"]["details"]["specialty"][0].is_string(), "{refused}");
    let folder = server.stop().await;

    let server = Server::start_in(folder, |_| {}).await;
    let admin = server.log_in("admin@begins.example", crate::kit::PASSWORD).await;
    let page = server.get("/api/specialty/?page_size=100&is_active=true", &admin).await.expect(200);
    assert_eq!(page["results"], first[0]["results"], "the first ones keep their ids");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doctor_has_several_specialties_and_one_primary() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "primary").await;
    let (other, other_token) =
        Hospital::person(&server, &hospital.admin, hospital.id, "primary", "doctor", "other").await;
    let doctor = hospital.doctor_id;
    let first = assign(&server, &hospital, doctor, "Cardiology", json!({"is_primary": false})).await;
    assert_eq!(first["is_primary"], true, "the first is the primary one");
    assign(&server, &hospital, doctor, "Neurology", json!({"is_primary": true, "years_of_experience": 4}))
        .await;
    let third = assign(&server, &hospital, doctor, "Urology", json!({})).await;
    let all = ["Cardiology", "Neurology", "Urology"].map(str::to_owned).to_vec();
    assert_eq!(of_doctor(&server, &hospital, doctor).await, (all.clone(), vec!["Neurology".to_owned()]));
    let body = json!({"doctor": doctor, "specialty": third["specialty"]});
    server.post(ASSIGNED, &hospital.admin, body).await.expect(409);

    // Doctors change their own, and nobody else's; which doctor has which is not changed.
    let path = format!("{ASSIGNED}{}/", third["id"]);
    server.put(&path, &other_token, json!({"is_primary": true})).await.expect(403);
    server.put(&path, &hospital.patient, json!({"is_primary": true})).await.expect(403);
    let sent = json!({"doctor": doctor, "specialty": third["specialty"], "is_primary": true,
        "years_of_experience": 7, "certification_date": "2014-06-15"});
    let mine = server.put(&path, &hospital.doctor, sent.clone()).await.expect(200);
    for (field, value) in sent.as_object().unwrap() {
        assert_eq!(&mine[field], value, "{field}");
    }
    assert_eq!(of_doctor(&server, &hospital, doctor).await.1, ["Urology"]);
    server.put(&path, &hospital.doctor, json!({"doctor": other})).await.expect(400);
    let future = json!({"certification_date": "9999-01-01"});
    let refused = server.put(&path, &hospital.doctor, future).await.expect(400);
    assert!(refused["error"]["details"]["certification_date"][0].is_string(), "{refused}");

    // What is removed is gone, and the next is primary.
    server.call("DELETE", &path, &hospital.doctor, &Value::Null).await.expect(403);
    server.call("DELETE", &path, &hospital.admin, &Value::Null).await.expect(204);
    server.get(&path, &hospital.admin).await.expect(404);
    assert_eq!(of_doctor(&server, &hospital, doctor).await.1, ["Cardiology"]);

    // Sixteen ask for the primary one at once: one has it.
    let first_ones = server.get("/api/specialty/?page_size=20", &hospital.admin).await.expect(200);
    let asks = first_ones["results"].as_array().unwrap().iter().take(16).map(|one| {
        let body = json!({"doctor": other, "specialty": one["id"], "is_primary": true});
        server.post(ASSIGNED, &hospital.admin, body)
    });
    for reply in futures::future::join_all(asks).await {
        reply.expect(201);
    }
    let (all, primary) = of_doctor(&server, &hospital, other).await;
    assert_eq!((all.len(), primary.len()), (16, 1));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_of_specialties_are_those_of_active_doctors() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "figures").await;
    let (other, _) =
        Hospital::person(&server, &hospital.admin, hospital.id, "figures", "doctor", "other").await;
    let doctor = hospital.doctor_id;
    assign(&server, &hospital, doctor, "Cardiology", json!({"years_of_experience": 10})).await;
    assign(&server, &hospital, doctor, "Neurology", json!({"years_of_experience": 5})).await;
    assign(&server, &hospital, other, "Neurology", json!({"years_of_experience": 2})).await;
    let popular = async || {
        let listed = server.get("/api/specialty/popular/", &hospital.patient).await.expect(200);
        let rows = listed.as_array().unwrap().iter();
        rows.map(|one| (one["name"].as_str().unwrap().to_owned(), one["doctor_count"].as_u64().unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(popular().await, [("Neurology".to_owned(), 2), ("Cardiology".to_owned(), 1)]);
    let statistics = server.get("/api/specialty/statistics/", &hospital.doctor).await.expect(200);
    let totals = ["total_doctors_with_specialty", "total_assignments", "average_years_of_experience"];
    assert_eq!(totals.map(|name| statistics[name].clone()), [json!(2), json!(3), json!(5.67)]);
    let row = |statistics: &Value, name: &str| {
        let all = statistics["specialties"].as_array().unwrap();
        let row = all.iter().find(|one| one["name"] == name).unwrap();
        ["doctor_count", "primary_doctor_count", "average_years_of_experience"]
            .map(|field| row[field].clone())
    };
    assert_eq!(row(&statistics, "Neurology"), [json!(2), json!(1), json!(3.5)]);
    assert_eq!(row(&statistics, "Urology"), [json!(0), json!(0), Value::Null]);

    let path = format!("/api/auth/users/{other}/deactivate/");
    server.post(&path, &hospital.admin, json!({})).await.expect(200);
    assert_eq!(popular().await, [("Cardiology".to_owned(), 1), ("Neurology".to_owned(), 1)]);
    let statistics = server.get("/api/specialty/statistics/", &hospital.admin).await.expect(200);
    assert_eq!(row(&statistics, "Neurology"), [json!(1), json!(0), json!(5.0)]);
    server.stop().await;
}
