//! What the documents show their readers, done against a real server: their programs (`tests/programs`), run with the HTTP
//! clients that they name, and MedCor's quick start with the bodies that it prints. Of these, ids and dates are replaced:
//! the document's are of its own imagined server and of 2025.

mod soapify;

use crate::kit::{Hospital, PASSWORD, PLATFORM_EMAIL, PLATFORM_PASSWORD, Server};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;
use tokio::time::timeout;
use ward_domain::time::DAY;

/// The first run installs the client; the steps of that have deadlines of their own, in `tests/environment.py`.
const PROGRAM_DEADLINE: Duration = Duration::from_mins(9);

/// Runs a program of `tests/programs` against the server: the JSON that it prints. A test fails here, with the reason,
/// where the program cannot be run or does not come to its end.
pub(crate) async fn run(server: &Server, program: &str, arguments: &[&str]) -> Value {
    let start = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs/run.py");
    let child = Command::new("python3")
        .arg(start)
        .arg(program)
        .arg(format!("http://{}", server.address))
        .args(arguments)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let Ok(ended) = timeout(PROGRAM_DEADLINE, child).await else {
        panic!("{program} did not end within {PROGRAM_DEADLINE:?}");
    };
    let output = ended.unwrap_or_else(|error| {
        panic!("python3 (3.10 or later, with venv) is needed to run the documents' programs: {error}")
    });
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{program} ended with {}:\n{said}{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{program} printed no JSON ({error}): {said}"))
}

/// Whether the answer has all that was sent, as it was sent. A password is not told.
#[track_caller]
fn assert_kept(answer: &Value, sent: &Value) {
    for (field, value) in sent.as_object().unwrap() {
        let expected = if field.starts_with("password") { None } else { Some(value) };
        assert_eq!(answer.get(field), expected, "{field} in {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_booking_program_books_the_soonest_free_slot() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "booking").await;
    // Doctors are listed newest first: were hospitals not apart, the program would meet this one's.
    let other = Hospital::join(&server, "elsewhere").await;
    other.slot(&server, 24).await;
    let later = hospital.slot(&server, 72).await;
    let sooner = hospital.slot(&server, 48).await;
    let start = server.house.env.now().plus(DAY);
    let kept = json!({"doctor": hospital.doctor_id, "start_time": start.to_string(),
        "end_time": start.plus(1_800_000).to_string(), "is_available": false});
    server.post("/api/appointments/availability-slots/", &hospital.admin, kept).await.expect(201);

    let patient = hospital.patient_id.to_string();
    let arguments = ["alice@booking.example", PASSWORD, &patient];
    // The second time the first slot is taken, and no longer offered.
    for slot in [sooner, later] {
        let booked = run(&server, "booking.py", &arguments).await;
        let sent = json!({"patient": hospital.patient_id, "doctor": hospital.doctor_id, "slot": slot,
            "appointment_type": "consultation", "reason": "Regular checkup"});
        assert_kept(&booked, &sent);
        let there = format!("/api/appointments/{}/", booked["id"].as_u64().unwrap());
        let found = server.get(&there, &hospital.doctor).await.expect(200);
        assert_kept(&found, &sent);
        assert_eq!(found["status"], "scheduled");
    }
    let listed = server.get("/api/appointments/", &hospital.patient).await.expect(200);
    assert_eq!(listed["count"], 2);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_program_creates_a_neurologist_who_can_log_in() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "neurology").await;
    let id = hospital.id.to_string();
    let printed = run(&server, "doctor.py", &["admin@neurology.example", PASSWORD, &id]).await;
    let (made, assigned) = (&printed["doctor"], &printed["assignment"]);
    let path = format!("/api/auth/users/{}/", made["id"].as_u64().unwrap());
    let found = server.get(&path, &hospital.admin).await.expect(200);
    let sent = json!({"email": "dr.wilson@hospital.com", "username": "drwilson", "password": "DoctorPass123!",
        "first_name": "Robert", "last_name": "Wilson", "role": "doctor", "hospital": hospital.id,
        "department": "Neurology", "license_number": "MD789012", "years_of_experience": 15});
    assert_kept(made, &sent);
    assert_kept(&found, &sent);
    let sent = json!({"doctor": made["id"], "is_primary": true, "years_of_experience": 15,
        "certification_date": "2010-08-20", "specialty_name": "Neurology", "doctor_name": "Robert Wilson"});
    assert_kept(assigned, &sent);
    let path = format!("/api/specialty/doctor-specialties/{}/", assigned["id"].as_u64().unwrap());
    assert_eq!(&server.get(&path, &hospital.doctor).await.expect(200), assigned);
    let token = server.log_in("dr.wilson@hospital.com", "DoctorPass123!").await;
    let profile = server.get("/api/auth/profile/", &token).await.expect(200);
    assert_eq!(profile["id"], made["id"]);
    server.stop().await;
}

/// The quick start, sections 1.1 to 5.3. What the tables let only doctors do is done by the doctor.
#[tokio::test(flavor = "multi_thread")]
async fn the_quick_start_goes_as_it_is_printed() {
    let server = Server::start().await;
    let platform = server.log_in(PLATFORM_EMAIL, PLATFORM_PASSWORD).await;
    // What is created has a number for an id and all that was sent; with an id it can be read again.
    let create = async |path: &str, token: &str, body: Value| {
        let made = server.post(path, token, body.clone()).await.expect(201);
        assert_kept(&made, &body);
        made["id"].as_u64().unwrap()
    };

    // 1.1
    let hospital = json!({"name": "City General Hospital", "city": "New York", "state": "NY", "country": "USA",
        "hospital_type": "general", "contact_email": "admin@citygeneral.com", "contact_phone": "+1-212-555-0100"});
    let hospital = create("/api/hospitals/", &platform, hospital).await;

    // 2.1, 2.2
    let admin = json!({"email": "admin@hospital.com", "password": "SecurePassword123!",
        "password_confirm": "SecurePassword123!", "first_name": "John", "last_name": "Admin", "role": "admin",
        "hospital": hospital, "phone_number": "+1-212-555-0101"});
    let admin_id = create("/api/auth/register/", "", admin).await;
    let credentials = json!({"email": "admin@hospital.com", "password": "SecurePassword123!"});
    let logged_in = server.post("/api/auth/login/", "", credentials).await.expect(200);
    assert_eq!((&logged_in["user"]["id"], &logged_in["user"]["role"]), (&json!(admin_id), &json!("admin")));
    let tokens = &logged_in["tokens"];
    for name in ["access", "refresh"] {
        // The document's begin so: a JSON Web Token's header, in base64.
        assert!(tokens[name].as_str().is_some_and(|token| token.starts_with("eyJ")), "{name}: {tokens}");
    }
    let access = tokens["access"].as_str().unwrap();

    // 3.1, 3.2, 3.3
    let doctor = json!({"email": "dr.smith@hospital.com", "username": "drsmith", "password": "DoctorPass123!",
        "first_name": "Jane", "last_name": "Smith", "role": "doctor", "hospital": hospital,
        "department": "Cardiology", "license_number": "MD123456", "years_of_experience": 10});
    let doctor = create("/api/auth/users/", access, doctor).await;
    let found = server.get("/api/specialty/?search=Cardiology", access).await.expect(200);
    let specialty = json!({"doctor": doctor, "specialty": found["results"][0]["id"], "is_primary": true,
        "years_of_experience": 10, "certification_date": "2014-06-15"});
    create("/api/specialty/doctor-specialties/", access, specialty).await;
    let patient = json!({"email": "patient@email.com", "username": "patient001", "password": "PatientPass123!",
        "first_name": "Alice", "last_name": "Johnson", "role": "patient", "hospital": hospital,
        "date_of_birth": "1985-03-20", "phone_number": "+1-212-555-0200", "blood_type": "O+",
        "allergies": "Penicillin", "emergency_contact_name": "Bob Johnson",
        "emergency_contact_phone": "+1-212-555-0201"});
    let patient = create("/api/auth/users/", access, patient).await;

    // 4.1: the printed hours, of a day to come.
    let slots = "/api/appointments/availability-slots/";
    let to_come = server.house.env.now().plus(2 * DAY).to_string();
    let (day, _) = to_come.split_once('T').unwrap();
    let slot = json!({"doctor": doctor, "start_time": format!("{day}T09:00:00Z"),
        "end_time": format!("{day}T17:00:00Z"), "is_available": true});
    let slot = create(slots, access, slot).await;

    // 4.2
    let record = json!({"patient": patient, "record_type": "general", "title": "Initial Health Assessment",
        "description": "Patient initial consultation and health history", "diagnosis": "General checkup - healthy",
        "symptoms": "None", "vital_signs": {"blood_pressure": "120/80", "heart_rate": 72, "temperature": 98.6, "weight": 70}});
    let by_doctor = server.log_in("dr.smith@hospital.com", "DoctorPass123!").await;
    let made = create("/api/medical-records/", &by_doctor, record.clone()).await;
    let own = server.log_in("patient@email.com", "PatientPass123!").await;
    assert_kept(&server.get(&format!("/api/medical-records/{made}/"), &own).await.expect(200), &record);

    // 5.1
    let appointment = json!({"patient": patient, "doctor": doctor, "slot": slot, "appointment_type": "consultation",
        "reason": "Regular checkup", "notes": "Patient requests morning appointment"});
    let id = create("/api/appointments/", access, appointment.clone()).await;

    // 5.2, 5.3: the printed follow-up is a month after the treatment.
    let month_later = server.house.env.now().plus(31 * DAY).date_utc();
    let treatment = json!({"appointment": id, "patient": patient, "doctor": doctor, "diagnosis": "Mild hypertension",
        "treatment_plan": "Lifestyle changes and medication", "notes": "Monitor blood pressure weekly",
        "follow_up_required": true, "follow_up_date": month_later});
    let treatment = create("/api/treatments/", &by_doctor, treatment).await;
    let prescription = json!({"medication_name": "Lisinopril", "dosage": "10mg", "frequency": "Once daily",
        "duration": "30 days", "instructions": "Take with food in the morning"});
    create(&format!("/api/treatments/{treatment}/prescriptions/"), &by_doctor, prescription).await;

    // It stands for those whom it concerns, and the slot is gone.
    for (email, password) in
        [("dr.smith@hospital.com", "DoctorPass123!"), ("patient@email.com", "PatientPass123!")]
    {
        let token = server.log_in(email, password).await;
        let found = server.get(&format!("/api/appointments/{id}/"), &token).await.expect(200);
        assert_kept(&found, &appointment);
        assert_eq!(found["start_time"], format!("{day}T09:00:00Z"));
        let free =
            server.get(&format!("{slots}?doctor={doctor}&is_available=true"), &token).await.expect(200);
        assert_eq!((&free["count"], &free["results"]), (&json!(0), &json!([])));
    }
    server.stop().await;
}
