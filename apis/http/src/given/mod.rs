//! A field of a body as it was given: missing, null, wrong or a value. Reading one never fails, so that all wrong
//! fields of a body are named at once.
//!
//! ```
//! # use ward_http::{Given, given};
//! # use ward_domain::refusal::FieldErrors;
//! #[derive(serde::Deserialize)]
//! struct Request { name: Given<String>, age: Given<i64>, note: Given<String> }
//!
//! let body: Request = serde_json::from_value(serde_json::json!({"age": "old"})).unwrap();
//! let mut errors = FieldErrors::default();
//! let name = body.name.line(100).required("name", &mut errors);
//! let age = body.age.within(0..=150).required("age", &mut errors);
//! let note = body.note.lines(2000).optional("note", &mut errors);
//! let refusal = errors.finish().unwrap_err();
//! assert_eq!(refusal.fields.len(), 2, "{refusal:?}");
//! # assert!(name.is_none() && age.is_none() && note.is_none());
//! ```

mod checks;
mod wire;

pub(crate) use checks::one_of;
pub use wire::{AsPrinted, Nested, Until, Wire};
pub(crate) use wire::{NO_TIME, spelled_flag};

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::borrow::Cow;
use ward_domain::refusal::FieldErrors;

/// What was given for a field of a body. [`crate::JsonBody`] reads it; a struct of such fields derives `Deserialize`
/// without any attribute.
///
/// In a description the field says what it holds: `#[schema(value_type = String)]`, or `Option<String>` if it may be
/// missing.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Given<T> {
    /// Nothing at all.
    #[default]
    Missing,
    /// `null`.
    Null,
    /// Something else than is wanted, and what is wanted.
    Wrong(Cow<'static, str>),
    /// A value.
    Value(T),
}

impl<T> Given<T> {
    /// The value; a missing, null or wrong one is noted as an error.
    pub fn required(self, name: impl Into<Cow<'static, str>>, errors: &mut FieldErrors) -> Option<T> {
        match self {
            Self::Value(value) => return Some(value),
            Self::Missing => errors.add(name, "This field is required."),
            Self::Null => errors.add(name, "This field may not be null."),
            Self::Wrong(message) => errors.add(name, message),
        }
        None
    }

    /// The value, if there is one; null counts as missing.
    pub fn optional(self, name: impl Into<Cow<'static, str>>, errors: &mut FieldErrors) -> Option<T> {
        self.patch(name, errors).flatten()
    }

    /// For an edit: `None` leaves the field as it is, `Some(None)` clears it.
    #[allow(clippy::option_option)] // exactly the three cases of an edit
    pub fn patch(self, name: impl Into<Cow<'static, str>>, errors: &mut FieldErrors) -> Option<Option<T>> {
        match self {
            Self::Value(value) => Some(Some(value)),
            Self::Missing => None,
            Self::Null => Some(None),
            Self::Wrong(message) => {
                errors.add(name, message);
                None
            }
        }
    }

    /// True unless the field is missing.
    pub const fn is_given(&self) -> bool {
        !matches!(self, Self::Missing)
    }

    /// Reads the value further; the error is what is wrong with it.
    #[must_use]
    pub fn and_then<U, M: Into<Cow<'static, str>>>(self, read: impl FnOnce(T) -> Result<U, M>) -> Given<U> {
        match self {
            Self::Missing => Given::Missing,
            Self::Null => Given::Null,
            Self::Wrong(message) => Given::Wrong(message),
            Self::Value(value) => {
                read(value).map_or_else(|message| Given::Wrong(message.into()), Given::Value)
            }
        }
    }

    /// Another form of the value.
    #[must_use]
    pub fn map<U>(self, form: impl FnOnce(T) -> U) -> Given<U> {
        self.and_then(|value| Ok::<_, &'static str>(form(value)))
    }

    /// A value only if it passes.
    #[must_use]
    pub fn check(self, passes: impl FnOnce(&T) -> bool, message: impl Into<Cow<'static, str>>) -> Self {
        self.and_then(|value| if passes(&value) { Ok(value) } else { Err(message.into()) })
    }
}

impl<T: Wire> From<Value> for Given<T> {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            value => T::read(value).map_or_else(Self::Wrong, Self::Value),
        }
    }
}

/// A part of a multipart body or a header: text, or nothing.
impl<T: Wire> From<Option<String>> for Given<T> {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::Missing, |text| Value::String(text).into())
    }
}

impl<'de, T: Wire> Deserialize<'de> for Given<T> {
    /// Of a [`Value`], nothing but a missing field is an error: serde then asks its stand-in for a value.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Value::deserialize(deserializer).map_or(Self::Missing, Into::into))
    }
}
