//! Everything a use case needs, wired once in the program.

/// The house.
pub struct House {}
