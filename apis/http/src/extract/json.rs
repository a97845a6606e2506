//! The JSON body of a request.

use crate::failure::{Failure, reason};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::collections::HashMap;
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
        Ok(JsonSent::<T>::from_request(request, &()).await?.into_body())
    }
}

/// A JSON object as [`JsonBody`] reads it, with the text of its fields as they were sent: for open objects, which are kept
/// to the letter.
#[derive(Debug)]
pub struct JsonSent<T> {
    /// What was read.
    pub body: T,
    /// What was sent.
    pub sent: Sent,
}

/// The text of a JSON object.
#[derive(Debug)]
pub struct Sent(Bytes);

impl Sent {
    /// The JSON text of a field; of a repeated one the last, as everywhere.
    pub fn field(&self, name: &str) -> Option<String> {
        let fields: HashMap<String, &RawValue> = serde_json::from_slice(&self.0).ok()?;
        fields.get(name).map(|text| text.get().to_owned())
    }
}

impl<T> JsonSent<T> {
    fn into_body(self) -> JsonBody<T> {
        JsonBody(self.body)
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonSent<T> {
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
        Ok(Self { body: T::deserialize(value).map_err(wrong)?, sent: Sent(bytes) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_had_as_it_was_sent() {
        let sent = Sent(Bytes::from_static(
            br#"{"a": 1, "vital": { "t" : 98.60, "x": 1e2 }, "\u0062": "c", "a": [2.0]}"#,
        ));
        for (name, expected) in [
            ("vital", Some(r#"{ "t" : 98.60, "x": 1e2 }"#)),
            ("a", Some("[2.0]")),
            ("b", Some(r#""c""#)),
            ("t", None),
        ] {
            assert_eq!(sent.field(name).as_deref(), expected, "{name}");
        }
        assert_eq!(Sent(Bytes::new()).field("a"), None);
    }
}
