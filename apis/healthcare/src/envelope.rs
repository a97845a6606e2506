//! Errors as document 004 prints them (*Error Handling*): one map from kinds to statuses.

use crate::answer::Refused;
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Map, Value, json};
use ward_domain::refusal::{Kind, Refusal};
use ward_http::Envelope;
use ward_services::RequestMeta;

/// The document's form of an error.
pub struct Wrapped;

impl Envelope for Wrapped {
    fn refusal(&self, refusal: &Refusal, _: &RequestMeta) -> Response {
        wrap(status(refusal.kind), refusal.message.clone().into_owned(), details(refusal))
    }

    fn fault(&self, meta: &RequestMeta) -> Response {
        let details = Map::from_iter([("request_id".to_owned(), Value::from(meta.request_id.as_str()))]);
        wrap(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side.".to_owned(), details)
    }
}

fn wrap(status: StatusCode, error: String, details: Map<String, Value>) -> Response {
    (status, Json(Refused { error, details, status: "error" })).into_response()
}

const fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Invalid => StatusCode::BAD_REQUEST,
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Impossible => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::Stale => StatusCode::PRECONDITION_FAILED,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::Limited => StatusCode::TOO_MANY_REQUESTS,
        Kind::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
        Kind::NotConfigured => StatusCode::NOT_IMPLEMENTED,
    }
}

/// Every wrong field with a list of what is wrong with it; without any the reason, and what may be had instead.
fn details(refusal: &Refusal) -> Map<String, Value> {
    let mut details = Map::new();
    for error in &refusal.fields {
        let said = details.entry(error.field.as_ref()).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(said) = said {
            said.push(Value::from(error.message.as_ref()));
        }
    }
    if details.is_empty() {
        details.insert("reason".to_owned(), refusal.reason.into());
    }
    if !refusal.alternatives.is_empty() {
        let alternative = |one: &ward_domain::refusal::Alternative| json!({"slot": one.slot.get(), "start_time": one.start, "end_time": one.end});
        details.insert("alternatives".to_owned(), refusal.alternatives.iter().map(alternative).collect());
    }
    details
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_their_status() {
        for (kind, expected) in [
            (Kind::Invalid, 400),
            (Kind::Unauthenticated, 401),
            (Kind::Forbidden, 403),
            (Kind::NotFound, 404),
            (Kind::Conflict, 409),
            (Kind::Impossible, 422),
            (Kind::Stale, 412),
            (Kind::TooLarge, 413),
            (Kind::Limited, 429),
            (Kind::Overloaded, 503),
            (Kind::NotConfigured, 501),
        ] {
            assert_eq!(status(kind).as_u16(), expected, "{kind:?}");
        }
    }

    #[test]
    fn details_name_fields_or_else_the_reason() {
        let refusal = Refusal::field("a", "Too long.").and_field("b", "Missing.").and_field("a", "Not text.");
        assert_eq!(
            Value::Object(details(&refusal)),
            json!({"a": ["Too long.", "Not text."], "b": ["Missing."]})
        );
        let expired = Refusal::new(Kind::Unauthenticated, "token_expired", "Expired.");
        assert_eq!(Value::Object(details(&expired)), json!({"reason": "token_expired"}));
    }
}
