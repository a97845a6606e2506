//! Refusals: answers with words for the caller. A closed list of kinds, which each API maps to its envelope once.

use crate::time::Time;
use std::borrow::Cow;

/// Why a request was not carried out, for the one who sent it. Never holds patient data.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{kind:?}: {message}")]
pub struct Refusal {
    /// What sort of refusal; decides the status code.
    pub kind: Kind,
    /// A stable word for programs, in `snake_case`: `slot_taken`.
    pub reason: &'static str,
    /// A sentence for people.
    pub message: Cow<'static, str>,
    /// Which fields are wrong, and how.
    pub fields: Vec<FieldError>,
    /// What the caller might take instead: free slots after a clash.
    pub alternatives: Vec<Alternative>,
    /// When it is worth trying again, in seconds.
    pub retry_after_seconds: Option<u32>,
}

/// One wrong field. Nested fields are spelled with dots: `vital_signs.heart_rate`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name in the rules; an API that spells it otherwise translates.
    pub field: Cow<'static, str>,
    /// What is wrong with it.
    pub message: Cow<'static, str>,
}

/// A free slot, offered after a clash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alternative {
    /// Which slot.
    pub slot: crate::id::SlotId,
    /// Its first moment.
    pub start: Time,
    /// The moment after its last.
    pub end: Time,
}

/// The closed list of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A field is wrong or missing.
    Invalid,
    /// Nobody is logged in, or the log-in is not good (any more).
    Unauthenticated,
    /// Logged in, but may not.
    Forbidden,
    /// No such thing for this caller.
    NotFound,
    /// It clashes with what stands.
    Conflict,
    /// Well-formed, but such a combination cannot be.
    Impossible,
    /// The version that the caller edits is not the newest.
    Stale,
    /// Over a limit on size.
    TooLarge,
    /// Too often.
    Limited,
    /// Too busy, or going away: try again.
    Overloaded,
    /// Nothing of the kind is set up on this server.
    NotConfigured,
}

impl Refusal {
    /// A refusal without fields.
    pub fn new(kind: Kind, reason: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            reason,
            message: message.into(),
            fields: Vec::new(),
            alternatives: Vec::new(),
            retry_after_seconds: None,
        }
    }

    /// One wrong field.
    pub fn field(field: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Invalid, "invalid", "The request has a wrong or missing field.")
            .and_field(field, message)
    }

    /// One more wrong field.
    #[must_use]
    pub fn and_field(
        mut self,
        field: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.fields.push(FieldError { field: field.into(), message: message.into() });
        self
    }

    /// Nothing of that name and id for this caller; another tenant's things answer the same.
    pub fn not_found(what: &'static str) -> Self {
        Self::new(Kind::NotFound, "not_found", format!("{what} not found."))
    }

    /// The role or relation does not allow it.
    pub fn forbidden(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Forbidden, "forbidden", message)
    }

    /// A clash.
    pub fn conflict(reason: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Conflict, reason, message)
    }

    /// An impossible combination.
    pub fn impossible(reason: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Impossible, reason, message)
    }

    /// It may have been done or not, and nobody can say yet.
    pub fn unknown() -> Self {
        let message = "It is not known whether this was done. Look first, or send it again with the same Idempotency-Key.";
        Self { retry_after_seconds: Some(1), ..Self::new(Kind::Overloaded, "outcome_unknown", message) }
    }

    /// Too busy: nothing was done, so the caller may try again.
    pub fn overloaded(message: impl Into<Cow<'static, str>>) -> Self {
        Self { retry_after_seconds: Some(1), ..Self::new(Kind::Overloaded, "overloaded", message) }
    }
}

/// Collects what is wrong with every field before it refuses, so that a form is corrected in one go.
#[derive(Debug, Default)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// Notes a wrong field.
    pub fn add(&mut self, field: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) {
        self.0.push(FieldError { field: field.into(), message: message.into() });
    }

    /// Notes a wrong field unless `good`.
    pub fn check(&mut self, good: bool, field: &'static str, message: &'static str) {
        if !good {
            self.add(field, message);
        }
    }

    /// Takes over what another refusal says of its fields; a refusal of another kind is returned.
    pub fn take<T>(&mut self, result: Result<T, Refusal>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(refusal) => {
                self.0.extend(refusal.fields);
                None
            }
        }
    }

    /// Refuses if any field is wrong.
    pub fn finish(self) -> Result<(), Refusal> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(Refusal {
            fields: self.0,
            ..Refusal::new(Kind::Invalid, "invalid", "The request has a wrong or missing field.")
        })
    }
}
