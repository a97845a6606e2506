//! The five published APIs, as names.

use serde::{Deserialize, Serialize};

/// One of the five APIs. A token remembers which one issued it, because at the root some paths are claimed twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Face {
    /// Document 000.
    Soapify,
    /// Document 001.
    Mark,
    /// Document 002.
    Medcor,
    /// Document 003.
    Chatbot,
    /// Document 004.
    Healthcare,
}

impl Face {
    /// All five.
    pub const ALL: [Self; 5] = [Self::Soapify, Self::Mark, Self::Medcor, Self::Chatbot, Self::Healthcare];

    /// Its name in prefixes (`/medcor/…`), settings and tokens.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Soapify => "soapify",
            Self::Mark => "mark",
            Self::Medcor => "medcor",
            Self::Chatbot => "chatbot",
            Self::Healthcare => "healthcare",
        }
    }
}
