//! What searches answer.

use crate::field::TextField;
use std::fmt;
use ward_domain::id::Id;

/// One page of hits.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchPage {
    /// How many documents match, exactly, wherever the page began.
    pub total: u64,
    /// The hits, in the order asked for.
    pub hits: Vec<Hit>,
    /// False while the index has not been fed everything ([`IndexStatus::complete`]): there may be more.
    pub complete: bool,
}

/// A document that matches.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Which.
    pub id: Id,
    /// How well it matches, 0 to 1; 1 where the query has no words. Comparable within one query's answers only.
    pub score: f32,
    /// Where it matches, best first; empty unless asked for.
    pub snippets: Vec<Snippet>,
}

/// A piece of a document's text, as HTML.
#[derive(Clone, PartialEq)]
pub struct Snippet {
    /// The field that it was cut from.
    pub field: TextField,
    /// The text: what matched stands in `<mark>…</mark>`, everything else is HTML-escaped. `...` where it was cut.
    pub text: String,
    /// How much of the query it shows, 0 to 1.
    pub score: f32,
}

/// Says where and how well, never what: it is a patient's.
impl fmt::Debug for Snippet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes, {:.2})", self.field.name(), self.text.len(), self.score)
    }
}

/// The state of a tenant's index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexStatus {
    /// How many documents it holds.
    pub documents: u64,
    /// False from the index's making until [`crate::SearchIndex::mark_complete`]. A Relay that finds it false feeds
    /// the index everything from the store: so an index that is new, was lost, or was found damaged heals.
    pub complete: bool,
}
