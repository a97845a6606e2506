//! `POST /api/stt/upload-chunk/`: a piece of a recording that goes on.

use crate::answer::{Answer, Errors, Refused};
use axum::Json;
use axum::extract::State;
use http::HeaderMap;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::id::{Id, IdKind};
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_http::{Caller, Form, Outcome};
use ward_services::encounter::{self, ChunkHead};
use ward_services::{Fail, House};

const ENCOUNTER: &str = "X-Encounter-ID";
const NUMBER: &str = "X-Chunk-Number";
const TOTAL: &str = "X-Total-Chunks";
/// The word beside the chunk.
const WORDS: &[(&str, usize)] = &[("is_final", 64)];

/// A chunk on its way.
#[derive(ToSchema)]
#[allow(dead_code, reason = "a description: the form is read as it comes")]
pub struct SentChunk {
    /// 10 MB at most. Either all chunks one after the other are one file, as a browser's recorder slices it, or each is a file
    /// of its own.
    #[schema(format = Binary)]
    audio_chunk: String,
    /// `true` for the last one: the recording ends with it, once all before it are here.
    is_final: Option<String>,
}

/// A chunk that is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceivedChunk {
    chunk_received: u32,
    /// As far as was said; at least as many as are here.
    total_expected: u32,
    /// What was heard so far of a recording that goes on; empty where the server has no engine that can.
    partial_transcript: String,
    /// Numbers before the last that are not here, at most a hundred: send them again.
    missing_chunks: Vec<u32>,
    /// True once the recording has ended and all of it is here.
    is_complete: bool,
}

/// Send a chunk of a recording
///
/// In any order, and again after a failure: a chunk counts once, and is durable before the answer. With the last one the
/// recording ends; chunks that are missing then are named, and can still be sent.
#[utoipa::path(
    post, path = "/api/stt/upload-chunk/", tag = "Audio", security(("bearer" = [])),
    params(
        ("X-Encounter-ID" = String, Header, description = "The encounter: its number, or a UUID that holds it."),
        ("X-Chunk-Number" = u32, Header, description = "From 1 to 10000."),
        ("X-Total-Chunks" = Option<u32>, Header, description = "How many there will be, as far as that is known."),
    ),
    request_body(content = SentChunk, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "It is kept.", body = Answer<ReceivedChunk>),
        (status = 404, description = "There is none of this id for the caller.", body = Refused),
        (status = 409, description = "It is here already with other content, or the recording has ended.", body = Refused),
        (status = 413, description = "The chunk or the recording is over the limit.", body = Refused),
        Errors
    )
)]
pub async fn send(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    headers: HeaderMap,
    form: Form,
) -> Outcome<Json<Answer<ReceivedChunk>>> {
    let head = read(&headers)?;
    let added = encounter::add_chunk(&house, &ctx, head, form.expecting("audio_chunk", WORDS)).await?;
    let answer = ReceivedChunk {
        chunk_received: added.number,
        total_expected: added.expected,
        partial_transcript: added.partial,
        missing_chunks: if added.complete { Vec::new() } else { added.missing },
        is_complete: added.complete,
    };
    Ok(Json(Answer::new(answer, ctx.now)))
}

fn read(headers: &HeaderMap) -> Result<ChunkHead, Fail> {
    let mut errors = FieldErrors::default();
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?").trim());
    let encounter = text(ENCOUNTER).map(id);
    errors.check(encounter.is_some(), ENCOUNTER, "This header is required.");
    let number = text(NUMBER).map(|text| text.parse::<u32>().ok().filter(|number| *number > 0));
    errors.check(number.is_some(), NUMBER, "This header is required.");
    errors.check(number != Some(None), NUMBER, "Must be a whole number from 1.");
    let total = text(TOTAL).map(|text| text.parse::<u32>().ok());
    errors.check(total != Some(None), TOTAL, "Must be a whole number.");
    errors.finish()?;
    // What is no id names nothing.
    let encounter = encounter.flatten().ok_or_else(|| Refusal::not_found("Encounter"))?;
    // Some recorders say 0 as long as they do not know.
    let expected = total.flatten().filter(|total| *total > 0);
    Ok(ChunkHead { encounter, number: number.flatten().unwrap_or_default(), expected })
}

/// A number, or a UUID that carries it.
fn id(text: &str) -> Option<Id> {
    Id::from_number(text).ok().or_else(|| Id::from_uuid(IdKind::Encounter, text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headers: &[(&'static str, &str)]) -> Result<ChunkHead, Vec<String>> {
        let headers = headers.iter().map(|(name, value)| {
            (http::HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap())
        });
        read(&headers.collect()).map_err(|fail| match fail {
            Fail::Refused(refusal) => refusal.fields.iter().map(|field| field.field.to_string()).collect(),
            Fail::Fault(fault) => panic!("{fault}"),
        })
    }

    #[test]
    fn headers_are_read_and_wrong_ones_are_named() {
        let head = of(&[(ENCOUNTER, "12"), (NUMBER, "1"), (TOTAL, "10")]).unwrap();
        let id = Id::new(12).unwrap();
        assert_eq!(head, ChunkHead { encounter: id, number: 1, expected: Some(10) });
        assert_eq!(of(&[(ENCOUNTER, "12"), (NUMBER, "3"), (TOTAL, "0")]).unwrap().expected, None);
        assert_eq!(of(&[]).unwrap_err(), [ENCOUNTER, NUMBER]);
        assert_eq!(of(&[(ENCOUNTER, "12"), (NUMBER, "0"), (TOTAL, "x")]).unwrap_err(), [NUMBER, TOTAL]);
        assert_eq!(of(&[(ENCOUNTER, "encounter-uuid"), (NUMBER, "1")]).unwrap_err(), Vec::<String>::new());
    }
}
