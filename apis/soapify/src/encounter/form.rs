//! The two forms in which a consultation is sent: `multipart/form-data`, and JSON with the same names.

use axum::extract::{FromRequest, Request};
use http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use ward_domain::refusal::Refusal;
use ward_domain::secret::digest;
use ward_http::{Failure, JsonBody, Outcome};
use ward_services::Ctx;
use ward_services::upload::Words;

/// The part that holds a recording.
pub const AUDIO: &str = "audio_file";
/// The parts beside it, each with the most bytes that it may have.
pub const WORDS: &[(&str, usize)] = &[
    ("patient_name", 64 * 1024),
    ("patient_age", 64 * 1024),
    ("patient_gender", 64 * 1024),
    ("chief_complaint", 64 * 1024),
    ("encounter_date", 64 * 1024),
    ("notes", 64 * 1024),
];

/// Either form. A multipart one has not been read yet: whether its sender may send one comes first.
pub enum Form {
    /// With or without a recording.
    Parts(Box<ward_http::Form>),
    /// Without one.
    Json(Map<String, Value>),
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let content_type = request.headers().get(CONTENT_TYPE).map(http::HeaderValue::as_bytes);
        let multipart =
            content_type.is_some_and(|value| value.to_ascii_lowercase().starts_with(b"multipart/"));
        if multipart {
            return Ok(Self::Parts(Box::new(ward_http::Form::from_request(request, state).await?)));
        }
        let JsonBody(fields) = JsonBody::<Map<String, Value>>::from_request(request, state).await?;
        if fields.get(AUDIO).is_some_and(|value| !value.is_null() && *value != "") {
            let message = "Send a recording as a part of multipart/form-data.";
            return Err(Refusal::field(AUDIO, message).into());
        }
        Ok(Self::Json(fields))
    }
}

/// The fields of JSON. What a repeated request is known by becomes the digest of them.
pub fn of_json<T: DeserializeOwned>(fields: Map<String, Value>, ctx: &mut Ctx) -> Outcome<T> {
    if let Some(request) = &mut ctx.meta.idempotency {
        request.body = digest(&serde_json::to_vec(&fields).map_err(wrong)?);
    }
    Ok(T::deserialize(Value::Object(fields)).map_err(wrong)?)
}

/// The fields of a form. An empty one counts as missing, for forms send what was left blank.
pub fn of_words<T: DeserializeOwned>(words: &Words) -> Result<T, Refusal> {
    let said = words.iter().filter(|(_, word)| !word.trim().is_empty());
    let fields: Map<_, _> = said.map(|(name, word)| ((*name).to_owned(), word.clone().into())).collect();
    T::deserialize(Value::Object(fields)).map_err(wrong)
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn wrong(error: serde_json::Error) -> Refusal {
    Refusal::field("body", error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use ward_services::Fail;

    async fn fields(body: &'static str) -> Result<Map<String, Value>, Vec<String>> {
        match Form::from_request(Request::post("/").body(Body::from(body)).unwrap(), &()).await {
            Ok(Form::Json(fields)) => Ok(fields),
            Ok(Form::Parts(_)) => panic!("JSON"),
            Err(failure) => match failure.fail() {
                Fail::Refused(refusal) => {
                    Err(refusal.fields.iter().map(|field| field.field.to_string()).collect())
                }
                Fail::Fault(fault) => panic!("{fault}"),
            },
        }
    }

    #[tokio::test]
    async fn both_forms_read_the_same() {
        let json = fields(r#"{"patient_name": "John Doe", "audio_file": ""}"#).await.unwrap();
        assert_eq!(json["patient_name"], "John Doe");
        let words = Words::from([("patient_name", "John Doe".to_owned()), ("notes", " ".to_owned())]);
        let read: Map<String, Value> = of_words(&words).unwrap();
        assert_eq!((read.len(), &read["patient_name"]), (1, &json["patient_name"]));
    }

    #[tokio::test]
    async fn a_recording_comes_as_a_part() {
        assert_eq!(fields(r#"{"audio_file": "UklGRg=="}"#).await, Err(vec!["audio_file".to_owned()]));
    }
}
