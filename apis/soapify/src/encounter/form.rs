//! The two forms in which a consultation is sent: `multipart/form-data`, and JSON with the same names.

use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};
use http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use ward_domain::refusal::{Kind, Refusal};
use ward_domain::secret::digest;
use ward_http::{Failure, JsonBody, Outcome};
use ward_services::Ctx;

/// The part that holds a recording.
pub const AUDIO: &str = "audio_file";
/// Longest text of a part, in bytes.
const MAX_PART_BYTES: usize = 64 * 1024;
/// Most parts that are read; more are ignored.
const MAX_PARTS: usize = 50;

/// The fields of either form. A recording is refused before anything is done: there is no speech engine yet.
pub struct Form<T> {
    body: T,
    digest: [u8; 32],
}

impl<T> Form<T> {
    /// The fields. What a repeated request is known by becomes the digest of them: a form has another boundary each time
    /// that it is sent, so its bytes are never the same.
    pub fn of(self, ctx: &mut Ctx) -> T {
        if let Some(request) = &mut ctx.meta.idempotency {
            request.body = self.digest;
        }
        self.body
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let content_type = request.headers().get(CONTENT_TYPE).map(http::HeaderValue::as_bytes);
        let multipart =
            content_type.is_some_and(|value| value.to_ascii_lowercase().starts_with(b"multipart/"));
        let fields = if multipart {
            parts(Multipart::from_request(request, state).await?).await?
        } else {
            let JsonBody(fields) = JsonBody::<Map<String, Value>>::from_request(request, state).await?;
            if fields.get(AUDIO).is_some_and(|value| !value.is_null() && *value != "") {
                return Err(no_audio().into());
            }
            fields
        };
        let wrong = |error: serde_json::Error| Refusal::field("body", error.to_string());
        let digest = digest(&serde_json::to_vec(&fields).map_err(wrong)?);
        Ok(Self { body: T::deserialize(Value::Object(fields)).map_err(wrong)?, digest })
    }
}

/// The text parts by name. An empty one counts as missing, for forms send what was left blank.
async fn parts(mut form: Multipart) -> Outcome<Map<String, Value>> {
    let mut fields = Map::new();
    for _ in 0..MAX_PARTS {
        let Some(mut part) = form.next_field().await? else { break };
        let Some(name) = part.name().map(str::to_owned) else { continue };
        if name == AUDIO {
            // A browser sends an empty part where no file was chosen.
            if part.file_name().is_some_and(|file| !file.is_empty())
                || part.chunk().await?.is_some_and(|chunk| !chunk.is_empty())
            {
                return Err(no_audio().into());
            }
            continue;
        }
        let text = text(&name, part).await?;
        if !text.trim().is_empty() {
            fields.insert(name, Value::String(text));
        }
    }
    Ok(fields)
}

async fn text(name: &str, mut part: Field<'_>) -> Outcome<String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await? {
        if bytes.len() + chunk.len() > MAX_PART_BYTES {
            return Err(Refusal::field(name.to_owned(), "Must have at most 64 KiB.").into());
        }
        bytes.extend_from_slice(&chunk);
    }
    let text = String::from_utf8(bytes);
    Ok(text.map_err(|_| Refusal::field(name.to_owned(), "Must be text in UTF-8."))?)
}

fn no_audio() -> Refusal {
    let message = "This server takes no recordings yet: create the encounter without audio_file and give its \
                   transcript by hand (PUT /api/encounters/{id}/transcript/).";
    Refusal::new(Kind::NotConfigured, "audio_not_configured", message)
        .and_field(AUDIO, "Recordings are not configured on this server.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use ward_services::Fail;

    fn multipart(parts: &str) -> Request {
        let body = format!("{parts}--b--\r\n");
        Request::post("/")
            .header(CONTENT_TYPE, "multipart/form-data; boundary=b")
            .body(Body::from(body))
            .unwrap()
    }

    fn part(disposition: &str, content: &str) -> String {
        format!("--b\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{content}\r\n")
    }

    async fn fields(request: Request) -> Result<Map<String, Value>, &'static str> {
        match Form::<Map<String, Value>>::from_request(request, &()).await {
            Ok(form) => Ok(form.body),
            Err(failure) => match failure.fail() {
                Fail::Refused(refusal) => Err(refusal.reason),
                Fail::Fault(_) => Err("fault"),
            },
        }
    }

    #[tokio::test]
    async fn both_forms_read_the_same() {
        let name = part("name=\"patient_name\"", "John Doe");
        let blank = part("name=\"notes\"", "");
        let nothing = part("name=\"audio_file\"; filename=\"\"", "");
        let sent = fields(multipart(&format!("{name}{blank}{nothing}"))).await.unwrap();
        let json = Request::post("/").body(Body::from(r#"{"patient_name": "John Doe"}"#)).unwrap();
        assert_eq!(sent, fields(json).await.unwrap());
        assert_eq!(sent.len(), 1);
    }

    #[tokio::test]
    async fn a_recording_is_refused_whatever_it_is_called() {
        for disposition in ["name=\"audio_file\"; filename=\"recording.webm\"", "name=\"audio_file\""] {
            let name = part("name=\"patient_name\"", "John Doe");
            let audio = part(disposition, "RIFF");
            for body in [format!("{audio}{name}"), format!("{name}{audio}")] {
                assert_eq!(fields(multipart(&body)).await, Err("audio_not_configured"), "{disposition}");
            }
        }
        let json = Request::post("/").body(Body::from(r#"{"audio_file": "UklGRg=="}"#)).unwrap();
        assert_eq!(fields(json).await, Err("audio_not_configured"));
    }

    #[tokio::test]
    async fn broken_forms_are_refused() {
        let long = part("name=\"notes\"", &"x".repeat(MAX_PART_BYTES + 1));
        assert_eq!(fields(multipart(&long)).await, Err("invalid"));
        let cut = Request::post("/").header(CONTENT_TYPE, "multipart/form-data; boundary=b");
        assert_eq!(fields(cut.body(Body::from("--b\r\nContent")).unwrap()).await, Err("body_unreadable"));
        let unbounded =
            Request::post("/").header(CONTENT_TYPE, "multipart/form-data").body(Body::empty()).unwrap();
        assert_eq!(fields(unbounded).await, Err("unsupported_media_type"));
    }
}
