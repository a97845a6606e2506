//! The quick start of document 002 and what follows from it, as a walk through the operations: what the Postman
//! collection sends, from a platform without hospitals to one without again.

use ward_http::walk::{Step, Walk};

const PLATFORM: &str = "platform_access";
const ACCESS: &str = "access";
const DOCTOR: &str = "doctor_access";

/// The walk.
pub(crate) const WALK: Walk = Walk {
    variables: &[
        ("base_url", "http://localhost:8002"),
        ("platform_email", ""),
        ("platform_password", ""),
        ("platform_access", ""),
        ("access", ""),
        ("refresh", ""),
        ("doctor_access", ""),
    ],
    before: &[
        "// Slots lie in the days to come.",
        "const day = new Date(Date.now() + 2 * 24 * 3600 * 1000).toISOString().slice(0, 10);",
        "pm.collectionVariables.set(\"day\", day);",
        "pm.collectionVariables.set(\"now\", Date.now());",
    ],
    steps: STEPS,
};

const HOSPITAL: &str = "1. Create hospital";
const ADMIN: &str = "2. Register admin";
const USERS: &str = "3. Create users";
const SERVICES: &str = "4. Set up services";
const START: &str = "5. Start operations";
const ACCOUNTS: &str = "6. Accounts";
const WAITING: &str = "7. Calendars and the waiting list";
const HOOKS: &str = "8. Webhooks";
const PLANS: &str = "9. Subscription plans";
const END: &str = "10. Clean up";

