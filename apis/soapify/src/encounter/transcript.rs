//! `PUT /api/encounters/{id}/transcript/`: what was said, typed or pasted. The note follows by itself.

use super::Detail;
use super::read::link;
use crate::answer::{Answer, Errors, Refused, respelled};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::encounter::transcript::{MAX_CHARS, MAX_SEGMENT_CHARS, MAX_SEGMENTS};
use ward_domain::encounter::transcript::{Segment, Speaker, Transcript, UNDETERMINED, paste};
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_http::extract::etag;
use ward_http::{Caller, Given, IfMatch, InPath, JsonBody, Nested, Outcome, PathId, RequestUrl};
use ward_services::{House, encounter};

/// A recording lasts a day at most.
const MAX_SECONDS: f64 = 86_400.0;
/// What was pasted has speakers' names and times beside what counts.
const MAX_PASTED_CHARS: usize = 2 * MAX_CHARS;
const SPEAKERS: [(&str, Speaker); 4] = [
    ("doctor", Speaker::Doctor),
    ("patient", Speaker::Patient),
    ("other", Speaker::Other),
    ("unknown", Speaker::Unknown),
];

/// A transcript: either `text` or `segments`.
#[derive(Debug, Deserialize, ToSchema)]
pub struct GiveTranscript {
    /// ISO 639: `fa`, `en`. Without it the scribe finds out.
    #[schema(value_type = Option<String>)]
    language: Given<String>,
    /// A line a segment, each with its speaker: `Doctor: Hello.` A time may stand before it: `00:12`.
    #[schema(value_type = Option<String>)]
    text: Given<String>,
    #[schema(value_type = Option<Vec<GiveSegment>>, max_items = 5000)]
    segments: Given<Vec<Nested<GiveSegment>>>,
}

/// What one speaker said at a time.
#[derive(Debug, Deserialize, ToSchema)]
pub struct GiveSegment {
    /// Seconds from the beginning; 0 where it is not given.
    #[schema(value_type = Option<f64>)]
    start: Given<f64>,
    /// Seconds from the beginning; `start` where it is not given.
    #[schema(value_type = Option<f64>)]
    end: Given<f64>,
    #[schema(value_type = String, max_length = 2000)]
    text: Given<String>,
    /// `doctor`, `patient`, `other` or `unknown`.
    #[schema(value_type = Option<String>)]
    speaker: Given<String>,
}

/// Give a consultation its transcript. The note is written then, anew if there was one: poll the status.
#[utoipa::path(
    put, path = "/api/encounters/{id}/transcript/", tag = "Encounters", security(("bearer" = [])),
    params(
        ("id" = u64, Path),
        ("If-Match" = Option<String>, Header, description = "The version of the encounter, as its ETag."),
    ),
    request_body = GiveTranscript,
    responses(
        (status = 200, description = "The consultation with its transcript.", body = Answer<Detail>),
        (status = 404, description = "There is none of this id for the caller.", body = Refused),
        (status = 409, description = "The note is signed and is not written anew.", body = Refused),
        (status = 412, description = "It was changed meanwhile.", body = Refused),
        (status = 413, description = "The transcript is too long.", body = Refused),
        Errors
    )
)]
pub async fn give(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    IfMatch(if_version): IfMatch,
    url: RequestUrl,
    JsonBody(body): JsonBody<GiveTranscript>,
) -> Outcome<impl IntoResponse> {
    let given = encounter::give_transcript(&house, &ctx, id, read(body)?, if_version).await;
    let chart = given.map_err(|fail| respelled(fail, spell))?;
    let (version, link) = (chart.encounter.version, link(&house, &ctx, &chart, &url));
    Ok((etag(version), Json(Answer::new(Detail::new(chart, link), ctx.now))))
}

