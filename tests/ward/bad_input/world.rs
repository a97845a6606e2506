//! Two hospitals with one of everything in each, what a good request says, and what the store holds.

use super::described::{Field, Operation};
use crate::kit::{Hospital, PASSWORD, PLATFORM_EMAIL, PLATFORM_PASSWORD, Reply, Server};
use crate::otp::{code_in, texts};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use ward_domain::id::{Id, IdKind};
use ward_domain::record::{Key, List, RecordKind};
use ward_domain::tenancy::TenantId;
use ward_store::{Bounds, Place};

/// One hospital's things.
pub struct Things {
    pub hospital: Hospital,
    pub slot: u64,
    pub appointment: u64,
    pub encounter: u64,
    pub record: u64,
    pub treatment: u64,
    pub prescription: u64,
    pub break_glass: u64,
    pub waiting: u64,
    pub link: u64,
    /// One that the administrator does not ask with.
    pub session: u64,
    pub webhook: u64,
    pub specialty: u64,
    pub doctor_specialty: u64,
    pub plan: u64,
    pub transaction: u64,
    pub invitation: u64,
    pub access: u64,
}

impl Things {
    async fn of(server: &Server, name: &'static str) -> Self {
        let hospital = Hospital::join(server, name).await;
        let taken = hospital.slot(server, 48).await;
        let slot = hospital.slot(server, 50).await;
        let appointment = hospital.book(server, taken).await.expect(201)["id"].as_u64().unwrap();
        let made = json!({"patient_name": "Lena Brandt"});
        let made = server.post("/soapify/api/encounters/", &hospital.doctor, made).await.expect(201);
        let encounter = made["data"]["id"].as_u64().unwrap();
        let path = format!("/soapify/api/encounters/{encounter}");
        let said = json!({"language": "en", "text": "Doctor: What brings you in?\nPatient: I have had a headache for two days."});
        server.put(&format!("{path}/transcript/"), &hospital.doctor, said).await.expect(200);
        let done = |body: &Value| body["data"]["status"] == "completed";
        server.until(&format!("{path}/status/"), &hospital.doctor, done).await;
        let (doctor, patient) = (hospital.doctor.clone(), hospital.patient_id);
        let made = async |path: &str, body: Value| {
            server.post(path, &doctor, body).await.expect(201)["id"].as_u64().unwrap()
        };
        let record = made("/api/medical-records/", json!({"patient": patient, "title": "Assessment"})).await;
        let treatment = made("/api/treatments/", json!({"patient": patient})).await;
        let path = format!("/api/treatments/{treatment}/prescriptions/");
        let prescription = made(&path, json!({"medication_name": "Lisinopril"})).await;
        let path = format!("/api/medical-records/patient/{patient}/break-glass/");
        let break_glass = made(&path, json!({"reason": "unconscious, alone"})).await;
        let link = made("/api/appointments/calendar-links/", json!({})).await;
        let day = |days: i64| server.house.env.now().plus(days * 86_400_000).date_utc();
        let place = json!({"doctor": hospital.doctor_id, "from": day(20), "until": day(30)});
        let place =
            server.post("/api/appointments/waiting-list/", &hospital.patient, place).await.expect(201);
        let waiting = place["id"].as_u64().unwrap();
        let email = format!("admin@{name}.example");
        server.log_in(&email, PASSWORD).await;
        let open = server.get("/api/auth/sessions/", &hospital.admin).await.expect(200);
        let open = open.as_array().unwrap();
        let session = open.iter().find(|one| one["is_current"] == false).unwrap()["id"].as_u64().unwrap();
        // Of what never happens in a sweep: deliveries would write while it looks whether anything is written.
        let hook = json!({"url": "https://hooks.example/ward", "events": ["appointment.no_show"]});
        let hook = server.post("/medcor/api/webhooks/", &hospital.admin, hook).await.expect(201);
        let found = server.get("/api/specialty/?search=Neurology", &hospital.admin).await.expect(200);
        let specialty = found["results"][0]["id"].as_u64().unwrap();
        let assigned = json!({"doctor": hospital.doctor_id, "specialty": specialty});
        let path = "/api/specialty/doctor-specialties/";
        let assigned = server.post(path, &hospital.admin, assigned).await.expect(201);
        let doctor_specialty = assigned["id"].as_u64().unwrap();
        // Plans are everyone's: another hospital has none of its own.
        let plan = if name == "here" { 2 } else { 999 };
        // Completed, for one that waits would expire while a sweep moves the clock.
        let payment = crate::money::paid(server, &hospital.doctor, 500_000).await;
        let transaction = Id::from_uuid(IdKind::Transaction, payment["transaction_id"].as_str().unwrap());
        let (invitation, access) = Self::of_phones(server, &hospital).await;
        Self {
            transaction: transaction.unwrap().get(),
            invitation,
            access,
            specialty,
            doctor_specialty,
            plan,
            webhook: hook["id"].as_u64().unwrap(),
            hospital,
            slot,
            appointment,
            encounter,
            record,
            treatment,
            prescription,
            break_glass,
            waiting,
            link,
            session,
        }
    }

