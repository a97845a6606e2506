//! From speech as it was written down to sentences that rules can read: cleaned, numbered, cut, tokenised.

pub(crate) mod clean;
pub(crate) mod numbers;
pub(crate) mod sentence;
pub(crate) mod token;
