//! What can be asked.

use crate::error::Invalid;
use crate::field::{DocumentKind, NumberField, TermField, TextField};
use crate::text::QueryText;
use std::fmt;
use ward_domain::id::Id;

/// The most hits on a page.
pub const MAX_LIMIT: usize = 1000;
/// The most filters, those within [`Filter::Any`] too.
pub const MAX_FILTERS: usize = 32;
/// The most values that all filters together name.
pub const MAX_FILTER_VALUES: usize = 10_000;

/// A question to one tenant's index.
#[derive(Clone, PartialEq)]
pub struct SearchQuery {
    /// Which kind of document.
    pub kind: DocumentKind,
    /// What a person typed. Empty, or without a word: every document matches.
    pub text: String,
    /// Where to look for the words; empty for all text fields of the kind.
    pub fields: Vec<TextField>,
    /// What must hold besides, all of it. Services add those that keep a person to what they may see.
    pub filters: Vec<Filter>,
    /// In which order.
    pub sort: Sort,
    /// How many hits to pass over. Pages of an index that does not change neither overlap nor leave gaps.
    pub offset: usize,
    /// The most hits to answer, at most [`MAX_LIMIT`].
    pub limit: usize,
    /// Whether hits show where they match.
    pub snippets: bool,
}

/// What must hold for a document to be found.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// One of the codes is among the field's values. No codes: nothing matches.
    Term(TermField, Vec<String>),
    /// The number is one of these. No numbers: nothing matches.
    Number(NumberField, Vec<i64>),
    /// The number is there and lies between the bounds, both inclusive.
    Range {
        /// Which number.
        field: NumberField,
        /// The least.
        from: Option<i64>,
        /// The largest.
        until: Option<i64>,
    },
    /// At least one of these holds. No filters: nothing matches.
    Any(Vec<Self>),
}

impl Filter {
    /// The field has this code.
    pub fn term(field: TermField, code: impl Into<String>) -> Self {
        Self::Term(field, vec![code.into()])
    }

    /// The number is this.
    pub fn number(field: NumberField, value: i64) -> Self {
        Self::Number(field, vec![value])
    }

    /// The number names one of these.
    pub fn ids(field: NumberField, ids: impl IntoIterator<Item = impl Into<Id>>) -> Self {
        Self::Number(field, ids.into_iter().map(|id| id.into().get().cast_signed()).collect())
    }

    fn weigh(filters: &[Self]) -> (usize, usize) {
        filters.iter().fold((0, 0), |(count, values), filter| match filter {
            Self::Term(_, codes) => (count + 1, values + codes.len()),
            Self::Number(_, numbers) => (count + 1, values + numbers.len()),
            Self::Range { .. } => (count + 1, values + 2),
            Self::Any(inner) => {
                let (inner_count, inner_values) = Self::weigh(inner);
                (count + 1 + inner_count, values + inner_values)
            }
        })
    }
}

/// Refuses filters that are over a limit.
pub(crate) fn check_filters(filters: &[Filter]) -> Result<(), Invalid> {
    let (filters, values) = Filter::weigh(filters);
    if filters > MAX_FILTERS {
        return Err(Invalid::TooManyFilters);
    }
    if values > MAX_FILTER_VALUES {
        return Err(Invalid::TooManyValues);
    }
    Ok(())
}

/// Smallest or largest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// The order of hits. Documents that tie stand by id, in the same direction; those without a value come last in
/// either direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sort {
    /// Best first; hits that tie newest (highest id) first.
    Relevance,
    /// By a number.
    Number(NumberField, Direction),
    /// By a text field's first value in the order of the alphabet ([`crate::text::order_key`]).
    Name(TextField, Direction),
}

impl SearchQuery {
    /// All documents of a kind, best first, twenty.
    pub const fn new(kind: DocumentKind) -> Self {
        Self {
            kind,
            text: String::new(),
            fields: Vec::new(),
            filters: Vec::new(),
            sort: Sort::Relevance,
            offset: 0,
            limit: 20,
            snippets: false,
        }
    }

    /// With words.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    /// With one more filter.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filters.push(filter);
        self
    }

    /// Looking in these fields only.
    #[must_use]
    pub fn within(mut self, fields: impl Into<Vec<TextField>>) -> Self {
        self.fields = fields.into();
        self
    }

    /// In this order.
    #[must_use]
    pub const fn sorted(mut self, sort: Sort) -> Self {
        self.sort = sort;
        self
    }

    /// This page.
    #[must_use]
    pub const fn page(mut self, offset: usize, limit: usize) -> Self {
        self.offset = offset;
        self.limit = limit;
        self
    }

    /// With snippets.
    #[must_use]
    pub const fn with_snippets(mut self) -> Self {
        self.snippets = true;
        self
    }

    /// The fields in which words are looked for.
    pub fn searched_fields(&self) -> &[TextField] {
        if self.fields.is_empty() { self.kind.text_fields() } else { &self.fields }
    }

    /// As [`Self::check`], before [`crate::SearchIndex::snippets`] of so many documents.
    pub fn check_snippets(&self, of: usize) -> Result<QueryText, Invalid> {
        if of > MAX_LIMIT {
            return Err(Invalid::PageTooLarge);
        }
        self.check()
    }

    /// Refuses what is over a limit or does not fit the kind; answers the words. Every back end begins here.
    pub fn check(&self) -> Result<QueryText, Invalid> {
        if self.limit > MAX_LIMIT {
            return Err(Invalid::PageTooLarge);
        }
        check_filters(&self.filters)?;
        let known = self.kind.text_fields();
        if let Some(field) = self.fields.iter().find(|field| !known.contains(field)) {
            return Err(Invalid::NoSuchField(field.name()));
        }
        if let Sort::Name(field, _) = self.sort {
            if !known.contains(&field) {
                return Err(Invalid::NoSuchField(field.name()));
            }
            if !field.is_sortable() {
                return Err(Invalid::NotSortable(field.name()));
            }
        }
        QueryText::parse(&self.text)
    }
}

/// Says how it is asked, never for what: the words may be a patient's.
impl fmt::Debug for SearchQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ({} bytes, {} filters, {:?}, {}+{})",
            self.kind.name(),
            self.text.len(),
            self.filters.len(),
            self.sort,
            self.offset,
            self.limit
        )
    }
}
