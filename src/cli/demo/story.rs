//! A hospital's first day, step by step.

use super::client::Call;
use super::hospital::Hospital;
use super::people::{self, Person};
use super::slots::{self, booking};
use super::stage::Stage;
use super::trouble::Trouble;
use super::visits;
use http::StatusCode;
use serde_json::{Value, json};
use ward_scribe::consultations;

/// Consultations that the story records, from the first on.
pub(super) const RECORDED: usize = 1;

/// Tells the day, from the first doctor's account to the audit trail.
pub(super) async fn tell(stage: &mut Stage, hospital: &mut Hospital) -> Result<(), Trouble> {
    stage.chapter("People and clinics");
    people::join_doctor(stage, hospital).await?;
    for patient in people::patients().iter().take(2) {
        people::join_patient(stage, hospital, patient).await?;
    }
    slots::open_next(stage, hospital, 0).await?;

    let appointment = book(stage, hospital).await?;
    let doctor = consult(stage, hospital, appointment).await?;
    look_back(stage, hospital, &doctor, appointment).await
}

/// A patient books a slot, and another one is too late.
async fn book(stage: &mut Stage, hospital: &mut Hospital) -> Result<u64, Trouble> {
    stage.chapter("A patient books");
    let doctor = hospital.doctors[0].id;
    let first = people::log_in(stage, &mut hospital.patients[0], &hospital.password).await?;
    let found =
        stage.step("She looks for a doctor.", Call::get("/api/auth/users/doctors/").by(&first)).await?;
    if !found.list("")?.iter().any(|one| one.get("id").and_then(Value::as_u64) == Some(doctor)) {
        return Err(found.lacks("doctor who just joined"));
    }
    let path = format!("/api/appointments/availability-slots/?doctor={doctor}&is_available=true&page_size=5");
    let open = stage.step("And for a time that is free.", Call::get(path).by(&first)).await?;
    let slot = open.id("/results/0/id")?;
    let call = |patient: &Person, reason: &str| {
        Call::post("/api/appointments/", booking(patient.id, doctor, slot, reason))
    };
    let booked = call(&hospital.patients[0], "Headache for 3 weeks").by(&first);
    let appointment = stage.step("She books it.", booked).await?.id("/id")?;
    hospital.offers[0].free.retain(|free| *free != slot);

    let second = people::log_in(stage, &mut hospital.patients[1], &hospital.password).await?;
    let late = call(&hospital.patients[1], "Cough").by(&second);
    let step = "Another patient wants the same slot and is refused, with the nearest free ones instead.";
    let refused = stage.refusal(step, late, StatusCode::CONFLICT).await?;
    if refused.list("/error/alternatives")?.is_empty() {
        return Err(refused.lacks("/error/alternatives/0"));
    }
    Ok(appointment)
}

/// The doctor confirms, records the consultation, reads the note and finds it again; the doctor's token.
async fn consult(stage: &mut Stage, hospital: &mut Hospital, appointment: u64) -> Result<String, Trouble> {
    stage.chapter("The doctor's day");
    let token = people::log_in(stage, &mut hospital.doctors[0], &hospital.password).await?;
    let call = Call::post(format!("/api/appointments/{appointment}/confirm/"), json!({})).by(&token);
    stage.step("The doctor confirms the appointment.", call).await?;
    for visit in consultations::all().iter().take(RECORDED) {
        let encounter = visits::record(stage, &token, visit, hospital.now).await?;
        visits::note(stage, &token, encounter).await?;
    }
    visits::search(stage, &token, "headache").await?;
    Ok(token)
}

/// One record behind all APIs, and a trace of everything that was done.
async fn look_back(
    stage: &mut Stage,
    hospital: &Hospital,
    doctor: &str,
    appointment: u64,
) -> Result<(), Trouble> {
    stage.chapter("Looking back");
    let call = Call::get(format!("/healthcare/api/appointments/{appointment}/")).by(doctor);
    let step = "The same appointment, read through another API with the same token: there is one record.";
    let read = stage.step(step, call).await?;
    if read.id("/data/id")? != appointment {
        return Err(read.lacks("/data/id of that appointment"));
    }
    let admin = &hospital.admin.token;
    let call = Call::get("/healthcare/api/audit/logs/?page_size=5").by(admin);
    stage
        .step("The administrator reads who did what: the audit trail.", call)
        .await?
        .list("/data/results")?;
    let call = Call::get("/healthcare/api/audit/stats/").by(admin);
    stage.step("And how often.", call).await?;
    Ok(())
}
