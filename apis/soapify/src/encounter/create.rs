//! `POST /api/encounters/`: a consultation, with its recording or before it.

use super::form::{AUDIO, Form, WORDS, of_json, of_words};
use crate::answer::{Answer, Errors, Refused};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use utoipa::ToSchema;
use ward_domain::encounter::Encounter;
use ward_domain::refusal::FieldErrors;
use ward_domain::zone::Zone;
use ward_http::extract::etag;
use ward_http::{Caller, Given, Outcome, RequestUrl, bounds};
use ward_services::encounter::{self, NewEncounter};
use ward_services::{Fail, House};

/// What the doctor says of a consultation. In `multipart/form-data`, or as JSON.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewConsultation {
    #[schema(value_type = String, max_length = 150)]
    patient_name: Given<String>,
    /// In years.
    #[schema(value_type = Option<u32>, maximum = 150)]
    patient_age: Given<i64>,
    #[schema(value_type = Option<String>)]
    patient_gender: Given<String>,
    #[schema(value_type = Option<String>)]
    chief_complaint: Given<String>,
    /// Now, where it is not given. A date alone is the hospital's day.
    #[schema(value_type = Option<String>, format = DateTime)]
    encounter_date: Given<String>,
    #[schema(value_type = Option<String>)]
    notes: Given<String>,
}

/// The same with its recording.
#[derive(ToSchema)]
#[allow(dead_code, reason = "a description: the form is read as it comes")]
pub struct RecordedConsultation {
    #[schema(max_length = 150)]
    patient_name: String,
    /// In years.
    #[schema(maximum = 150)]
    patient_age: Option<u32>,
    patient_gender: Option<String>,
    chief_complaint: Option<String>,
    /// Now, where it is not given. A date alone is the hospital's day.
    encounter_date: Option<String>,
    notes: Option<String>,
    /// WAV, MP3, M4A, Ogg or `WebM`, by its content: 500 MB and three hours at most.
    #[schema(format = Binary)]
    audio_file: Option<String>,
}

/// A consultation that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct Created {
    id: u64,
    patient_name: String,
    #[schema(example = "pending")]
    status: &'static str,
    /// A link to the recording, good for a while; without one, where it can be sent with PUT and the caller's token.
    audio_upload_url: String,
    /// Seconds from now to the note, or from the transcript where there is no recording yet, rounded up: as the latest ones
    /// took.
    estimated_processing_time: u64,
    /// What comes next, for people.
    message: String,
}

/// Create a consultation, with its recording or before it
///
/// A recording is taken by its content, whatever it is called. It is then listened through, written down if the server has
/// a speech engine, and the note is written: poll the status. Without one, send it in chunks
/// (`POST /api/stt/upload-chunk/`), whole (`PUT /api/encounters/{id}/audio/`), or give the transcript by hand.
#[utoipa::path(
    post, path = "/api/encounters/", tag = "Encounters", security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once.")),
    request_body(
        content(
            (RecordedConsultation = "multipart/form-data"),
            (NewConsultation = "application/json"),
        )
    ),
    responses(
        (status = 201, description = "It was made.", body = Answer<Created>),
        (status = 413, description = "The recording is over the limit, or the hospital's storage is full.", body = Refused),
        Errors
    )
)]
pub async fn create(
    State(house): State<Arc<House>>,
    Caller(mut ctx): Caller,
    url: RequestUrl,
    form: Form,
) -> Outcome<impl IntoResponse> {
    let zone = house.zone(&ctx).await;
    let made = match form {
        Form::Json(fields) => {
            let new = read(of_json(fields, &mut ctx)?, &zone)?;
            encounter::create(&house, &ctx, new).await?
        }
        Form::Parts(form) => {
            let parts = form.expecting(AUDIO, WORDS);
            let of = |words: &_| read(of_words(words)?, &zone);
            encounter::record(&house, &ctx, parts, of).await?
        }
    };
    let left = house.time_left(&made.document);
    let link = encounter::audio_link(&house, &ctx.scope, &made.document).map(|path| object_url(&url, &path));
    let upload = link.unwrap_or_else(|| url.link(&format!("/api/encounters/{}/audio/", made.document.id)));
    let answer = Answer::new(Created::new(made.document, left, upload), ctx.now);
    Ok((StatusCode::CREATED, etag(made.version), Json(answer)))
}

