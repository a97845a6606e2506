//! A patient gives a doctor access by a code that the patient is sent: for a day, bound to that doctor, and ended by either.

use crate::kit::{Hospital, PASSWORD, Server};
use crate::otp::{code_in, later, texts};
use serde_json::{Value, json};
use ward_domain::time::{HOUR, MINUTE};

const ASK: &str = "/soapify/api/integrations/patients/request-access/";
const SHOW: &str = "/soapify/api/integrations/patients/verify-access/";
const ACCESS: &str = "/soapify/api/integrations/patients/access/";
const PHONE: &str = "+989123456789";

/// A hospital whose doctor Jones has never seen the patient with the number.
struct Clinic {
    server: Server,
    hospital: Hospital,
    jones: String,
    patient: u64,
    patients_token: String,
}

impl Clinic {
    async fn open(name: &'static str) -> Self {
        let server = Server::start_with(|settings| {
            settings.auth.access_minutes = 60 * 24 * 30;
            settings.auth.session_hours = 24 * 30;
        })
        .await;
        let hospital = Hospital::join(&server, name).await;
        let (_, jones) =
            Hospital::person(&server, &hospital.admin, hospital.id, name, "doctor", "jones").await;
        let patient = json!({"email": format!("john@{name}.example"), "phone_number": PHONE, "password": PASSWORD,
            "first_name": "John", "last_name": "Doe", "role": "patient", "hospital": hospital.id,
            "date_of_birth": "1980-01-01", "allergies": "Penicillin, latex"});
        let patient = server.post("/api/auth/users/", &hospital.admin, patient).await.expect(201);
        let patients_token = server.log_in(&format!("john@{name}.example"), PASSWORD).await;
        let patient = patient["id"].as_u64().unwrap();
        let record = json!({"patient": patient, "title": "Routine follow-up", "diagnosis": "Hypertension",
            "symptoms": "none", "description": "Stable"});
        server.post("/api/medical-records/", &hospital.doctor, record).await.expect(201);
        let treatment = json!({"patient": patient, "title": "Diabetes"});
        let treatment = server.post("/api/treatments/", &hospital.doctor, treatment).await.expect(201);
        let path = format!("/api/treatments/{}/prescriptions/", treatment["id"]);
        let medicine = json!({"medication_name": "Metformin", "dosage": "500mg", "frequency": "BID"});
        server.post(&path, &hospital.doctor, medicine).await.expect(201);
        Self { server, hospital, jones, patient, patients_token }
    }

    async fn ask(&self, phone: &str, kind: &str) -> Value {
        let body = json!({"patient_phone": phone, "access_type": kind, "reason": "Follow-up consultation"});
        self.server.post(ASK, &self.jones, body).await.expect(200)["data"].clone()
    }

    /// Asks, and shows the code: the whole answer.
    async fn given(&self, kind: &str, texts_before: usize) -> (u64, Value) {
        let asked = self.ask(PHONE, kind).await;
        let code = code_in(texts(&self.server, PHONE, texts_before + 1).await.last().unwrap());
        let body = json!({"request_id": asked["request_id"], "otp_code": code});
        let given = self.server.post(SHOW, &self.jones, body).await.expect(200)["data"].clone();
        let id = asked["request_id"].as_str().unwrap().strip_prefix("req_").unwrap().parse().unwrap();
        (id, given)
    }

    /// How the chart answers to doctor Jones.
    async fn chart(&self) -> u16 {
        let path = format!("/api/medical-records/patient/{}/", self.patient);
        self.server.get(&path, &self.jones).await.status
    }

