//! The JSON body of a request.

use crate::failure::{Failure, reason};
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use ward_domain::refusal::{Kind, Refusal};

/// A JSON object, read as `T`: a struct whose fields are [`crate::Given`].
///
/// The content type does not matter, for clients leave it out or get it wrong. An empty body is an empty object, so
/// that a missing body names the fields that it lacks. What is not JSON is refused with [`reason::NOT_JSON`], what is
/// no object as a field error. Of a repeated key the last counts.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        // The front door has bounded it.
        let bytes = axum::body::to_bytes(request.into_body(), usize::MAX).await;
        let bytes = bytes.map_err(|error| Failure::of_body(&error))?;
        let value = if bytes.trim_ascii().is_empty() {
            Value::Object(Map::new())
        } else {
            let not_json = |_| Refusal::new(Kind::Invalid, reason::NOT_JSON, "The body is not valid JSON.");
            serde_json::from_slice(&bytes).map_err(not_json)?
        };
        if !value.is_object() {
            return Err(Refusal::field("body", "Must be a JSON object.").into());
        }
        let wrong = |error: serde_json::Error| Refusal::field("body", error.to_string());
        Ok(Self(T::deserialize(value).map_err(wrong)?))
    }
}
