//! Consultations: what was said, and the note that the scribe makes of it.

use super::client::Call;
use super::hospital::Hospital;
use super::people::{self, DOCTORS};
use super::slots::weekdays;
use super::stage::{Reply, Stage};
use super::trouble::Trouble;
use serde_json::{Value, json};
use ward_domain::encounter::transcript::Segment;
use ward_domain::time::{DAY, MINUTE, Time};
use ward_scribe::consultations::{self, Consultation};

/// How far back past visits lie, in days.
const DAYS_BACK: i64 = 14;

/// Records a consultation and waits for its note; the encounter's id.
pub(super) async fn record(
    stage: &mut Stage,
    token: &str,
    visit: &Consultation,
    when: Time,
) -> Result<u64, Trouble> {
    let fields = vec![
        ("patient_name", visit.patient_name.clone()),
        ("patient_age", visit.patient_age.to_string()),
        ("patient_gender", visit.patient_gender.clone()),
        ("chief_complaint", visit.chief_complaint.clone()),
        ("encounter_date", when.to_string()),
    ];
    let made = stage
        .step(
            "The doctor begins to record the consultation.",
            Call::form("/api/encounters/", fields).by(token),
        )
        .await?;
    let id = made.id("/data/id")?;
    let segments: Vec<Value> = visit.transcript.segments.iter().map(segment).collect();
    let body = json!({ "language": visit.transcript.language, "segments": segments });
    let call = Call::put(format!("/api/encounters/{id}/transcript/"), body).by(token);
    stage.step("What was said is handed in, sentence by sentence; the scribe sets to work.", call).await?;
    let call = Call::get(format!("/api/encounters/{id}/status/")).by(token);
    let step = "The doctor's screen asks until the note is written.";
    let ended = |body: &Value| matches!(status(body), Some("completed" | "failed"));
    let reply = stage.until(step, call, ended).await?;
    if status(&reply.body) == Some("completed") { Ok(id) } else { Err(reply.lacks("completed note")) }
}

/// The note of an encounter.
pub(super) async fn note(stage: &mut Stage, token: &str, encounter: u64) -> Result<Reply, Trouble> {
    let call = Call::get(format!("/api/outputs/soap-notes/{encounter}/")).by(token);
    let note = stage.step("The SOAP note: every line of it was said.", call).await?;
    note.text("/data/sections/subjective/chief_complaint")?;
    Ok(note)
}

/// Finds consultations by words. The index follows the record a moment later, so this asks until it has.
pub(super) async fn search(stage: &mut Stage, token: &str, words: &str) -> Result<(), Trouble> {
    let body = json!({ "query": words, "search_type": "text", "limit": 5, "include_snippets": true });
    let step = format!("A search for \"{words}\" finds the consultation and marks where.");
    let marked = |body: &Value| {
        body.pointer("/data/results").is_some_and(|found| found.to_string().contains("<mark>"))
    };
    stage.until(&step, Call::post("/api/search/", body).by(token), marked).await?;
    Ok(())
}

/// Records the past visits from the `first` consultation on, each by a doctor who speaks its language.
pub(super) async fn record_past(
    stage: &mut Stage,
    hospital: &mut Hospital,
    first: usize,
) -> Result<(), Trouble> {
    let days = weekdays(&hospital.zone, hospital.now.plus(-(DAYS_BACK + 1) * DAY), DAYS_BACK, 10, 1);
    let visits = consultations::all();
    for (number, visit) in visits.iter().enumerate().skip(first) {
        let doctor = doctor_for(&visit.language, number);
        let token = people::log_in(stage, &mut hospital.doctors[doctor], &hospital.password).await?;
        let (ten, _) = days[number % days.len()];
        let half_hours = i64::try_from(number).unwrap_or_default();
        record(stage, &token, visit, ten.plus(half_hours * 30 * MINUTE)).await?;
        stage.progress("past visits", number + 1 - first, visits.len() - first);
    }
    Ok(())
}

/// A doctor of that language; those who share it take turns.
fn doctor_for(language: &str, number: usize) -> usize {
    let speak: Vec<usize> =
        (0..DOCTORS.len()).filter(|doctor| DOCTORS[*doctor].language == language).collect();
    if speak.is_empty() { number % DOCTORS.len() } else { speak[number % speak.len()] }
}

fn status(body: &Value) -> Option<&str> {
    body.pointer("/data/status")?.as_str()
}

fn segment(said: &Segment) -> Value {
    let seconds = |ms: u32| f64::from(ms) / 1000.0;
    json!({ "start": seconds(said.start_ms), "end": seconds(said.end_ms), "speaker": said.speaker, "text": said.text })
}
