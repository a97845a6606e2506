//! A hospital's first day, from joining to the audit trail.

use crate::kit::{Hospital, PASSWORD, PLATFORM_EMAIL, PLATFORM_PASSWORD, Server};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_through_medcor_is_read_through_healthcare_and_stands_in_the_trail() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "first").await;
    let slot = hospital.slot(&server, 48).await;
    let booked = hospital.book(&server, slot).await.expect(201);
    let id = booked["id"].as_u64().unwrap();
    assert_eq!((booked["status"].as_str(), booked["slot"].as_u64()), (Some("scheduled"), Some(slot)));

    let same =
        server.get(&format!("/healthcare/api/appointments/{id}/"), &hospital.patient).await.expect(200);
    assert_eq!((same["status"].as_str(), same["data"]["id"].as_u64()), (Some("success"), Some(id)));

    server.post(&format!("/api/appointments/{id}/confirm/"), &hospital.doctor, Value::Null).await.expect(200);
    let done = server
        .post(&format!("/api/appointments/{id}/complete/"), &hospital.doctor, Value::Null)
        .await
        .expect(200);
    assert_eq!(done["status"], "completed");

    let trail = server.get("/healthcare/api/audit/logs/?page_size=100", &hospital.admin).await.expect(200);
    let entries = trail["data"]["results"].as_array().unwrap();
    let did = |action: &str, resource: &str, who: u64| {
        entries.iter().any(|entry| {
            entry["action"] == action
                && entry["resource"] == resource
                && entry.to_string().contains(&who.to_string())
        })
    };
    assert!(did("create", "appointment", hospital.patient_id));
    assert!(did("confirm", "appointment", hospital.doctor_id));
    assert!(did("complete", "appointment", hospital.doctor_id));
    assert!(did("read", "appointment", hospital.patient_id));
    // The platform admin runs hospitals; their trail and their people are the hospital's.
    let platform = server.log_in(PLATFORM_EMAIL, PLATFORM_PASSWORD).await;
    assert_eq!(server.get(&format!("/api/appointments/{id}/"), &platform).await.status, 404);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clash_names_free_alternatives_and_a_patient_is_at_one_place_at_a_time() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "clash").await;
    let taken = hospital.slot(&server, 48).await;
    let free: Vec<u64> = [
        hospital.slot(&server, 49).await,
        hospital.slot(&server, 50).await,
        hospital.slot(&server, 51).await,
    ]
    .into();
    hospital.slot(&server, 52).await;
    hospital.book(&server, taken).await.expect(201);
    let (other, token) =
        Hospital::person(&server, &hospital.admin, hospital.id, hospital.name, "patient", "bob").await;
    let clash = server
        .post(
            "/api/appointments/",
            &token,
            json!({"patient": other, "doctor": hospital.doctor_id, "slot": taken}),
        )
        .await
        .expect(409);
    assert_eq!(clash["error"]["code"], "SLOT_TAKEN");
    let offered: Vec<u64> = clash["error"]["alternatives"]
        .as_array()
        .unwrap()
        .iter()
        .map(|slot| slot["slot"].as_u64().unwrap())
        .collect();
    assert_eq!(offered, free);

    // Another doctor at the same time.
    let (second, _) =
        Hospital::person(&server, &hospital.admin, hospital.id, hospital.name, "doctor", "jones").await;
    let start = server.house.env.now().plus(48 * 3_600_000);
    let body = json!({"doctor": second, "start_time": start.to_string(), "end_time": start.plus(1_800_000).to_string()});
    let overlapping =
        server.post("/api/appointments/availability-slots/", &hospital.admin, body).await.expect(201)["id"]
            .clone();
    let busy = server
        .post(
            "/api/appointments/",
            &hospital.patient,
            json!({"patient": hospital.patient_id, "doctor": second, "slot": overlapping}),
        )
        .await
        .expect(409);
    assert_eq!(busy["error"]["code"], "PATIENT_BUSY");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_visit_becomes_a_note_and_a_search_finds_it() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "visit").await;
    let visit =
        ward_scribe::consultations::all().iter().find(|visit| visit.slug == "en-tension-headache").unwrap();
    let new = json!({"patient_name": visit.patient_name, "patient_age": visit.patient_age, "chief_complaint": visit.chief_complaint});
    let made = server.post("/api/encounters/", &hospital.doctor, new).await.expect(201);
    let id = made["data"]["id"].as_u64().unwrap();
    assert_eq!(made["data"]["status"], "pending");
    // No note has been written yet: what one may take at the most.
    assert_eq!(made["data"]["estimated_processing_time"], 30);
    let segments: Vec<Value> = visit
        .transcript
        .segments
        .iter()
        .map(|segment| {
            json!({
        "start": f64::from(segment.start_ms) / 1000.0, "end": f64::from(segment.end_ms) / 1000.0,
        "speaker": segment.speaker, "text": segment.text})
        })
        .collect();
    server
        .put(
            &format!("/api/encounters/{id}/transcript/"),
            &hospital.doctor,
            json!({"language": "en", "segments": segments}),
        )
        .await
        .expect(200);
    server
        .until(&format!("/api/encounters/{id}/status/"), &hospital.doctor, |body| {
            body["data"]["status"] == "completed"
        })
        .await;
    let next = json!({"patient_name": "Next"});
    let next = server.post("/api/encounters/", &hospital.doctor, next).await.expect(201);
    let estimate = next["data"]["estimated_processing_time"].as_u64().unwrap();
    assert!((1..30).contains(&estimate), "{estimate}");
    let note = server.get(&format!("/api/outputs/soap-notes/{id}/"), &hospital.doctor).await.expect(200);
    let text = note["data"]["sections"].to_string().to_lowercase();
    assert!(text.contains("headache"), "{text}");
    assert_eq!(note["data"]["version"], 1);

    let began = std::time::Instant::now();
    let found = loop {
        let body = json!({"query": "headache", "search_type": "text", "limit": 5, "include_snippets": true});
        let found = server.post("/api/search/", &hospital.doctor, body).await.expect(200);
        if found["data"]["total_results"].as_u64() == Some(1) {
            break found;
        }
        assert!(began.elapsed().as_secs() < 20, "{found}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    assert_eq!(found["data"]["results"][0]["encounter_id"].as_u64(), Some(id));
    assert!(found.to_string().contains("<mark>"));

    // Another hospital's doctor finds nothing and sees nothing.
    let other = Hospital::join(&server, "elsewhere").await;
    let nothing = server
        .post("/api/search/", &other.doctor, json!({"query": "headache", "search_type": "text"}))
        .await
        .expect(200);
    assert_eq!(nothing["data"]["total_results"], 0);
    for path in [format!("/api/encounters/{id}/"), format!("/api/outputs/soap-notes/{id}/")] {
        assert_eq!(server.get(&path, &other.doctor).await.status, 404, "{path}");
    }

    let edit = json!({"sections": {"plan": {"medications": [{"name": "Acetaminophen", "dosage": "500mg", "frequency": "QID"}]}}, "edit_reason": "Allergy"});
    let edited = server
        .call("PATCH", &format!("/api/outputs/soap-notes/{id}/"), &hospital.doctor, &edit)
        .await
        .expect(200);
    assert_eq!(edited["data"]["version"], 2);
    assert_eq!(edited["data"]["sections"]["plan"]["medications"].as_array().unwrap().len(), 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn appointments_are_found_under_the_name_that_someone_has_now() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "named").await;
    let slot = hospital.slot(&server, 48).await;
    hospital.book(&server, slot).await.expect(201);
    let found = async |name: &str, count: u64| {
        let path = format!("/api/appointments/?search={name}");
        server.until(&path, &hospital.admin, |body| body["count"] == count).await;
    };
    found("alice", 1).await;
    let path = format!("/api/auth/users/{}/", hospital.patient_id);
    server.put(&path, &hospital.admin, json!({"first_name": "Miranda"})).await.expect(200);
    found("Miranda", 1).await;
    found("alice", 0).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn soapifys_sessions_slide_by_the_window_that_is_set() {
    let server = Server::start_with(|settings| settings.auth.window_minutes = 7).await;
    Hospital::join(&server, "window").await;
    let who = json!({"email": "smith@window.example", "password": PASSWORD});
    let opened = server.post("/soapify/api/auth/login/", "", who).await.expect(200)["data"].clone();
    assert_eq!(opened["window_duration_minutes"], 7);
    let refresh = json!({"refresh_token": opened["refresh_token"]});
    let renewed =
        server.post("/soapify/api/auth/token/refresh/", "", refresh).await.expect(200)["data"].clone();
    assert_eq!(renewed["window_duration_minutes"], 7);
    let token = renewed["jwt_token"].as_str().unwrap();
    server.clock.by(6 * 60_000);
    // Ids are under a lease, which the clockwork renews in its own time.
    server.house.env.ids.renew(&*server.house.env.store).await.unwrap();
    server.get("/soapify/api/accounts/me/", token).await.expect(200);
    server.clock.by(2 * 60_000);
    assert_eq!(server.get("/soapify/api/accounts/me/", token).await.status, 401);
    // The refresh token stays good until the session ends.
    let refresh = json!({"refresh_token": opened["refresh_token"]});
    server.post("/soapify/api/auth/token/refresh/", "", refresh).await.expect(200);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deactivation_and_log_out_take_effect_on_the_next_request() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "cut").await;
    server.get("/api/auth/profile/", &hospital.doctor).await.expect(200);
    server
        .post(&format!("/api/auth/users/{}/deactivate/", hospital.doctor_id), &hospital.admin, Value::Null)
        .await
        .expect(200);
    assert_eq!(server.get("/api/auth/profile/", &hospital.doctor).await.status, 401);
    let refused = server
        .post("/api/auth/login/", "", json!({"email": "smith@cut.example", "password": PASSWORD}))
        .await;
    assert_eq!(refused.status, 401);
    server
        .post(&format!("/api/auth/users/{}/activate/", hospital.doctor_id), &hospital.admin, Value::Null)
        .await
        .expect(200);
    let back = server.log_in("smith@cut.example", PASSWORD).await;
    server.post("/api/auth/logout/", &back, Value::Null).await.expect(200);
    assert_eq!(server.get("/api/auth/profile/", &back).await.status, 401);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_stands_after_a_restart() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "again").await;
    let slot = hospital.slot(&server, 48).await;
    let id = hospital.book(&server, slot).await.expect(201)["id"].as_u64().unwrap();
    let folder = server.stop().await;
    let server = Server::start_in(folder, |_| {}).await;
    // The token is still good: its session stands in the store.
    let read = server.get(&format!("/api/appointments/{id}/"), &hospital.patient).await.expect(200);
    assert_eq!(read["status"], "scheduled");
    assert_eq!(hospital.book(&server, slot).await.status, 409);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_hospital_is_gone_for_everyone() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "leaving").await;
    let staying = Hospital::join(&server, "staying").await;
    let platform = server.log_in(PLATFORM_EMAIL, PLATFORM_PASSWORD).await;
    assert_eq!(
        server
            .call("DELETE", &format!("/api/hospitals/{}/", hospital.id), &platform, &Value::Null)
            .await
            .status,
        204
    );
    assert_eq!(server.get("/api/auth/profile/", &hospital.admin).await.status, 401);
    assert_eq!(server.get(&format!("/api/hospitals/{}/", hospital.id), &platform).await.status, 404);
    server.get("/api/auth/profile/", &staying.admin).await.expect(200);
    let listed = server.get("/api/hospitals/", &platform).await.expect(200);
    assert_eq!(listed["count"], 1);
    server.stop().await;
}
