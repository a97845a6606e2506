//! Errors as document 000 prints them (*Error Handling*): one map from kinds to statuses and codes.

use crate::answer::{Reason, Refused};
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Map, Value};
use std::sync::Arc;
use ward_domain::refusal::{Kind, Refusal};
use ward_domain::time::Clock;
use ward_http::Envelope;
use ward_services::RequestMeta;

/// The document's form of an error, which tells the time.
pub struct Wrapped {
    pub clock: Arc<dyn Clock>,
}

impl Envelope for Wrapped {
    fn refusal(&self, refusal: &Refusal, _: &RequestMeta) -> Response {
        let (status, code) = status_and_code(refusal);
        self.wrap(status, code, refusal.message.clone().into_owned(), details(refusal))
    }

    fn fault(&self, meta: &RequestMeta) -> Response {
        let details = Map::from_iter([("request_id".to_owned(), Value::from(meta.request_id.as_str()))]);
        let message = "Something went wrong on our side.".to_owned();
        self.wrap(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR".to_owned(), message, details)
    }
}

impl Wrapped {
    fn wrap(
        &self,
        status: StatusCode,
        code: String,
        message: String,
        details: Map<String, Value>,
    ) -> Response {
        let error = Reason { code, message, details };
        (status, Json(Refused { success: false, error, timestamp: self.clock.now().into() })).into_response()
    }
}

/// The status and the code of a refusal. Codes that the document does not list are the reason in capitals.
fn status_and_code(refusal: &Refusal) -> (StatusCode, String) {
    let reason = refusal.reason;
    // A body that is no JSON at all has no field to name.
    let of_field = !refusal.fields.is_empty() || reason == "invalid";
    let (status, code) = match refusal.kind {
        Kind::Invalid if of_field => (StatusCode::UNPROCESSABLE_ENTITY, Some("VALIDATION_ERROR")),
        Kind::Invalid => (StatusCode::BAD_REQUEST, None),
        Kind::Unauthenticated => {
            let code = match reason {
                "invalid_credentials" => "AUTH_INVALID_CREDENTIALS",
                "token_expired" => "AUTH_TOKEN_EXPIRED",
                "totp_required" => "TOTP_REQUIRED",
                "totp_invalid" => "TOTP_INVALID",
                "signature_missing" => "SIGNATURE_MISSING",
                "signature_invalid" => "SIGNATURE_INVALID",
                "signature_stale" => "SIGNATURE_STALE",
                _ => "AUTH_SESSION_INVALID",
            };
            (StatusCode::UNAUTHORIZED, Some(code))
        }
        Kind::Forbidden => {
            (StatusCode::FORBIDDEN, (reason == "forbidden").then_some("INSUFFICIENT_PERMISSIONS"))
        }
        Kind::NotFound => (StatusCode::NOT_FOUND, Some("RESOURCE_NOT_FOUND")),
        Kind::Conflict => (StatusCode::CONFLICT, None),
        Kind::Impossible => (StatusCode::UNPROCESSABLE_ENTITY, None),
        Kind::Stale => (StatusCode::PRECONDITION_FAILED, None),
        Kind::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, None),
        Kind::Limited => {
            (StatusCode::TOO_MANY_REQUESTS, (reason != "auth_locked").then_some("RATE_LIMIT_EXCEEDED"))
        }
        Kind::Overloaded => (StatusCode::SERVICE_UNAVAILABLE, None),
        Kind::NotConfigured => (StatusCode::NOT_IMPLEMENTED, None),
    };
    (status, code.map_or_else(|| reason.to_ascii_uppercase(), str::to_owned))
}

/// Every wrong field with a list of what is wrong with it.
fn details(refusal: &Refusal) -> Map<String, Value> {
    let mut details: Map<String, Value> = Map::new();
    for error in &refusal.fields {
        let said = details.entry(error.field.as_ref()).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(said) = said {
            said.push(Value::from(error.message.as_ref()));
        }
    }
    details
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_their_status_and_code() {
        use Kind::{
            Conflict, Forbidden, Impossible, Invalid, Limited, NotConfigured, NotFound, Overloaded, Stale,
            TooLarge, Unauthenticated,
        };
        for (kind, reason, status, code) in [
            (Invalid, "invalid", 422, "VALIDATION_ERROR"),
            (Invalid, "not_json", 400, "NOT_JSON"),
            (Invalid, "body_unreadable", 400, "BODY_UNREADABLE"),
            (Unauthenticated, "invalid_credentials", 401, "AUTH_INVALID_CREDENTIALS"),
            (Unauthenticated, "token_expired", 401, "AUTH_TOKEN_EXPIRED"),
            (Unauthenticated, "session_invalid", 401, "AUTH_SESSION_INVALID"),
            (Unauthenticated, "token_invalid", 401, "AUTH_SESSION_INVALID"),
            (Unauthenticated, "token_missing", 401, "AUTH_SESSION_INVALID"),
            (Unauthenticated, "totp_required", 401, "TOTP_REQUIRED"),
            (Unauthenticated, "totp_invalid", 401, "TOTP_INVALID"),
            (Unauthenticated, "signature_invalid", 401, "SIGNATURE_INVALID"),
            (Forbidden, "forbidden", 403, "INSUFFICIENT_PERMISSIONS"),
            (Forbidden, "quota_exceeded", 403, "QUOTA_EXCEEDED"),
            (NotFound, "unknown_path", 404, "RESOURCE_NOT_FOUND"),
            (Conflict, "email_taken", 409, "EMAIL_TAKEN"),
            (Impossible, "idempotency_key_reused", 422, "IDEMPOTENCY_KEY_REUSED"),
            (Stale, "stale_version", 412, "STALE_VERSION"),
            (TooLarge, "body_too_large", 413, "BODY_TOO_LARGE"),
            (Limited, "rate_limited", 429, "RATE_LIMIT_EXCEEDED"),
            (Limited, "auth_locked", 429, "AUTH_LOCKED"),
            (Overloaded, "timeout", 503, "TIMEOUT"),
            (NotConfigured, "audio_not_configured", 501, "AUDIO_NOT_CONFIGURED"),
        ] {
            let found = status_and_code(&Refusal::new(kind, reason, ""));
            assert_eq!((found.0.as_u16(), found.1.as_str()), (status, code), "{kind:?} {reason}");
        }
    }

    #[test]
    fn every_field_is_named_with_all_that_is_wrong() {
        let refusal = Refusal::field("a", "Too long.").and_field("b", "Missing.").and_field("a", "Not text.");
        let expected = serde_json::json!({"a": ["Too long.", "Not text."], "b": ["Missing."]});
        assert_eq!(Value::Object(details(&refusal)), expected);
    }
}
