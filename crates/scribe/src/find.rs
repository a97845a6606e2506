//! The facts of a consultation, each with the segments that say it.

pub(crate) mod amounts;
pub(crate) mod diagnoses;
pub(crate) mod medicines;
pub(crate) mod negation;
pub(crate) mod symptoms;
pub(crate) mod vitals;
