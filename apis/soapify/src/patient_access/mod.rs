//! Patient access on the wire (document 000, *Patient Access*); the list, the second look and the end are ours.

pub mod ask;
mod data;
pub mod end;
pub mod list;
pub mod read;
pub mod verify;

pub use data::PatientData;

use ward_domain::id::Id;

/// What a request's id begins with.
const REQUEST: &str = "req_";

/// `req_123456`.
fn request_id(id: Id) -> String {
    format!("{REQUEST}{id}")
}

/// Reads [`request_id`]. What cannot be one names no request.
fn named(text: &str) -> Option<Id> {
    text.trim().strip_prefix(REQUEST).and_then(|number| Id::from_number(number).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_named_as_in_the_document() {
        let id = Id::new(123_456).unwrap();
        assert_eq!(request_id(id), "req_123456");
        assert_eq!(named("req_123456"), Some(id));
        for other in ["123456", "req_", "req_-1", "req_0123456", "pat_123456", ""] {
            assert_eq!(named(other), None, "{other}");
        }
    }
}