const STEPS: &[Step] = &[
    Step::of(HOSPITAL, "log_in", "")
        .named("Log in as the platform's administrator")
        .body(r#"{"email": "{{platform_email}}", "password": "{{platform_password}}"}"#)
        .takes(&[(PLATFORM, "tokens.access")]),
    Step::of(HOSPITAL, "create_hospital", PLATFORM)
        .body(
            r#"{
  "name": "City General Hospital",
  "city": "New York",
  "state": "NY",
  "country": "USA",
  "hospital_type": "general",
  "contact_email": "admin@citygeneral.com",
  "contact_phone": "+1-212-555-0100"
}"#,
        )
        .takes(&[("hospital", "id"), ("setup_code", "setup_code")]),
    Step::of(HOSPITAL, "list_hospitals", PLATFORM).query("search=City"),
    Step::of(ADMIN, "register", "")
        .body(
            r#"{
  "email": "admin@hospital.com",
  "password": "SecurePassword123!",
  "password_confirm": "SecurePassword123!",
  "first_name": "John",
  "last_name": "Admin",
  "role": "admin",
  "hospital": {{hospital}},
  "phone_number": "+1-212-555-0101",
  "setup_code": "{{setup_code}}"
}"#,
        )
        .takes(&[("admin", "id")]),
    Step::of(ADMIN, "log_in", "")
        .body(
            r#"{"email": "admin@hospital.com", "password": "SecurePassword123!", "hospital": {{hospital}}}"#,
        )
        .takes(&[("access", "tokens.access"), ("refresh", "tokens.refresh")]),
    Step::of(ADMIN, "refresh_token", "").body(r#"{"refresh": "{{refresh}}"}"#).takes(&[("access", "access")]),
    Step::of(ADMIN, "read_profile", ACCESS),
    Step::of(ADMIN, "edit_profile", ACCESS).body(r#"{"first_name": "Johanna"}"#),
    Step::of(ADMIN, "read_hospital", ACCESS).id("hospital"),
    Step::of(ADMIN, "edit_hospital", ACCESS)
        .id("hospital")
        .body(r#"{"website": "https://citygeneral.com", "time_zone": "America/New_York"}"#),
    Step::of(USERS, "create_user", ACCESS)
        .named("Create a doctor")
        .body(
            r#"{
  "email": "dr.smith@hospital.com",
  "username": "drsmith",
  "password": "DoctorPass123!",
  "first_name": "Jane",
  "last_name": "Smith",
  "role": "doctor",
  "hospital": {{hospital}},
  "department": "Cardiology",
  "license_number": "MD123456",
  "years_of_experience": 10
}"#,
        )
        .takes(&[("doctor", "id")]),
    Step::of(USERS, "list_specialties", ACCESS)
        .query("search=Cardiology")
        .takes(&[("specialty", "results[0].id")]),
    Step::of(USERS, "assign_specialty", ACCESS)
        .body(
            r#"{
  "doctor": {{doctor}},
  "specialty": {{specialty}},
  "is_primary": true,
  "years_of_experience": 10,
  "certification_date": "2014-06-15"
}"#,
        )
        .takes(&[("doctor_specialty", "id")]),
    Step::of(USERS, "create_user", ACCESS)
        .named("Create a patient")
        .body(
            r#"{
  "email": "patient@email.com",
  "username": "patient001",
  "password": "PatientPass123!",
  "first_name": "Alice",
  "last_name": "Johnson",
  "role": "patient",
  "hospital": {{hospital}},
  "date_of_birth": "1985-03-20",
  "phone_number": "+1-212-555-0200",
  "blood_type": "O+",
  "allergies": "Penicillin",
  "emergency_contact_name": "Bob Johnson",
  "emergency_contact_phone": "+1-212-555-0201"
}"#,
        )
        .takes(&[("patient", "id")]),
    Step::of(USERS, "create_user", ACCESS)
        .named("Create someone for the desk")
        .body(
            r#"{
  "email": "desk@hospital.com",
  "username": "desk",
  "password": "DeskPass123!",
  "first_name": "Dana",
  "last_name": "Desk",
  "role": "staff",
  "hospital": {{hospital}}
}"#,
        )
        .takes(&[("staff", "id")]),
    Step::of(USERS, "list_users", ACCESS).query("role=doctor&ordering=-created_at"),
    Step::of(USERS, "list_doctors", ACCESS),
    Step::of(USERS, "list_patients", ACCESS),
    Step::of(USERS, "read_user", ACCESS).id("doctor"),
    Step::of(USERS, "edit_user", ACCESS).id("staff").body(r#"{"department": "Reception"}"#),
    Step::of(USERS, "deactivate_user", ACCESS).id("staff"),
    Step::of(USERS, "activate_user", ACCESS).id("staff"),
    Step::of(USERS, "delete_user", ACCESS).id("staff"),
    Step::of(SERVICES, "create_specialty", ACCESS)
        .body(r#"{"name": "Sleep Medicine", "code": "sleep-medicine", "description": "Disorders of sleep"}"#)
        .takes(&[("new_specialty", "id")]),
    Step::of(SERVICES, "read_specialty", ACCESS).id("new_specialty"),
    Step::of(SERVICES, "edit_specialty", ACCESS).id("new_specialty").body(r#"{"is_active": false}"#),
    Step::of(SERVICES, "list_doctor_specialties", ACCESS).query("doctor={{doctor}}"),
    Step::of(SERVICES, "read_doctor_specialty", ACCESS).id("doctor_specialty"),
    Step::of(SERVICES, "edit_doctor_specialty", ACCESS)
        .id("doctor_specialty")
        .body(r#"{"years_of_experience": 11}"#),
    Step::of(SERVICES, "list_popular_specialties", ACCESS),
    Step::of(SERVICES, "read_specialty_statistics", ACCESS),
    Step::of(SERVICES, "open_slots", ACCESS)
        .named("Open a doctor's morning for booking")
        .body(
            r#"{
  "doctor": {{doctor}},
  "start_time": "{{day}}T09:00:00Z",
  "end_time": "{{day}}T10:00:00Z",
  "is_available": true
}"#,
        )
        .takes(&[("slot", "id")]),
    Step::of(SERVICES, "open_slots", ACCESS)
        .named("Open another hour")
        .body(
            r#"{
  "doctor": {{doctor}},
  "start_time": "{{day}}T10:00:00Z",
  "end_time": "{{day}}T11:00:00Z",
  "is_available": true
}"#,
        )
        .takes(&[("later_slot", "id")]),
    Step::of(SERVICES, "log_in", "")
        .named("Log in as the doctor")
        .body(r#"{"email": "dr.smith@hospital.com", "password": "DoctorPass123!", "hospital": {{hospital}}}"#)
        .takes(&[("doctor_access", "tokens.access")]),
    Step::of(SERVICES, "create_medical_record", DOCTOR)
        .body(
            r#"{
  "patient": {{patient}},
  "record_type": "general",
  "title": "Initial Health Assessment",
  "description": "Patient initial consultation and health history",
  "diagnosis": "General checkup - healthy",
  "symptoms": "None",
  "vital_signs": {
    "blood_pressure": "120/80",
    "heart_rate": 72,
    "temperature": 98.6,
    "weight": 70
  }
}"#,
        )
        .takes(&[("medical_record", "id")]),
    Step::of(SERVICES, "list_medical_records", DOCTOR).query("patient={{patient}}"),
    Step::of(SERVICES, "read_medical_record", DOCTOR).id("medical_record"),
    Step::of(SERVICES, "edit_medical_record", DOCTOR)
        .id("medical_record")
        .body(r#"{"symptoms": "Tired in the evening", "edit_reason": "Told at the end of the visit"}"#),
    Step::of(SERVICES, "list_medical_record_versions", DOCTOR).id("medical_record"),
    Step::of(SERVICES, "list_attachments", DOCTOR).id("medical_record"),
    Step::of(SERVICES, "list_slots", ACCESS).query("doctor={{doctor}}&is_available=true"),
    Step::of(SERVICES, "read_slot", ACCESS).id("slot"),
    Step::of(START, "book_appointment", ACCESS)
        .named("Book an appointment")
        .body(
            r#"{
  "patient": {{patient}},
  "doctor": {{doctor}},
  "slot": {{slot}},
  "appointment_type": "consultation",
  "reason": "Regular checkup",
  "notes": "Patient requests morning appointment"
}"#,
        )
        .takes(&[("appointment", "id")]),
    // The appointment opens the chart.
    Step::of(START, "list_medical_records_of_patient", DOCTOR).id("patient"),
    Step::of(START, "create_treatment", DOCTOR)
        .body(
            r#"{
  "appointment": {{appointment}},
  "patient": {{patient}},
  "doctor": {{doctor}},
  "diagnosis": "Mild hypertension",
  "treatment_plan": "Lifestyle changes and medication",
  "notes": "Monitor blood pressure weekly",
  "follow_up_required": true,
  "follow_up_date": "{{day}}"
}"#,
        )
        .takes(&[("treatment", "id")]),
    Step::of(START, "create_prescription", DOCTOR)
        .id("treatment")
        .body(
            r#"{
  "medication_name": "Lisinopril",
  "dosage": "10mg",
  "frequency": "Once daily",
  "duration": "30 days",
  "instructions": "Take with food in the morning"
}"#,
        )
        .takes(&[("prescription", "id")]),
    Step::of(START, "list_treatments", DOCTOR).query("patient={{patient}}"),
    Step::of(START, "read_treatment", DOCTOR).id("treatment"),
    Step::of(START, "edit_treatment", DOCTOR).id("treatment").body(r#"{"notes": "Monitor it daily"}"#),
    Step::of(START, "list_treatment_versions", DOCTOR).id("treatment"),
    Step::of(START, "list_prescriptions", DOCTOR).id("treatment"),
    Step::of(START, "read_prescription", DOCTOR).id("prescription"),
    Step::of(START, "edit_prescription", DOCTOR).id("prescription").body(r#"{"status": "stopped"}"#),
    Step::of(START, "list_prescription_versions", DOCTOR).id("prescription"),
    Step::of(START, "list_appointments", ACCESS).query("status=scheduled"),
    Step::of(START, "read_appointment", ACCESS).id("appointment"),
    Step::of(START, "edit_appointment", ACCESS)
        .id("appointment")
        .body(r#"{"notes": "Brings earlier results"}"#),
    Step::of(START, "confirm_appointment", ACCESS).id("appointment"),
    Step::of(START, "complete_appointment", ACCESS).id("appointment"),
    Step::of(START, "book_appointment", ACCESS)
        .named("Book the other hour")
        .body(r#"{"patient": {{patient}}, "doctor": {{doctor}}, "slot": {{later_slot}}}"#)
        .takes(&[("second_appointment", "id")]),
    Step::of(START, "cancel_appointment", ACCESS)
        .id("second_appointment")
        .body(r#"{"reason": "The patient is travelling"}"#),
    Step::of(START, "book_appointment", ACCESS)
        .named("Book the hour that is free again")
        .body(r#"{"patient": {{patient}}, "doctor": {{doctor}}, "slot": {{later_slot}}}"#)
        .takes(&[("third_appointment", "id")]),
    Step::of(START, "delete_appointment", ACCESS).id("third_appointment"),
    Step::of(START, "read_hospital_statistics", ACCESS).id("hospital"),
    Step::of(ACCOUNTS, "list_sessions", ACCESS),
    Step::of(ACCOUNTS, "end_other_sessions", ACCESS),
    Step::of(ACCOUNTS, "ask_verify_email", ACCESS),
    Step::of(ACCOUNTS, "ask_password_reset", "")
        .body(r#"{"email": "patient@email.com", "hospital": {{hospital}}}"#),
    Step::of(ACCOUNTS, "begin_totp", ACCESS).body(r#"{"password": "SecurePassword123!"}"#),
    Step::of(ACCOUNTS, "list_duplicate_patients", ACCESS),
    Step::of(ACCOUNTS, "create_user", ACCESS)
        .named("Register the same patient once more")
        .body(
            r#"{
  "email": "alice@email.com",
  "password": "PatientPass123!",
  "first_name": "Alice",
  "last_name": "Johnson",
  "role": "patient",
  "hospital": {{hospital}},
  "date_of_birth": "1985-03-20",
  "allergies": "Latex"
}"#,
        )
        .takes(&[("duplicate", "id")]),
    Step::of(ACCOUNTS, "merge_patient", ACCESS)
        .id("patient")
        .body(r#"{"duplicate": {{duplicate}}, "reason": "Registered a second time at the desk"}"#),
    Step::of(ACCOUNTS, "list_patient_merges", ACCESS).id("patient"),
    Step::of(WAITING, "create_calendar_link", DOCTOR)
        .body(r#"{"name": "My telephone"}"#)
        .takes(&[("calendar_link", "id")]),
    Step::of(WAITING, "list_calendar_links", DOCTOR),
    Step::of(WAITING, "revoke_calendar_link", DOCTOR).id("calendar_link"),
    Step::of(WAITING, "join_waiting_list", ACCESS)
        .body(r#"{"patient": {{patient}}, "doctor": {{doctor}}, "from": "{{day}}", "until": "{{day}}"}"#)
        .takes(&[("waiting", "id")]),
    Step::of(WAITING, "list_waiting_list", ACCESS).query("doctor={{doctor}}"),
    Step::of(WAITING, "read_waiting_list_entry", ACCESS).id("waiting"),
    Step::of(WAITING, "leave_waiting_list", ACCESS).id("waiting"),
    Step::of(HOOKS, "create_webhook", ACCESS)
        .body(
            r#"{
  "url": "https://your-app.com/webhooks/medcor",
  "events": ["appointment.created", "appointment.cancelled"],
  "secret": "your-webhook-secret"
}"#,
        )
        .takes(&[("webhook", "id")]),
    Step::of(HOOKS, "list_webhooks", ACCESS),
    Step::of(HOOKS, "read_webhook", ACCESS).id("webhook"),
    Step::of(HOOKS, "edit_webhook", ACCESS).id("webhook").body(r#"{"events": ["appointment.created"]}"#),
    Step::of(HOOKS, "rotate_webhook_secret", ACCESS).id("webhook"),
    Step::of(HOOKS, "list_webhook_deliveries", ACCESS).id("webhook"),
    Step::of(HOOKS, "delete_webhook", ACCESS).id("webhook"),
    Step::of(PLANS, "list_subscription_plans", ACCESS),
    Step::of(PLANS, "create_subscription_plan", PLATFORM)
        .body(
            r#"{
  "name": "Clinic Plus",
  "code": "clinic-plus-{{now}}",
  "description": "For a clinic that grows",
  "price": "49.00",
  "currency": "USD",
  "billing_period": "monthly",
  "max_doctors": 30,
  "max_patients": 30000,
  "max_members": 60,
  "max_appointments_per_month": 30000,
  "features": ["Support by e-mail"]
}"#,
        )
        .takes(&[("plan", "id")]),
    Step::of(PLANS, "read_subscription_plan", ACCESS).id("plan"),
    Step::of(PLANS, "edit_subscription_plan", PLATFORM).id("plan").body(r#"{"price": "59.00"}"#),
    Step::of(PLANS, "subscribe_to_plan", ACCESS).id("plan"),
    Step::of(PLANS, "read_subscription", ACCESS),
    Step::of(PLANS, "cancel_subscription", ACCESS),
    Step::of(PLANS, "list_subscription_history", ACCESS),
    Step::of(END, "delete_doctor_specialty", ACCESS).id("doctor_specialty"),
    Step::of(END, "delete_medical_record", DOCTOR).id("medical_record"),
    Step::of(END, "change_password", ACCESS)
        .body(r#"{"old_password": "SecurePassword123!", "new_password": "SecurePassword124!"}"#),
    Step::of(END, "log_out", ACCESS),
    Step::of(END, "delete_hospital", PLATFORM).id("hospital"),
    Step::of(END, "delete_subscription_plan", PLATFORM).id("plan"),
];