    /// An invitation, and a doctor's access that the patient gave.
    async fn of_phones(server: &Server, hospital: &Hospital) -> (u64, u64) {
        let digits = hospital.id % 1_000_000;
        let invited = json!({"phone_number": format!("+4930{digits:06}"), "role": "doctor"});
        let path = "/soapify/api/integrations/invitations/";
        let invited = server.post(path, &hospital.admin, invited).await.expect(201);
        let phone = format!("+4940{digits:06}");
        let patient = json!({"email": format!("phone@{}.example", hospital.name), "phone_number": phone, "password": PASSWORD,
            "first_name": "Paul", "last_name": "Phone", "role": "patient", "hospital": hospital.id});
        server.post("/api/auth/users/", &hospital.admin, patient).await.expect(201);
        let asked = json!({"patient_phone": phone, "access_type": "view_history", "reason": "Follow-up consultation"});
        let path = "/soapify/api/integrations/patients/request-access/";
        let asked = server.post(path, &hospital.doctor, asked).await.expect(200);
        let request = asked["data"]["request_id"].as_str().unwrap();
        let code = code_in(&texts(server, &phone, 1).await[0]);
        let shown = json!({"request_id": request, "otp_code": code});
        let path = "/soapify/api/integrations/patients/verify-access/";
        server.post(path, &hospital.doctor, shown).await.expect(200);
        (invited["data"]["id"].as_u64().unwrap(), request.strip_prefix("req_").unwrap().parse().unwrap())
    }

    /// What the path's parameter names.
    pub fn id(&self, operation: &Operation) -> u64 {
        let path = operation.path.as_str();
        for (begins, id) in [
            ("/api/auth/users/", self.hospital.patient_id),
            ("/api/auth/sessions/", self.session),
            ("/api/hospitals/", self.hospital.id),
            ("/api/appointments/availability-slots/", self.slot),
            ("/api/appointments/waiting-list/", self.waiting),
            ("/api/appointments/calendar-links/", self.link),
            // Its address is a secret that is no id; the link's id is nobody's address.
            ("/api/appointments/calendar/", self.link),
            ("/api/appointments/", self.appointment),
            ("/api/medical-records/patient/", self.hospital.patient_id),
            ("/api/medical-records/break-glass/", self.break_glass),
            ("/api/medical-records/", self.record),
            ("/api/treatments/prescriptions/", self.prescription),
            ("/api/treatments/", self.treatment),
            ("/api/encounters/", self.encounter),
            ("/api/webhooks/", self.webhook),
            ("/api/outputs/soap-notes/", self.encounter),
            ("/api/outputs/export/", self.encounter),
            ("/api/specialty/doctor-specialties/", self.doctor_specialty),
            ("/api/specialty/", self.specialty),
            ("/api/subscription-plans/", self.plan),
            ("/api/integrations/wallet/transactions/", self.transaction),
            ("/api/integrations/invitations/", self.invitation),
            ("/api/integrations/patients/access/", self.access),
        ] {
            if path.starts_with(begins) {
                return id;
            }
        }
        panic!("{operation}: what does its path name? Say so in the table above.");
    }

