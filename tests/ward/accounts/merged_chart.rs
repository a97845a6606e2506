//! A patient's second account had a chart too: nothing of it is lost to whoever treats them.

use crate::kit::{Hospital, PASSWORD, Server};
use serde_json::{Value, json};

const RECORDS: &str = "/api/medical-records/";
const TREATMENTS: &str = "/api/treatments/";

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_the_chart_of_a_duplicate_becomes_the_patients() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "charts").await;
    let (doctor, admin) = (&hospital.doctor, &hospital.admin);
    let patient = async |email: &str, allergies: &str| {
        let body = json!({"email": email, "password": PASSWORD, "first_name": "Ana", "last_name": "Ruiz",
            "role": "patient", "date_of_birth": "1985-03-20", "allergies": allergies});
        server.post("/api/auth/users/", admin, body).await.expect(201)["id"].as_u64().unwrap()
    };
    let made = async |path: &str, body: Value| {
        server.post(path, doctor, body).await.expect(201)["id"].as_u64().unwrap()
    };
    let survivor = patient("ana@charts.example", "Latex").await;
    let duplicate = patient("ana.ruiz@charts.example", "Penicillin (rash)").await;
    let own = made(RECORDS, json!({"patient": survivor, "title": "Knee"})).await;
    let record = made(RECORDS, json!({"patient": duplicate, "title": "Shoulder"})).await;
    let deleted = made(RECORDS, json!({"patient": duplicate, "title": "Typed into the wrong chart"})).await;
    server.call("DELETE", &format!("{RECORDS}{deleted}/"), doctor, &Value::Null).await.expect(204);
    let treatment = made(TREATMENTS, json!({"patient": duplicate, "diagnosis": "Hypertension"})).await;
    let prescriptions = format!("{TREATMENTS}{treatment}/prescriptions/");
    let lisinopril = made(&prescriptions, json!({"medication_name": "Lisinopril"})).await;

    let path = format!("/api/auth/users/patients/{survivor}/merge/");
    let body = json!({"duplicate": duplicate, "reason": "Registered twice"});
    let merged = server.post(&path, admin, body.clone()).await.expect(200);
    assert_eq!(
        (&merged["status"], &merged["moved_documents"], &merged["moved_appointments"]),
        (&json!("done"), &json!(3), &json!(0)),
        "{merged}"
    );
    let ids = async |list: &str, of: u64| {
        let listed = server.get(&format!("{list}?patient={of}"), admin).await.expect(200);
        let mut ids: Vec<u64> =
            listed["results"].as_array().unwrap().iter().map(|one| one["id"].as_u64().unwrap()).collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!(ids(RECORDS, survivor).await, [own, record]);
    assert_eq!(ids(TREATMENTS, survivor).await, [treatment]);
    assert!(ids(RECORDS, duplicate).await.is_empty());
    server.get(&format!("{RECORDS}{deleted}/"), doctor).await.expect(404);
    let account = server.get(&format!("/api/auth/users/{survivor}/"), admin).await.expect(200);
    assert_eq!(account["allergies"], "Latex; Penicillin (rash)");

    // What moved is the patient's to read and its author's to change, as if it had been written here.
    let ana = server.log_in("ana@charts.example", PASSWORD).await;
    let read = server.get(&format!("{RECORDS}{record}/"), &ana).await.expect(200);
    assert_eq!((&read["patient"], &read["title"]), (&json!(survivor), &json!("Shoulder")));
    let edit = json!({"title": "Left shoulder", "edit_reason": "side"});
    let edited = server.put(&format!("{RECORDS}{record}/"), doctor, edit).await.expect(200);
    assert_eq!((&edited["title"], &edited["version"]), (&json!("Left shoulder"), &json!(2)));
    let versions = server.get(&format!("{RECORDS}{record}/versions/"), &ana).await.expect(200);
    assert_eq!(versions["count"], 2);
    // Warnings know both charts and both accounts' allergies.
    let further = made(TREATMENTS, json!({"patient": survivor})).await;
    for (path, name, kind) in [
        (&prescriptions, "Amoxicillin", "allergy"),
        (&format!("{TREATMENTS}{further}/prescriptions/"), "Ramipril", "duplicate"),
    ] {
        let new = server.post(path, doctor, json!({"medication_name": name})).await.expect(201);
        assert_eq!(new["warnings"][0]["kind"], kind, "{new}");
    }
    let stop = json!({"status": "stopped"});
    server.put(&format!("{TREATMENTS}prescriptions/{lisinopril}/"), doctor, stop).await.expect(200);
    server.call("DELETE", &format!("{RECORDS}{record}/"), doctor, &Value::Null).await.expect(204);
    assert_eq!(ids(RECORDS, survivor).await, [own]);

    // Once more: nothing more moves.
    let again = server.post(&path, admin, body).await.expect(200);
    assert_eq!(again["moved_documents"], 3);
    let trail = server.get("/healthcare/api/audit/logs/?action=merge&page_size=100", admin).await.expect(200);
    for id in [record, treatment, lisinopril] {
        assert!(trail.to_string().contains(&id.to_string()), "{id} stands in the trail");
    }
    server.stop().await;
}
