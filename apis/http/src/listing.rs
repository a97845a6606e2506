//! [`Listing`]: a page of a list as an answer.

use crate::failure::Failure;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use serde::Serialize;

/// Room that most pages fit into.
const ROOM_BYTES: usize = 16 << 10;

/// An answer of JSON as [`axum::Json`] gives it, written where there is room for a page from the start: grown from nothing
/// it would be copied seven times.
#[derive(Debug)]
pub struct Listing<T>(pub T);

impl<T: Serialize> IntoResponse for Listing<T> {
    fn into_response(self) -> Response {
        let mut body = Vec::with_capacity(ROOM_BYTES);
        match serde_json::to_writer(&mut body, &self.0) {
            Ok(()) => ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response(),
            Err(error) => Failure::fault(format!("a page has no JSON form: {error}")).into_response(),
        }
    }
}
