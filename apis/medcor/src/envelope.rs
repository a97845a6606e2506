//! How this API says that something went wrong (document 002, Error Handling).

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use ward_domain::refusal::{self, Kind, Refusal};
use ward_domain::time::Time;
use ward_http::Envelope;
use ward_services::RequestMeta;

/// The envelope of this API.
pub(crate) struct MedCor;

/// What every error looks like.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorBody {
    error: ErrorObject,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorObject {
    /// A stable word for programs: `INVALID`, `SLOT_TAKEN`, `TOKEN_EXPIRED`.
    #[schema(example = "INVALID")]
    code: String,
    /// A sentence for people.
    message: String,
    /// What is wrong with each field; empty where no field is.
    details: BTreeMap<String, Vec<String>>,
    /// Free slots, where a slot was taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    alternatives: Vec<Alternative>,
}

/// A free slot, offered after a clash.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Alternative {
    slot: u64,
    #[schema(value_type = String, format = DateTime)]
    start_time: Time,
    #[schema(value_type = String, format = DateTime)]
    end_time: Time,
}

impl From<&refusal::Alternative> for Alternative {
    fn from(free: &refusal::Alternative) -> Self {
        Self { slot: free.slot.get(), start_time: free.start, end_time: free.end }
    }
}

impl From<&Refusal> for ErrorBody {
    fn from(refusal: &Refusal) -> Self {
        let mut details = BTreeMap::<String, Vec<String>>::new();
        for error in &refusal.fields {
            details.entry(error.field.to_string()).or_default().push(error.message.to_string());
        }
        let error = ErrorObject {
            code: refusal.reason.to_uppercase(),
            message: refusal.message.to_string(),
            details,
            alternatives: refusal.alternatives.iter().map(Into::into).collect(),
        };
        Self { error }
    }
}

/// The one place where kinds become statuses.
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

impl Envelope for MedCor {
    fn refusal(&self, refusal: &Refusal, _: &RequestMeta) -> Response {
        (status(refusal.kind), Json(ErrorBody::from(refusal))).into_response()
    }

    fn fault(&self, meta: &RequestMeta) -> Response {
        let error = ErrorObject {
            code: "INTERNAL_ERROR".to_owned(),
            message: format!(
                "Something went wrong on our side. Tell support this request id: {}",
                meta.request_id
            ),
            details: BTreeMap::new(),
            alternatives: Vec::new(),
        };
        (StatusCode::INTERNAL_SERVER_ERROR, Json(ErrorBody { error })).into_response()
    }
}

#[cfg(test)]
mod tests;
