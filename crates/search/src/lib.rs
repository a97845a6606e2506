//! The search port: what Ward finds by words, whatever index finds it.
//!
//! Text and name order never stand in the store's index rows; they come from here. Each tenant has an index of its
//! own, fed by its Relay with [`SearchDocument`]s and asked with a [`SearchQuery`]. An index is derived data: it can
//! be destroyed and fed again from the store at any time, and says with [`IndexStatus::complete`] whether that is due.
//!
//! What matches is fixed here, so that every back end finds the same:
//!
//! * Words are compared folded ([`text::fold`]): lower case, no accents, one spelling for Arabic and Persian letters
//!   and digits. English words match other forms of themselves too, words of five letters or more match with one
//!   typing error; both count for less than the word itself.
//! * Every word of a query must be found, each in any of the searched fields; words such as *the* need not be.
//! * The last word is taken as the beginning of one (search as you type), unless white space follows it.
//! * `"A phrase"` in quotes must be found word by word, as it stands. Nothing else in a query has a meaning: it is
//!   text, never syntax.
//! * Documents may carry a [vector](ward_domain::vector): [`SearchIndex::nearest`] finds those that are about the same,
//!   whatever their words. Who makes vectors is not known here; an index whose vectors are another maker's is fed anew.
//! * E-mail addresses, user names and licences are found by any part of a word, phone numbers by any run of digits;
//!   three characters at least.
//!
//! Where to read on: [`SearchIndex`] is the port, [`field`] the closed list of what can be searched, filtered and
//! sorted, [`text`] the analysis that back ends share, [`snippet`] the highlighting, `conformance` (a feature) the
//! suite that every back end passes, with `Outage`, an index that can be made to fail.
//!
//! This crate must not know: who may see what (services add filters), and which back end is in use.

mod document;
mod error;
pub mod field;
mod near;
mod page;
mod query;
pub mod snippet;
pub mod text;

#[cfg(feature = "conformance")]
pub mod conformance;
#[cfg(feature = "conformance")]
mod outage;

pub use document::{IndexOp, MAX_OPS, MAX_TEXT_BYTES, SearchDocument, Version};
#[cfg(feature = "conformance")]
pub use outage::Outage;

pub use error::{Invalid, SearchError};
pub use field::{DocumentKind, NumberField, TermField, TextField};
pub use near::{MAX_NEAR, MAX_TO, Near, NearPage, NearQuery, To};
pub use page::{Hit, IndexStatus, SearchPage, Snippet};
pub use query::{Direction, Filter, MAX_FILTER_VALUES, MAX_FILTERS, MAX_LIMIT, SearchQuery, Sort};

use async_trait::async_trait;
use std::sync::Arc;
use ward_domain::id::Id;
use ward_domain::tenancy::TenantScope;

/// A search index that the whole house shares.
pub type DynSearchIndex = Arc<dyn SearchIndex>;

/// The port. Every call but [`SearchIndex::health`] and [`SearchIndex::close`] takes a [`TenantScope`] and can reach
/// that tenant's documents only, whatever the query says.
#[async_trait]
pub trait SearchIndex: Send + Sync + 'static {
    /// Carries out operations and makes them durable; at most [`MAX_OPS`] at a time.
    ///
    /// Idempotent, and free of order: of all operations on one document the one with the highest version stands,
    /// whenever it comes; at one version a removal beats a document, and a document replaces its equal. What was
    /// acknowledged is seen by searches soon (within about 100 ms embedded); [`SearchIndex::refreshed`] waits for it.
    async fn apply(&self, scope: &TenantScope, ops: Vec<IndexOp>) -> Result<(), SearchError>;

    /// Returns once every operation that [`SearchIndex::apply`] acknowledged before is seen by searches.
    async fn refreshed(&self, scope: &TenantScope) -> Result<(), SearchError>;

    /// Answers a query: one page of hits, and how many there are in all.
    async fn search(&self, scope: &TenantScope, query: &SearchQuery) -> Result<SearchPage, SearchError>;

    /// Where these documents match a query, for each in turn: for hits of several searches that were put in an order of their
    /// own. One search's hits bring it along ([`SearchQuery::snippets`]). Nothing of what is not there, or what the query's
    /// filters do not let through. At most [`MAX_LIMIT`].
    async fn snippets(
        &self,
        scope: &TenantScope,
        query: &SearchQuery,
        ids: &[Id],
    ) -> Result<Vec<Vec<Snippet>>, SearchError>;

    /// The documents that are most alike by their vectors, to each that is asked for. Those without one are not found; alike
    /// to a document that is not there, or has none, is nothing.
    async fn nearest(&self, scope: &TenantScope, query: &NearQuery) -> Result<NearPage, SearchError>;

    /// How many documents the tenant's index holds, and whether it was fed everything since it was made.
    async fn status(&self, scope: &TenantScope) -> Result<IndexStatus, SearchError>;

    /// Says that the index has been fed everything there is. It stays complete until it is destroyed, or lost and
    /// made anew.
    async fn mark_complete(&self, scope: &TenantScope) -> Result<(), SearchError>;

    /// Removes everything of a tenant, for good: what the next call finds is an empty, incomplete index.
    async fn destroy(&self, scope: &TenantScope) -> Result<(), SearchError>;

    /// Answers if searches could be served now.
    async fn health(&self) -> Result<(), SearchError>;

    /// Finishes what is under way. After it every call answers [`SearchError::Unavailable`].
    async fn close(&self) -> Result<(), SearchError>;
}
