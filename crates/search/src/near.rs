//! Finding what is alike, by vectors.

use crate::error::Invalid;
use crate::field::DocumentKind;
use crate::query::{Filter, check_filters};
use std::fmt;
use ward_domain::id::Id;
use ward_domain::vector::Vector;

/// The most documents that one answer holds for each that is asked for.
pub const MAX_NEAR: usize = 200;
/// The most that is asked for at once.
pub const MAX_TO: usize = 16;

/// What documents are compared with.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "a few a question: a box would cost more than it saves")]
pub enum To {
    /// A direction: what a question is about.
    Vector(Vector),
    /// What a document of the same kind is about; it is not found itself.
    Document(Id),
}

/// A question for documents that are alike.
#[derive(Clone, PartialEq)]
pub struct NearQuery {
    /// Which kind of document.
    pub kind: DocumentKind,
    /// Alike to what: each is answered for itself. At most [`MAX_TO`]. Who has several asks once: an index may have to look
    /// at all that it holds, and looks once then.
    pub to: Vec<To>,
    /// What must hold besides, all of it.
    pub filters: Vec<Filter>,
    /// How alike they must be at the least: above 0, at most 1.
    pub least: f32,
    /// The most documents, at most [`MAX_NEAR`].
    pub limit: usize,
}

/// A document and how alike it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// Which.
    pub id: Id,
    /// From [`NearQuery::least`] to 1: the cosine of the angle between the two.
    pub likeness: f32,
}

/// The documents that are most alike, best first; those that tie newest (highest id) first.
#[derive(Debug, Clone, PartialEq)]
pub struct NearPage {
    /// Which, for each of [`NearQuery::to`] in its order.
    pub near: Vec<Vec<Near>>,
    /// False while the index has not been fed everything: there may be nearer ones.
    pub complete: bool,
}

impl NearQuery {
    /// Refuses what is over a limit or does not fit the kind. Every back end begins here.
    pub fn check(&self) -> Result<(), Invalid> {
        if self.limit > MAX_NEAR {
            return Err(Invalid::PageTooLarge);
        }
        if self.to.len() > MAX_TO {
            return Err(Invalid::TooManyTo);
        }
        if !(self.least > 0.0 && self.least <= 1.0) {
            return Err(Invalid::NoSuchLikeness);
        }
        check_filters(&self.filters)
    }
}

/// Says how it is asked, never for what.
impl fmt::Debug for NearQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "near {} ({} filters, {})", self.kind.name(), self.filters.len(), self.limit)
    }
}
