//! The form of every answer (document 000, *Response Format*).

use crate::moment::Moment;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::{IntoResponses, ToSchema};
use ward_domain::time::Time;
use ward_http::{PageLinks, PageRequest, RequestUrl};
use ward_services::Fail;

/// Something worked.
#[derive(Debug, Serialize, ToSchema)]
pub struct Answer<T> {
    /// Always true.
    success: bool,
    /// What was asked for.
    data: T,
    /// When it was answered.
    #[schema(value_type = String, format = DateTime)]
    timestamp: Moment,
}

impl<T> Answer<T> {
    pub fn new(data: T, timestamp: Time) -> Self {
        Self { success: true, data, timestamp: timestamp.into() }
    }
}

/// Something worked that has nothing to show.
#[derive(Debug, Serialize, ToSchema)]
pub struct Done {
    /// Always true.
    pub success: bool,
    /// What was done.
    pub message: &'static str,
    /// When it was answered.
    #[schema(value_type = String, format = DateTime)]
    pub timestamp: Moment,
}

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
    /// Always false.
    pub success: bool,
    /// What did not work.
    pub error: Reason,
    /// When it was answered.
    #[schema(value_type = String, format = DateTime)]
    pub timestamp: Moment,
}

/// Why something did not work.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reason {
    /// For programs: `VALIDATION_ERROR`.
    #[schema(example = "VALIDATION_ERROR")]
    pub code: String,
    /// For people.
    pub message: String,
    /// Wrong fields with what is wrong with each: `{"patient_name": ["This field is required."]}`.
    #[schema(value_type = Object)]
    pub details: Map<String, Value>,
}

/// What can go wrong with every operation.
#[derive(IntoResponses)]
#[allow(dead_code)] // a description: the envelope makes the answers
pub enum Errors {
    /// The body is not JSON.
    #[response(status = 400)]
    NotJson(Refused),
    /// There is no token, or it is not good (any more).
    #[response(status = 401)]
    Unauthenticated(Refused),
    /// The caller's role does not allow it.
    #[response(status = 403)]
    Forbidden(Refused),
    /// Fields are wrong or missing: `details` names them.
    #[response(status = 422)]
    Invalid(Refused),
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

/// The same failure with its fields spelled as this API spells them.
pub fn respelled(mut fail: Fail, spell: impl Fn(&str) -> Option<String>) -> Fail {
    if let Fail::Refused(refusal) = &mut fail {
        for field in &mut refusal.fields {
            if let Some(spelled) = spell(&field.field) {
                field.field = spelled.into();
            }
        }
    }
    fail
}