fn read(body: GiveTranscript) -> Outcome<Transcript> {
    let mut errors = FieldErrors::default();
    let language = body.language.line(3).optional("language", &mut errors);
    let language = language.filter(|code| !code.is_empty()).unwrap_or_else(|| UNDETERMINED.to_owned());
    let text = body.text.lines(MAX_PASTED_CHARS).not_blank().optional("text", &mut errors);
    let segments = body.segments.at_most(MAX_SEGMENTS).optional("segments", &mut errors);
    let segments = segments.map(|all| read_segments(all, &mut errors));
    errors.check(text.is_none() || segments.is_none(), "segments", "Give either text or segments.");
    errors.finish()?;
    match (text, segments) {
        (Some(text), _) => {
            let read = paste::parse(&text, &language).map_err(of_paste)?;
            if read.segments.is_empty() {
                return Err(Refusal::field("text", "Nothing is said in it.").into());
            }
            Ok(read)
        }
        (None, Some(segments)) if !segments.is_empty() => {
            Ok(Transcript { language, segments, confidence: None })
        }
        (None, Some(_)) => Err(Refusal::field("segments", "Must have at least one segment.").into()),
        (None, None) => Err(Refusal::field("text", "Give either text or segments.").into()),
    }
}

fn read_segments(all: Vec<Nested<GiveSegment>>, errors: &mut FieldErrors) -> Vec<Segment> {
    let mut segments = Vec::with_capacity(all.len());
    for (index, Nested(one)) in all.into_iter().enumerate() {
        let name = |field: &str| format!("segments.{index}.{field}");
        let start = one.start.within(0.0..=MAX_SECONDS).optional(name("start"), errors).map_or(0, millis);
        let end = one.end.within(0.0..=MAX_SECONDS).optional(name("end"), errors).map_or(start, millis);
        let text = one.text.lines(MAX_SEGMENT_CHARS).not_blank().required(name("text"), errors);
        let speaker = one.speaker.choice(&SPEAKERS).optional(name("speaker"), errors).unwrap_or_default();
        segments.push(Segment { start_ms: start, end_ms: end, speaker, text: text.unwrap_or_default() });
    }
    segments
}

/// Seconds within a day as milliseconds.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // bounded by `MAX_SECONDS`
fn millis(seconds: f64) -> u32 {
    (seconds * 1000.0).round() as u32
}

/// What is wrong with the segments of a pasted text is wrong with the text.
fn of_paste(mut refusal: Refusal) -> Refusal {
    for field in refusal.fields.iter_mut().filter(|field| field.field.starts_with("segments")) {
        field.field = "text".into();
    }
    refusal
}

fn spell(field: &str) -> Option<String> {
    field.strip_suffix("_ms").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use ward_services::Fail;

    fn of(body: Value) -> Result<Transcript, Vec<String>> {
        read(serde_json::from_value(body).unwrap()).map_err(|failure| match failure.fail() {
            Fail::Refused(refusal) => refusal.fields.iter().map(|field| field.field.to_string()).collect(),
            Fail::Fault(fault) => panic!("{fault}"),
        })
    }

    #[test]
    fn pasted_text_and_segments_are_read() {
        let pasted = of(json!({"language": "fa", "text": "دکتر: سلام\nبیمار: سردرد دارم"})).unwrap();
        assert_eq!((pasted.language.as_str(), pasted.segments.len()), ("fa", 2));
        assert_eq!(pasted.segments[0].speaker, Speaker::Doctor);
        let segment = json!({"start": 0.0, "end": 5.2, "text": "Hello", "speaker": "doctor"});
        let given = of(json!({"segments": [segment, {"start": 6, "text": "Hi"}]})).unwrap();
        assert_eq!(given.language, UNDETERMINED);
        assert_eq!((given.segments[0].end_ms, given.segments[1].end_ms), (5_200, 6_000));
        assert_eq!(given.segments[1].speaker, Speaker::Unknown);
    }

    #[test]
    fn what_is_wrong_is_named_as_it_was_sent() {
        for (body, wrong) in [
            (json!({}), &["text"][..]),
            (json!({"text": " "}), &["text"]),
            (json!({"text": "\u{feff}"}), &["text"]),
            (json!({"text": "a", "segments": []}), &["segments"]),
            (json!({"segments": []}), &["segments"]),
            (json!({"segments": [5]}), &["segments"]),
            (json!({"text": "a", "language": "EN"}), &["language"]),
            (
                json!({"segments": [{"start": -1, "end": 1e9, "speaker": "cat"}]}),
                &["segments.0.start", "segments.0.end", "segments.0.text", "segments.0.speaker"],
            ),
        ] {
            assert_eq!(of(body.clone()).unwrap_err(), wrong, "{body}");
        }
        assert_eq!(spell("segments.3.end_ms").as_deref(), Some("segments.3.end"));
    }
}
