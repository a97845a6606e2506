//! What doctors note of patients.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod edit;
pub(crate) mod list;
mod medical_record;
pub(crate) mod of_patient;
pub(crate) mod read;
pub(crate) mod versions;

use std::borrow::Cow;
use ward_domain::chart::{MAX_OBJECT_BYTES, OpenObject};
use ward_http::{Given, Sent};

/// The vital signs of a body, to the letter.
fn vital_signs(given: Given<serde_json::Map<String, serde_json::Value>>, sent: &Sent) -> Given<OpenObject> {
    given.and_then(|_| {
        let text = sent.field("vital_signs").unwrap_or_default();
        OpenObject::read(&text)
            .ok_or_else(|| Cow::from(format!("Must be an object of at most {MAX_OBJECT_BYTES} bytes.")))
    })
}
