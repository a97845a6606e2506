//! Facts and sentences as a note.

pub(crate) mod assessment;
pub(crate) mod draft;
pub(crate) mod english;
pub(crate) mod objective;
pub(crate) mod plan;
pub(crate) mod polish;
pub(crate) mod subjective;