    /// What a field of this name would name, if it names a thing of the hospital.
    pub fn named(&self, operation: &Operation, field: &str) -> Option<u64> {
        match field {
            // Elsewhere it is a word in a doctor's profile.
            "specialty" if operation.path.starts_with("/api/specialty/") => Some(self.specialty),
            "doctor" => Some(self.hospital.doctor_id),
            "patient" | "duplicate" => Some(self.hospital.patient_id),
            "slot" => Some(self.slot),
            "appointment" => Some(self.appointment),
            _ => None,
        }
    }
}

/// The server with both.
pub struct World {
    pub server: Server,
    pub here: Things,
    pub there: Things,
    platform: String,
}

impl World {
    pub async fn new() -> Self {
        let server = Server::start().await;
        let here = Things::of(&server, "here").await;
        let there = Things::of(&server, "there").await;
        let platform = server.log_in(PLATFORM_EMAIL, PLATFORM_PASSWORD).await;
        let world = Self { server, here, there, platform };
        world.all_quiet().await;
        world
    }

    /// Waits until every event is passed on and every letter has left, so that what is written after is a request's doing.
    async fn all_quiet(&self) {
        let (store, began) = (&self.server.house.env.store, Instant::now());
        loop {
            let waiting = store.tenants_with_events(None, 10).await.unwrap();
            let due = store.platform_list(List::MessagesDue, &Key::all(), Bounds::ALL, 10).await.unwrap();
            if waiting.is_empty() && due.is_empty() {
                return;
            }
            assert!(began.elapsed() < Duration::from_secs(30), "{waiting:?} {due:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Who is asked to carry an operation out: the role that reaches furthest in that API.
    pub fn token(&self, operation: &Operation) -> &str {
        if operation.open {
            ""
        } else if operation.method == "POST" && operation.path == "/api/hospitals/"
            || operation.path.starts_with("/api/subscription-plans/") && !operation.body.is_empty()
        {
            &self.platform
        } else if operation.path.ends_with("/settle/")
            || operation.path.starts_with("/api/integrations/invitations/")
        {
            &self.here.hospital.admin
        } else if operation.api == "soapify" || writes_charts(operation) {
            &self.here.hospital.doctor
        } else {
            &self.here.hospital.admin
        }
    }

    /// A body in which nothing is wrong as far as fields go.
    pub fn good(&self, operation: &Operation) -> Map<String, Value> {
        let mut body = Map::new();
        for field in operation.body.iter().filter(|field| !field.name.contains('.')) {
            if let Some(value) = self.sample(operation, &field.name) {
                body.insert(field.name.clone(), value);
            } else {
                assert!(!field.required, "{operation}: what is a good {}? Say so in `sample`.", field.name);
            }
        }
        body
    }

    fn sample(&self, operation: &Operation, field: &str) -> Option<Value> {
        let soon = |hours: i64| self.server.house.env.now().plus(hours * 3_600_000).to_string();
        Some(match field {
            "password" | "password_confirm" | "new_password" | "old_password" => PASSWORD.into(),
            "email" | "contact_email" => "someone@sweep.example".into(),
            "first_name" | "last_name" | "name" | "patient_name" => "Someone".into(),
            "role" => "patient".into(),
            "from" => soon(24 * 40)[..10].into(),
            "until" => soon(24 * 50)[..10].into(),
            "start_time" => soon(60).into(),
            "end_time" => soon(61).into(),
            "refresh" | "refresh_token" => "a.b.c".into(),
            "query" => "headache".into(),
            "reason" => "Asked for twice".into(),
            "code" => "7KQM-2XWA".into(),
            "text" => "Doctor: What brings you in?".into(),
            "sections" => json!({}),
            "title" | "medication_name" => "Something".into(),
            "url" => "https://hooks.example/other".into(),
            "events" => json!(["appointment.no_show"]),
            "since" => soon(-1).into(),
            "price" => "10.00".into(),
            "currency" => "USD".into(),
            "amount" => 500_000.into(),
            "patient_phone" => "+989123456789".into(),
            // Of a change elsewhere a status is optional, and would have to fit.
            "status" if operation.path.ends_with("/settle/") => "completed".into(),
            "phone_number" if operation.path.starts_with("/api/integrations/") => "+4930123456789".into(),
            "otp_code" => "000000".into(),
            "request_id" => "req_1".into(),
            "session_id" => "550e8400-e29b-41d4-a716-446655440000".into(),
            "access_type" => "view_history".into(),
            "billing_period" => "monthly".into(),
            other => self.here.named(operation, other)?.into(),
        })
    }

    /// Everything that is kept but the trail, and the figures that follow from the rest, sealed as it lies there: unequal if
    /// anything was written.
    pub async fn kept(&self) -> BTreeMap<(u64, Place), Vec<u8>> {
        let register = &self.server.house.tenancy.register;
        let mut all = BTreeMap::new();
        for tenant in [0, self.here.hospital.id, self.there.hospital.id] {
            let scope = register.scope(TenantId::from_number(tenant)).await.unwrap().unwrap();
            let bodies = self.server.house.env.store.bodies(&scope, None, 10_000).await.unwrap();
            assert!(!bodies.is_empty());
            for body in bodies {
                if !matches!(
                    body.place.kind,
                    RecordKind::AuditEntry
                        | RecordKind::AuditHead
                        | RecordKind::Contribution
                        | RecordKind::DayFigures
                        | RecordKind::StatisticsHead
                        // Forgotten by itself, an hour after the world was made.
                        | RecordKind::PhoneCode
                ) {
                    all.insert((tenant, body.place), body.body);
                }
            }
        }
        all
    }
}

/// What doctors do and nobody else.
fn writes_charts(operation: &Operation) -> bool {
    let chart = ["/api/medical-records/", "/api/treatments/"];
    operation.method != "GET" && chart.iter().any(|begins| operation.path.starts_with(begins))
}

/// The body of an error, if it has the form that its API documents.
pub fn error_of(api: &str, reply: &Reply) -> Value {
    let body = reply.json();
    let error = &body["error"];
    let good = match api {
        "healthcare" => body["status"] == "error" && error.is_string() && body["details"].is_object(),
        "soapify" => {
            body["success"] == false
                && error["code"].is_string()
                && error["message"].is_string()
                && error["details"].is_object()
                && body["timestamp"].is_string()
        }
        _ => error["code"].is_string() && error["message"].is_string() && error["details"].is_object(),
    };
    assert!(good, "{api}: {} {}", reply.status, reply.text);
    body
}

/// The fields that an error names.
pub fn wrong_fields(api: &str, reply: &Reply) -> Vec<String> {
    let body = error_of(api, reply);
    let details = if api == "healthcare" { &body["details"] } else { &body["error"]["details"] };
    let lists = details.as_object().unwrap().iter().filter(|(_, said)| said.is_array());
    lists.map(|(name, _)| name.clone()).collect()
}

/// The status of a wrong field: SOAPify's document has 422, the others 400.
pub fn of_field(api: &str) -> u16 {
    if api == "soapify" { 422 } else { 400 }
}

/// A body with one field in place of its own.
pub fn with(mut body: Map<String, Value>, field: &Field, value: Value) -> Value {
    match field.name.split_once('.') {
        None => body.insert(field.name.clone(), value),
        Some((outer, inner)) => body.insert(outer.to_owned(), json!({ inner: value })),
    };
    body.into()
}