    async fn end(&self, id: u64, token: &str) -> u16 {
        self.server.call("DELETE", &format!("{ACCESS}{id}/"), token, &Value::Null).await.status
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_patients_code_opens_the_chart_to_that_doctor_for_a_day() {
    let clinic = Clinic::open("leave").await;
    let server = &clinic.server;
    assert_eq!(clinic.chart().await, 403);
    let asked = clinic.ask(PHONE, "view_history").await;
    assert_eq!((&asked["status"], &asked["expires_in"]), (&json!("otp_sent"), &json!(300)));
    let text = texts(server, PHONE, 1).await.remove(0);
    assert!(text.contains("jones") && text.contains("health record"), "{text}");
    assert!(!text.contains("consultation"), "the doctor's words stay in the house: {text}");
    assert_eq!(clinic.chart().await, 403, "to ask opens nothing");
    let code = code_in(&text);
    let body = json!({"request_id": asked["request_id"], "otp_code": code});
    // The code is worth nothing to another doctor, and the attempt costs no guess.
    assert_eq!(server.post(SHOW, &clinic.hospital.doctor, body.clone()).await.status, 422);
    let given = server.post(SHOW, &clinic.jones, body.clone()).await;
    assert_eq!(given.headers["cache-control"], "no-store");
    let given = given.expect(200)["data"].clone();
    assert_eq!(given["access_granted"], true);
    let token = given["access_token"].as_str().unwrap();
    assert!(token.starts_with("pat_") && token.len() == 36, "{token}");
    let data = &given["patient_data"];
    let info = &data["basic_info"];
    assert_eq!((&info["name"], &info["phone"]), (&json!("John Doe"), &json!(PHONE)));
    assert!(info["age"].as_u64().is_some_and(|age| age >= 45), "{info}");
    let history = &data["medical_history"];
    assert_eq!(history["conditions"], json!(["Hypertension"]));
    assert_eq!(history["allergies"], json!(["Penicillin", "latex"]));
    let medicine = json!([{"name": "Metformin", "dosage": "500mg", "frequency": "BID"}]);
    assert_eq!((&history["current_medications"], &history["total_visits"]), (&medicine, &json!(1)));
    let recent = &data["recent_encounters"][0];
    assert_eq!((&recent["date"], &recent["summary"]), (&history["last_visit"], &json!("Hypertension")));
    assert_eq!(server.post(SHOW, &clinic.jones, body).await.status, 422, "a code works once");

    assert_eq!(clinic.chart().await, 200);
    let id = asked["request_id"].as_str().unwrap().strip_prefix("req_").unwrap();
    let path = format!("{ACCESS}{id}/");
    let again = server.get(&path, &clinic.jones).await.expect(200)["data"].clone();
    assert_eq!(&again["patient_data"], data);
    let bearer = format!("Bearer {}", clinic.jones);
    for (token, status) in [(token, 200), ("pat_0", 404)] {
        let headers = [("authorization", bearer.as_str()), ("x-patient-access-token", token)];
        assert_eq!(server.send("GET", &path, &headers, "").await.status, status, "{token}");
    }
    assert_eq!(server.get(&path, &clinic.hospital.doctor).await.status, 404);
    assert_eq!(server.get(&path, &clinic.hospital.admin).await.status, 403);
    let trail =
        server.get("/healthcare/api/audit/logs/?page_size=100", &clinic.hospital.admin).await.expect(200);
    let trail = trail["data"]["results"].as_array().unwrap();
    for action in ["create", "confirm", "read"] {
        let found = |entry: &&Value| entry["action"] == action && entry["resource"] == "patient_access";
        let any = trail.iter().find(found);
        assert!(any.is_some(), "{action}: {trail:?}");
    }
    later(server, 24 * HOUR).await;
    assert_eq!((clinic.chart().await, server.get(&path, &clinic.jones).await.status), (403, 404));
    clinic.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_the_two_and_the_administrator_ends_it_at_once() {
    let clinic = Clinic::open("ends").await;
    let server = &clinic.server;
    let (mut sent, others) = (0, clinic.hospital.patient.clone());
    for token in [&clinic.patients_token, &clinic.jones, &clinic.hospital.admin] {
        let (id, _) = clinic.given("view_history", sent).await;
        sent += 1;
        assert_eq!(clinic.chart().await, 200);
        for stranger in [&others, &clinic.hospital.doctor] {
            assert_eq!(clinic.end(id, stranger).await, 404);
            assert_eq!(server.get(ACCESS, stranger).await.expect(200)["data"]["count"], 0);
        }
        let own = server.get(ACCESS, token).await.expect(200)["data"]["results"][0].clone();
        assert_eq!((&own["id"], &own["status"]), (&json!(id), &json!("active")), "{own}");
        assert_eq!(clinic.end(id, token).await, 200);
        assert_eq!(clinic.chart().await, 403);
        assert_eq!(clinic.end(id, token).await, 200, "ended twice it was ended once");
        let own = server.get(ACCESS, token).await.expect(200)["data"]["results"][0].clone();
        assert_eq!(own["status"], "ended");
        later(server, MINUTE).await;
    }
    clinic.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn history_is_read_and_full_access_reaches_files_too() {
    let clinic = Clinic::open("reach").await;
    let server = &clinic.server;
    let path = format!("/api/medical-records/?patient={}", clinic.patient);
    let record = server.get(&path, &clinic.hospital.admin).await.expect(200)["results"][0]["id"].clone();
    let (record, files) =
        (format!("/api/medical-records/{record}/"), format!("/api/medical-records/{record}/attachments/"));
    let statuses = async || {
        [server.get(&record, &clinic.jones).await.status, server.get(&files, &clinic.jones).await.status]
    };
    assert_eq!(statuses().await, [403, 403]);
    let (first, _) = clinic.given("view_history", 0).await;
    assert_eq!(statuses().await, [200, 403]);
    clinic.end(first, &clinic.jones).await;
    later(server, MINUTE).await;
    clinic.given("full_access", 1).await;
    assert_eq!(statuses().await, [200, 200]);
    let edit = json!({"title": "Mine", "edit_reason": "none"});
    assert_eq!(server.put(&record, &clinic.jones, edit).await.status, 403, "what another wrote stays theirs");
    clinic.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_of_no_patient_is_answered_alike_and_three_wrong_codes_end_a_request() {
    let clinic = Clinic::open("alike").await;
    let server = &clinic.server;
    let (known, unknown) =
        (clinic.ask(PHONE, "view_history").await, clinic.ask("+989000000000", "view_history").await);
    for field in ["status", "message", "expires_in"] {
        assert_eq!(known[field], unknown[field]);
    }
    let code = code_in(&texts(server, PHONE, 1).await[0]);
    let wrong = if code == "000000" { "111111" } else { "000000" };
    let show = async |request: &Value, code: &str| {
        server.post(SHOW, &clinic.jones, json!({"request_id": request, "otp_code": code})).await
    };
    for _ in 0..3 {
        let mut answers = Vec::new();
        for request in [&known["request_id"], &unknown["request_id"], &json!("req_12"), &json!("nonsense")] {
            let refused = show(request, wrong).await;
            assert_eq!(refused.status, 422, "never 401: {}", refused.text);
            answers.push(refused.json()["error"].clone());
        }
        assert!(answers[0]["details"]["otp_code"].is_array(), "{answers:?}");
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    }
    assert_eq!(show(&known["request_id"], &code).await.status, 422, "it is dead");
    for phone in [PHONE, "+989000000000"] {
        let body = json!({"patient_phone": phone, "access_type": "view_history", "reason": "again"});
        assert_eq!(server.post(ASK, &clinic.jones, body).await.status, 429, "{phone}");
    }
    for token in [&clinic.hospital.admin, &clinic.patients_token] {
        let body = json!({"patient_phone": PHONE, "access_type": "view_history", "reason": "mine"});
        assert_eq!(server.post(ASK, token, body).await.status, 403);
    }
    assert!(crate::process::texts(server.folder.path()).iter().all(|text| text["to"] != "+989000000000"));
    clinic.server.stop().await;
}
