//! Two accounts of one patient become one.

use super::{later, try_log_in};
use crate::kit::{Hospital, PASSWORD, Server};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use ward_domain::account::{AccountCommand, Behalf, MergePlan, MergeStage};
use ward_domain::face::Face;
use ward_domain::id::Id;
use ward_domain::policy::Role;
use ward_domain::tenancy::TenantId;

const HOUR: i64 = 3_600_000;

struct Clinic {
    server: Server,
    hospital: Hospital,
}

impl Clinic {
    async fn open(name: &'static str) -> Self {
        let server = Server::start().await;
        let hospital = Hospital::join(&server, name).await;
        Self { server, hospital }
    }

    async fn patient(&self, first: &str, last: &str, email: &str, more: Value) -> u64 {
        let mut body = json!({"email": email, "password": PASSWORD, "first_name": first, "last_name": last,
            "role": "patient", "date_of_birth": "1985-03-20"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.server.post("/api/auth/users/", &self.hospital.admin, body).await.expect(201)["id"]
            .as_u64()
            .unwrap()
    }

    /// An appointment of a patient with a doctor, so many hours from now.
    async fn booked(&self, doctor: u64, patient: u64, hours: i64) -> u64 {
        let start = self.server.house.env.now().plus(hours * HOUR);
        let slot = json!({"doctor": doctor, "start_time": start.to_string(), "end_time": start.plus(HOUR / 2).to_string()});
        let admin = &self.hospital.admin;
        let slot = self.server.post("/api/appointments/availability-slots/", admin, slot).await.expect(201);
        let body = json!({"patient": patient, "doctor": doctor, "slot": slot["id"]});
        self.server.post("/api/appointments/", admin, body).await.expect(201)["id"].as_u64().unwrap()
    }

    async fn merge(&self, survivor: u64, duplicate: u64) -> crate::kit::Reply {
        let body = json!({"duplicate": duplicate, "reason": "Registered a second time at the desk"});
        let path = format!("/api/auth/users/patients/{survivor}/merge/");
        self.server.post(&path, &self.hospital.admin, body).await
    }

    async fn appointments(&self, patient: u64) -> Vec<u64> {
        let path = format!("/api/appointments/?patient={patient}");
        let listed = self.server.get(&path, &self.hospital.admin).await.expect(200);
        let mut ids: Vec<u64> =
            listed["results"].as_array().unwrap().iter().map(|one| one["id"].as_u64().unwrap()).collect();
        ids.sort_unstable();
        ids
    }

    async fn duplicates(&self, query: &str) -> Value {
        let path = format!("/api/auth/users/patients/duplicates/{query}");
        self.server.get(&path, &self.hospital.admin).await.expect(200)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_accounts_of_one_patient_become_one() {
    let clinic = Clinic::open("merge").await;
    let (server, hospital) = (&clinic.server, &clinic.hospital);
    let doctor = hospital.doctor_id;
    let (other, _) = Hospital::person(server, &hospital.admin, hospital.id, "merge", "doctor", "jones").await;
    let survivor =
        clinic.patient("Ana", "Ruiz", "ana@merge.example", json!({"phone_number": "+34 912 345 678"})).await;
    let duplicate = clinic.patient("RUIZ", "Ána", "ana.ruiz@merge.example", json!({})).await;

    let found = clinic.duplicates("").await;
    assert_eq!(
        (&found["count"], &found["results"][0]["matches_on"]),
        (&json!(1), &json!("name_and_birth_date"))
    );
    let who: Vec<u64> = found["results"][0]["patients"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_u64().unwrap())
        .collect();
    assert_eq!(who, [survivor, duplicate]);

    let mine = clinic.booked(doctor, survivor, 48).await;
    let clashes = clinic.booked(other, duplicate, 48).await;
    let fits = clinic.booked(other, duplicate, 72).await;
    let cancelled = clinic.booked(doctor, duplicate, 50).await;
    server
        .post(&format!("/api/appointments/{cancelled}/cancel/"), &hospital.admin, Value::Null)
        .await
        .expect(200);
    let token = server.log_in("ana.ruiz@merge.example", PASSWORD).await;

    let merged = clinic.merge(survivor, duplicate).await.expect(200);
    assert_eq!((&merged["status"], &merged["moved_appointments"]), (&json!("done"), &json!(2)));
    assert_eq!(merged["needs_attention"], json!([clashes]));
    assert_eq!(clinic.appointments(survivor).await, [mine, fits, cancelled]);
    assert_eq!(clinic.appointments(duplicate).await, [clashes]);
    // The second account is over: its sessions, its log-ins, and as a double.
    assert_eq!(server.get("/api/auth/profile/", &token).await.status, 401);
    assert_eq!(try_log_in(server, "ana.ruiz@merge.example", PASSWORD).await, 401);
    let gone = server.get(&format!("/api/auth/users/{duplicate}/"), &hospital.admin).await.expect(200);
    assert_eq!((&gone["merged_into"], &gone["is_active"]), (&json!(survivor), &json!(false)));
    assert_eq!(clinic.duplicates("").await["count"], 0);
    clinic.patient("Somebody", "Else", "ana.ruiz@merge.example", json!({})).await;
    // The time moved along: another appointment there is a clash now.
    let start =
        server.get(&format!("/api/appointments/{fits}/"), &hospital.admin).await.expect(200)["start_time"]
            .clone();
    let free = json!({"doctor": doctor, "start_time": start, "end_time": server.house.env.now().plus(73 * HOUR).to_string()});
    let slot = server.post("/api/appointments/availability-slots/", &hospital.admin, free).await.expect(201);
    let body = json!({"patient": survivor, "doctor": doctor, "slot": slot["id"]});
    assert_eq!(
        server.post("/api/appointments/", &hospital.admin, body).await.expect(409)["error"]["code"],
        "PATIENT_BUSY"
    );

    // What could not move can once there is room.
    server.post(&format!("/api/appointments/{mine}/cancel/"), &hospital.admin, Value::Null).await.expect(200);
    let again = clinic.merge(survivor, duplicate).await.expect(200);
    assert_eq!((&again["moved_appointments"], &again["needs_attention"]), (&json!(3), &json!([])));
    assert_eq!(clinic.appointments(survivor).await.len(), 4);
    assert!(clinic.appointments(duplicate).await.is_empty());
    let path = format!("/api/auth/users/patients/{survivor}/merges/");
    let told = server.get(&path, &hospital.admin).await.expect(200);
    assert_eq!((&told["count"], &told["results"][0]["duplicate"]), (&json!(1), &json!(duplicate)));

    let trail = server
        .get("/healthcare/api/audit/logs/?action=merge&page_size=100", &hospital.admin)
        .await
        .expect(200);
    let entries = trail["data"]["results"].as_array().unwrap();
    for id in [clashes, fits, cancelled, duplicate] {
        let of = |outcome: &str| {
            entries
                .iter()
                .any(|entry| entry["status"] == outcome && entry.to_string().contains(&id.to_string()))
        };
        assert!(of("success"), "{id}: {entries:?}");
        assert!(id != clashes || of("refused"), "{id}: {entries:?}");
    }
    clinic.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn merges_that_cannot_be_are_refused_and_chains_are_followed() {
    let clinic = Clinic::open("chains").await;
    let (server, hospital) = (&clinic.server, &clinic.hospital);
    let mut ids = Vec::new();
    for name in ["a", "b", "c", "d"] {
        ids.push(clinic.patient("Same", "Name", &format!("{name}@chains.example"), json!({})).await);
    }
    let [a, b, c, d] = ids[..] else { unreachable!() };
    assert_eq!(clinic.duplicates("").await["results"][0]["patients"].as_array().unwrap().len(), 4);
    let foreign = Hospital::join(server, "elsewhere").await;
    let field = |body: &Value| body["error"]["details"]["duplicate"].is_array();
    for wrong in [a, foreign.patient_id, hospital.doctor_id, server.house.new_id().unwrap().get()] {
        let refused = clinic.merge(a, wrong).await.expect(400);
        assert!(field(&refused), "{wrong}: {refused}");
    }
    for wrong in [foreign.patient_id, hospital.doctor_id] {
        assert_eq!(clinic.merge(wrong, b).await.status, 404);
    }
    let code = |body: Value| body["error"]["code"].as_str().unwrap().to_owned();
    server.post(&format!("/api/auth/users/{d}/deactivate/"), &hospital.admin, Value::Null).await.expect(200);
    assert_eq!(code(clinic.merge(d, a).await.expect(409)), "SURVIVOR_INACTIVE");

    let kept = clinic.booked(hospital.doctor_id, a, 48).await;
    clinic.merge(b, a).await.expect(200);
    assert_eq!(code(clinic.merge(c, a).await.expect(409)), "ALREADY_MERGED");
    assert_eq!(code(clinic.merge(a, c).await.expect(409)), "SURVIVOR_MERGED");
    clinic.merge(c, b).await.expect(200);
    assert_eq!(clinic.appointments(c).await, [kept], "all of both");
    let activate = server.post(&format!("/api/auth/users/{a}/activate/"), &hospital.admin, Value::Null).await;
    assert_eq!(code(activate.expect(409)), "ACCOUNT_MERGED");

    for token in [&hospital.doctor, &hospital.patient] {
        let body = json!({"duplicate": d, "reason": "x"});
        let path = format!("/api/auth/users/patients/{c}/merge/");
        assert_eq!(server.post(&path, token, body).await.status, 403);
        assert_eq!(server.get("/api/auth/users/patients/duplicates/", token).await.status, 403);
    }
    clinic.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_merges_at_once_make_no_circle_and_one_that_nobody_is_at_is_carried_on() {
    let clinic = Clinic::open("circle").await;
    let (server, hospital) = (&clinic.server, &clinic.hospital);
    for round in 0..5 {
        let mut pair = Vec::new();
        for name in ["a", "b"] {
            pair.push(
                clinic.patient("Same", "Name", &format!("{name}{round}@circle.example"), json!({})).await,
            );
        }
        let (one, other) = tokio::join!(clinic.merge(pair[0], pair[1]), clinic.merge(pair[1], pair[0]));
        let good = [&one, &other].iter().filter(|reply| reply.status == 200).count();
        assert!(good <= 1, "{} {}", one.text, other.text);
        assert!(
            [&one, &other].iter().all(|reply| [200, 409].contains(&reply.status)),
            "{} {}",
            one.text,
            other.text
        );
    }

    let survivor = clinic.patient("Late", "Lee", "late@circle.example", json!({})).await;
    let duplicate = clinic.patient("Lee", "Late", "lee@circle.example", json!({})).await;
    let kept = clinic.booked(hospital.doctor_id, duplicate, 48).await;
    let scope =
        server.house.tenancy.register.scope(TenantId::from_number(hospital.id)).await.unwrap().unwrap();
    let (id, now) = (|number| Id::new(number).unwrap(), server.house.env.now());
    let behalf = Behalf {
        user: id(survivor).into(),
        role: Role::HospitalAdmin,
        session: id(1).into(),
        face: Face::Medcor,
        address: String::new(),
        request_id: "of a process that died".into(),
    };
    let plan = MergePlan {
        duplicate: id(duplicate).into(),
        survivor: id(survivor).into(),
        reason: "x".into(),
        behalf,
        stage: MergeStage::Prepared,
        moved: 0,
        moved_documents: 0,
        attention: Vec::new(),
        due: None,
        created_at: now,
        updated_at: now,
    };
    let begin = AccountCommand::BeginMerge(Box::new(plan));
    server.house.actors.accounts.ask(&scope, id(duplicate), Duration::from_secs(10), begin).await.unwrap();
    assert_eq!(clinic.merge(survivor, duplicate).await.status, 409, "it is under way");
    assert!(clinic.appointments(survivor).await.is_empty());
    later(server, 31_000).await;
    let began = Instant::now();
    while clinic.appointments(survivor).await != [kept] {
        server.clockwork.round().await.unwrap();
        assert!(began.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Once more after some minutes, for what was booked in the last moment; then nothing is due any more.
    later(server, 6 * 60_000).await;
    let settled = async || {
        let plan = server.house.find::<MergePlan>(&scope, id(duplicate)).await.unwrap().unwrap().document;
        (plan.stage, plan.due.is_none()) == (MergeStage::Settled, true)
    };
    while !settled().await {
        server.clockwork.round().await.unwrap();
        assert!(began.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    clinic.server.stop().await;
}
