//! The form of every answer (document 004, *Response Formats*).

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::{IntoResponses, ToSchema};
use ward_http::{PageLinks, PageRequest, RequestUrl};

/// Something worked.
#[derive(Debug, Serialize, ToSchema)]
pub struct Answer<T> {
    /// What was asked for.
    data: T,
    /// What was done, for people.
    message: &'static str,
    /// Always `success`.
    #[schema(example = "success")]
    status: &'static str,
}

impl<T> Answer<T> {
    pub fn new(message: &'static str, data: T) -> Self {
        Self { data, message, status: "success" }
    }
}

/// Something worked that has nothing to show.
#[derive(Debug, Serialize, ToSchema)]
pub struct Nothing {}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// How many there are in all.
    count: u64,
    /// The next page, absolute; null on the last.
    next: Option<String>,
    /// The page before, absolute; null on the first.
    previous: Option<String>,
    /// The page's items.
    results: Vec<T>,
}

impl<T> Page<T> {
    pub fn new(page: PageRequest, total: u64, url: &RequestUrl, results: Vec<T>) -> Self {
        let PageLinks { count, next, previous } = page.links(total, url);
        Self { count, next, previous, results }
    }
}

/// Something did not work.
#[derive(Debug, Serialize, ToSchema)]
pub struct Refused {
    /// Why, for people.
    pub error: String,
    /// Wrong fields with what is wrong with each (`{"email": ["This field is required."]}`), else the reason for
    /// programs: `{"reason": "token_expired"}`.
    #[schema(value_type = Object)]
    pub details: Map<String, Value>,
    /// Always `error`.
    #[schema(example = "error")]
    pub status: &'static str,
}

/// What can go wrong with every operation.
#[derive(IntoResponses)]
#[allow(dead_code)] // a description: the envelope makes the answers
pub enum Errors {
    /// Fields are wrong or missing, or the body is not JSON.
    #[response(status = 400)]
    Invalid(Refused),
    /// There is no token, or it is not good (any more).
    #[response(status = 401)]
    Unauthenticated(Refused),
    /// The caller's role does not allow it.
    #[response(status = 403)]
    Forbidden(Refused),
    /// Too many requests: `Retry-After` says when to come back.
    #[response(status = 429)]
    Limited(Refused),
    /// The server is at fault; `details.request_id` names the request.
    #[response(status = 500)]
    Fault(Refused),
    /// The server is busy: nothing was done.
    #[response(status = 503)]
    Overloaded(Refused),
}