/// The address of a link that the house gave out: it lies outside of the APIs.
pub(super) fn object_url(url: &RequestUrl, path: &str) -> String {
    format!("{}{path}", url.origin())
}

fn read(body: NewConsultation, zone: &Zone) -> Result<NewEncounter, Fail> {
    let mut errors = FieldErrors::default();
    let name = body.patient_name.line(150).not_blank().required("patient_name", &mut errors);
    let age = body.patient_age.within(0..=150).optional("patient_age", &mut errors);
    let gender = body.patient_gender.line(50).optional("patient_gender", &mut errors);
    let complaint = body.chief_complaint.lines(1_000).optional("chief_complaint", &mut errors);
    let notes = body.notes.lines(10_000).optional("notes", &mut errors);
    let date = bounds::from(body.encounter_date, zone).optional("encounter_date", &mut errors);
    errors.finish()?;
    Ok(NewEncounter {
        patient_name: name.unwrap_or_default(),
        patient_age: age.and_then(|age| u32::try_from(age).ok()),
        patient_gender: gender.unwrap_or_default(),
        chief_complaint: complaint.unwrap_or_default(),
        notes: notes.unwrap_or_default(),
        encounter_date: date,
    })
}

impl Created {
    fn new(encounter: Encounter, left: Duration, audio_upload_url: String) -> Self {
        let comes = if encounter.audio.is_some() {
            "Audio processing started."
        } else {
            encounter.waiting_for.as_str()
        };
        let message = format!("Encounter created. {comes}").trim_end().to_owned();
        Self {
            id: encounter.id.get(),
            patient_name: encounter.patient_name,
            // As documented: that it is under way is the status's to say.
            status: if encounter.audio.is_some() { "pending" } else { encounter.status.word() },
            audio_upload_url,
            estimated_processing_time: left.as_millis().div_ceil(1_000).max(1).try_into().unwrap_or(u64::MAX),
            message,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use ward_domain::time::Time;

    fn of(body: Value) -> Result<NewEncounter, Fail> {
        read(serde_json::from_value(body).unwrap(), &Zone::UTC)
    }

    #[test]
    fn a_name_is_enough_and_forms_send_numbers_as_text() {
        assert_eq!(of(json!({"patient_name": "John Doe"})).unwrap().patient_name, "John Doe");
        let document = json!({
            "patient_name": "John Doe", "patient_age": "45", "patient_gender": "male",
            "chief_complaint": "Persistent headache", "encounter_date": "2024-01-20T09:00:00Z",
            "notes": "Additional clinical notes"
        });
        let new = of(document).unwrap();
        assert_eq!(new.patient_age, Some(45));
        assert_eq!(new.encounter_date, Time::parse("2024-01-20T09:00:00Z").ok());
        for wrong in [
            json!({}),
            json!({"patient_name": " "}),
            json!({"patient_name": "x", "patient_age": 151}),
            json!({"patient_name": "x", "encounter_date": "soon"}),
        ] {
            assert!(of(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_answer_has_the_documented_fields() {
        let expected = json!({
            "id": 1, "patient_name": "John Doe", "status": "pending", "audio_upload_url": "",
            "estimated_processing_time": 3,
            "message": "Encounter created. Waiting for the transcript."
        });
        assert_eq!(
            serde_json::to_value(Created::new(
                super::super::tests::pending(),
                Duration::from_millis(2_001),
                String::new()
            ))
            .unwrap(),
            expected
        );
    }
}
