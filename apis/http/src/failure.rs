//! An answer that is an error, before an API's envelope gives it its form.

use axum::extract::multipart::{MultipartError, MultipartRejection};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode};
use std::sync::Arc;
use ward_domain::refusal::{Kind, Refusal};
use ward_services::Fail;

/// Reasons that arise in this crate; the use cases have their own.
pub mod reason {
    /// 400: the body is no JSON.
    pub const NOT_JSON: &str = "not_json";
    /// 400: the body broke off, or is no valid HTTP.
    pub const BODY_UNREADABLE: &str = "body_unreadable";
    /// 404: no operation has this path.
    pub const UNKNOWN_PATH: &str = "unknown_path";
    /// 405: the path exists, not with this method.
    pub const METHOD_NOT_ALLOWED: &str = "method_not_allowed";
    /// 413: the body is over the limit of its operation.
    pub const BODY_TOO_LARGE: &str = "body_too_large";
    /// 415: the operation takes multipart only.
    pub const UNSUPPORTED_MEDIA_TYPE: &str = "unsupported_media_type";
    /// 429.
    pub const RATE_LIMITED: &str = "rate_limited";
    /// 503: the operation did not end in its time.
    pub const TIMEOUT: &str = "timeout";
    /// 401: there is no token.
    pub const TOKEN_MISSING: &str = "token_missing";
    /// 401: there is something in the token's place that cannot be one.
    pub const TOKEN_INVALID: &str = "token_invalid";
}

/// What a handler returns.
pub type Outcome<T> = Result<T, Failure>;

/// A refusal or a fault on its way to the envelope. `?` makes one of [`Fail`] and [`Refusal`].
#[derive(Debug)]
pub struct Failure(Box<Kept>);

/// Boxed, because every handler's result has room for it.
#[derive(Debug)]
struct Kept {
    fail: Fail,
    status: Option<StatusCode>,
    allow: Option<HeaderValue>,
}

/// Put into an error response's extensions by a handler that has given it its final form: the envelope leaves it alone.
#[derive(Debug, Clone, Copy)]
pub struct AsIs;

impl Failure {
    /// Something is wrong on our side: `source` is for the log.
    pub fn fault(source: impl Into<String>) -> Self {
        Fail::Fault(source.into()).into()
    }

    /// What happened.
    pub fn fail(&self) -> &Fail {
        &self.0.fail
    }

    /// The status where HTTP decides it, whatever the envelope says.
    pub(crate) fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// `Allow`, for a 405.
    pub(crate) fn allow(&self) -> Option<&HeaderValue> {
        self.0.allow.as_ref()
    }

    /// A refusal whose status HTTP decides.
    pub(crate) fn http(status: StatusCode, kind: Kind, reason: &'static str, message: &'static str) -> Self {
        let fail = Refusal::new(kind, reason, message).into();
        Self(Box::new(Kept { fail, status: Some(status), allow: None }))
    }

    /// 404 of a path that no operation has.
    pub(crate) fn unknown_path() -> Self {
        Refusal::new(Kind::NotFound, reason::UNKNOWN_PATH, "There is nothing at this address.").into()
    }

    /// 405.
    pub(crate) fn method_not_allowed(allow: Option<HeaderValue>) -> Self {
        let status = StatusCode::METHOD_NOT_ALLOWED;
        let message = "This address does not take this method.";
        let mut failure = Self::http(status, Kind::Invalid, reason::METHOD_NOT_ALLOWED, message);
        failure.0.allow = allow;
        failure
    }

    /// 413. The kind alone decides the status.
    pub(crate) fn too_large() -> Self {
        Refusal::new(Kind::TooLarge, reason::BODY_TOO_LARGE, "The body is over the limit of this operation.")
            .into()
    }

    /// Whether this is a 413.
    pub(crate) fn is_too_large(&self) -> bool {
        matches!(&self.0.fail, Fail::Refused(refusal) if refusal.kind == Kind::TooLarge)
    }

    /// 415.
    pub(crate) fn unsupported_media_type() -> Self {
        let message = "This operation takes multipart/form-data.";
        Self::http(StatusCode::UNSUPPORTED_MEDIA_TYPE, Kind::Invalid, reason::UNSUPPORTED_MEDIA_TYPE, message)
    }

    /// 400 of a body that broke off.
    pub(crate) fn body_unreadable() -> Self {
        Refusal::new(Kind::Invalid, reason::BODY_UNREADABLE, "The body could not be read.").into()
    }

    /// 503 after the deadline.
    pub(crate) fn timeout() -> Self {
        Refusal { reason: reason::TIMEOUT, ..Refusal::overloaded("The operation took too long.") }.into()
    }

    /// 401.
    pub(crate) fn unauthenticated(reason: &'static str, message: &'static str) -> Self {
        Refusal::new(Kind::Unauthenticated, reason, message).into()
    }

    /// Why a body could not be read: over its limit, or broken off.
    pub(crate) fn of_body(error: &(dyn std::error::Error + 'static)) -> Self {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if error.is::<http_body_util::LengthLimitError>() {
                return Self::too_large();
            }
            cause = error.source();
        }
        Self::body_unreadable()
    }

    /// An error response that came without a form of ours: an extractor of the framework, an unknown path.
    pub(crate) fn of_status(response: &Response) -> Self {
        match response.status() {
            StatusCode::NOT_FOUND => Self::unknown_path(),
            StatusCode::METHOD_NOT_ALLOWED => {
                Self::method_not_allowed(response.headers().get(http::header::ALLOW).cloned())
            }
            StatusCode::PAYLOAD_TOO_LARGE => Self::too_large(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::unsupported_media_type(),
            status if status.is_client_error() => {
                Self::http(status, Kind::Invalid, "bad_request", "The request could not be understood.")
            }
            status => Fail::Fault(format!("a bare answer of status {status}")).into(),
        }
    }
}

impl From<Fail> for Failure {
    fn from(fail: Fail) -> Self {
        // A use case that reads a form hears of it as a refusal; its status is HTTP's.
        let no_form =
            matches!(&fail, Fail::Refused(refusal) if refusal.reason == reason::UNSUPPORTED_MEDIA_TYPE);
        let status = no_form.then_some(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        Self(Box::new(Kept { fail, status, allow: None }))
    }
}

/// What happened, for a use case that reads a body as it comes.
impl From<Failure> for Fail {
    fn from(failure: Failure) -> Self {
        failure.0.fail
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Fail::Refused(refusal).into()
    }
}

impl From<MultipartRejection> for Failure {
    fn from(_: MultipartRejection) -> Self {
        Self::unsupported_media_type()
    }
}

impl From<MultipartError> for Failure {
    fn from(error: MultipartError) -> Self {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Self::too_large()
        } else {
            Self::body_unreadable()
        }
    }
}

/// A failure rides in the response's extensions to the front door, which knows the API and so the envelope.
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}
