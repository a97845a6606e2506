//! The suite that every back end passes. A back end enrols with one line in a test file:
//!
//! ```text
//! async fn subject() -> ward_search::conformance::Subject { /* an index that nobody else uses */ }
//! ward_search::conformance!(subject);
//! ```
//!
//! Each case is a test of its own, on an index of its own. A back end that cannot be made afresh gives each subject
//! a [`Subject::first_tenant`] of its own: no case touches tenants other than the 16 from there on.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests, though not under cfg(test)")]
#![allow(clippy::missing_panics_doc, reason = "a case fails by panicking")]

pub mod consultations;
pub mod feeding;
pub mod filters;
pub mod nearest;
pub mod order;
pub mod snippets;
pub mod tenants;
pub mod words;

use crate::{
    DocumentKind, DynSearchIndex, IndexOp, SearchDocument, SearchError, SearchPage, SearchQuery, Version,
};
use std::any::Any;
use ward_domain::id::Id;
use ward_domain::tenancy::{TenantId, TenantScope};

/// What a case is run on.
pub struct Subject {
    /// The back end.
    pub index: DynSearchIndex,
    /// The number of the first tenant that a case may use.
    pub first_tenant: u64,
    /// Whatever must live as long.
    pub keep: Box<dyn Any + Send + Sync>,
}

impl Subject {
    /// One of the tenants, from 0 to 15.
    pub fn hospital(&self, number: u64) -> Hospital<'_> {
        assert!(number < 16);
        // The suite stands in for the tenants crate, as the method allows.
        #[allow(clippy::disallowed_methods)]
        let scope = TenantScope::mint(TenantId::from_number(self.first_tenant + number));
        Hospital { index: &self.index, scope }
    }
}

/// One tenant's view of the index.
pub struct Hospital<'s> {
    /// The back end.
    pub index: &'s DynSearchIndex,
    /// Whose documents.
    pub scope: TenantScope,
}

impl Hospital<'_> {
    /// Applies operations and waits until they are seen.
    pub async fn feed(&self, ops: impl IntoIterator<Item = IndexOp>) {
        self.index.apply(&self.scope, ops.into_iter().collect()).await.expect("applied");
        self.index.refreshed(&self.scope).await.expect("refreshed");
    }

    /// Puts documents and waits until they are seen.
    pub async fn put(&self, documents: impl IntoIterator<Item = SearchDocument>) {
        self.feed(documents.into_iter().map(IndexOp::Put)).await;
    }

    /// Answers a query that must succeed.
    pub async fn page(&self, query: SearchQuery) -> SearchPage {
        self.index.search(&self.scope, &query).await.expect("answered")
    }

    /// The ids found, in order. Their number must be the total: for queries whose answer fits on one page.
    pub async fn ids(&self, query: SearchQuery) -> Vec<u64> {
        let page = self.page(query.page(0, crate::MAX_LIMIT)).await;
        let ids: Vec<u64> = page.hits.iter().map(|hit| hit.id.get()).collect();
        assert_eq!(ids.len() as u64, page.total, "the total counts what is found");
        ids
    }

    /// The ids of encounters found by a text, smallest first.
    pub async fn found(&self, text: &str) -> Vec<u64> {
        let mut ids = self.ids(encounters().text(text)).await;
        ids.sort_unstable();
        ids
    }

    /// The refusal of a query that must be refused.
    pub async fn refused(&self, query: SearchQuery) -> SearchError {
        self.index.search(&self.scope, &query).await.expect_err("refused")
    }
}

/// An id from a number.
pub fn id(number: u64) -> Id {
    Id::new(number).expect("53 bits")
}

/// A query for encounters.
pub fn encounters() -> SearchQuery {
    SearchQuery::new(DocumentKind::Encounter)
}

/// A query for accounts.
pub fn accounts() -> SearchQuery {
    SearchQuery::new(DocumentKind::Account)
}

/// An encounter at version 1.
pub fn encounter(number: u64) -> SearchDocument {
    SearchDocument::new(DocumentKind::Encounter, id(number), 1)
}

/// An account at version 1.
pub fn account(number: u64) -> SearchDocument {
    SearchDocument::new(DocumentKind::Account, id(number), 1)
}

/// The removal of an encounter.
pub fn removal(number: u64, version: Version) -> IndexOp {
    IndexOp::Remove { kind: DocumentKind::Encounter, id: id(number), version }
}

/// Makes a test of every case of the suite; takes an async function that makes a [`Subject`].
#[macro_export]
macro_rules! conformance {
    ($subject:ident) => {
        $crate::conformance! { @cases $subject;
            consultations: questions_find_the_same_encounters, questions_narrow_and_sort_alike;
            feeding: a_document_is_found_as_soon_as_it_is_seen, a_newer_version_replaces_an_older_one,
                an_older_version_never_overwrites_a_newer_one, a_removal_stands_against_what_is_older,
                a_filter_lets_through_what_is_true_now, redelivery_changes_nothing, kinds_do_not_mix,
                what_no_index_can_take_is_refused, long_texts_are_cut, an_index_is_complete_once_it_is_said_to_be,
                concurrent_feeding_loses_nothing;
            filters: every_term_filters, every_number_filters, ranges_hold_their_bounds,
                filters_narrow_and_alternatives_widen, empty_choices_match_nothing, terms_compare_folded,
                filters_and_words_hold_together, what_is_over_a_limit_is_refused;
            nearest: the_most_alike_are_found_best_first, what_is_like_a_document, several_are_compared_with_at_once,
                filters_and_newer_versions_hold,
                no_likeness_reaches_another_tenant, what_cannot_be_alike_is_refused;
            order: every_number_sorts, what_has_no_value_comes_last, names_sort_as_in_a_register,
                a_name_order_of_every_sortable_field, ties_stand_by_id, relevance_is_best_first,
                pages_fit_together, a_deep_page_of_ten_thousand, the_page_past_the_end_is_empty;
            words: every_word_must_be_found_in_any_field, nothing_asked_finds_everything, accents_and_case_do_not_count,
                persian_spellings_are_one, forms_of_english_words_are_found, the_last_word_is_a_beginning,
                a_phrase_stands_as_it_is, one_typing_error_is_forgiven, stop_words_need_not_be_found,
                identifiers_are_found_by_their_parts, names_are_found_written_together_or_apart,
                only_the_fields_named_are_searched, nothing_typed_is_syntax;
            snippets: what_matched_is_marked_exactly, everything_else_is_escaped, the_field_is_named_and_the_best_first,
                documents_that_are_named_show_theirs, persian_is_marked_as_it_is_written, snippets_are_short_and_only_on_request,
                a_phrase_is_marked_as_a_whole;
            tenants: a_tenant_finds_its_own_documents_only, no_query_reaches_another_tenant, no_field_reaches_another_tenant,
                                feeding_one_tenant_changes_no_other, destruction_is_whole_and_leaves_others_alone,
                a_destroyed_tenant_can_be_fed_again, tenants_are_fed_concurrently, a_closed_index_says_so;
        }
    };
    (@cases $subject:ident; $($module:ident: $($case:ident),+;)+) => {
        $(mod $module {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                let subject = super::$subject().await;
                $crate::conformance::$module::$case(&subject).await;
            })+
        })+
    };
}
