//! How a call can fail.

/// Why a search or an update was not carried out. No variant carries a document's or a query's text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SearchError {
    /// The index cannot be reached or used now; the same call may succeed later. To callers of an API this is
    /// *degraded*: the rest of the house works on.
    #[error("search is unavailable: {0}")]
    Unavailable(String),
    /// The caller's mistake: the same call can never succeed.
    #[error("not searchable: {0}")]
    Invalid(#[from] Invalid),
    /// Reading the tenant's index went wrong. The next call checks it and, if it is beyond use, sets it aside and
    /// finds an empty, incomplete one, which the Relay feeds again.
    #[error("the search index was damaged: {0}")]
    Damaged(String),
}

/// What is wrong with a query or a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// The query's text is too long.
    #[error("a query has at most {} characters", crate::text::MAX_QUERY_CHARS)]
    QueryTooLong,
    /// The query has too many words.
    #[error("a query has at most {} words", crate::text::MAX_QUERY_WORDS)]
    TooManyWords,
    /// Too many filters.
    #[error("a query has at most {} filters", crate::MAX_FILTERS)]
    TooManyFilters,
    /// Too many values in the filters.
    #[error("a query's filters name at most {} values", crate::MAX_FILTER_VALUES)]
    TooManyValues,
    /// The page is too large.
    #[error("a page has at most {} hits", crate::MAX_LIMIT)]
    PageTooLarge,
    /// The kind of document has no such field.
    #[error("documents of this kind have no field {0}")]
    NoSuchField(&'static str),
    /// The field has no name order.
    #[error("the field {0} has no order")]
    NotSortable(&'static str),
    /// How alike documents must be is not above 0 and at most 1.
    #[error("documents are at least as alike as a number above 0 and at most 1 says")]
    NoSuchLikeness,
    /// Too many are compared with at a time.
    #[error("at most {} are compared with at a time", crate::MAX_TO)]
    TooManyTo,
    /// Too many operations at a time.
    #[error("at most {} operations at a time", crate::MAX_OPS)]
    TooManyOps,
}
