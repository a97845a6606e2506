//! From words and filters to what tantivy looks up. Nothing a person typed is parsed as a query: each word becomes a
//! term.

use crate::matching::{Matching, Way};
use crate::schema::Fields;
use std::ops::Bound;
use tantivy::Term;
use tantivy::query::{
    BooleanQuery, ConstScoreQuery, EmptyQuery, FuzzyTermQuery, PhraseQuery, Query, RangeQuery, TermQuery,
    TermSetQuery,
};
use tantivy::schema::IndexRecordOption;
use ward_domain::id::Id;
use ward_search::field::Analysis;
use ward_search::text::{self, QueryText, QueryWord, STEM_MARK, ways};
use ward_search::{DocumentKind, Filter, SearchQuery, TextField};

type Boxed = Box<dyn Query>;

/// The whole query: kind and filters let documents through, words rank them.
pub(crate) fn build(fields: &Fields, query: &SearchQuery, text: &QueryText) -> Boxed {
    if text.is_empty() {
        return unranked(Box::new(narrowed(fields, query.kind, &query.filters)));
    }
    let searched = query.searched_fields();
    let words = text.words.iter().map(|each| word(fields, searched, each));
    let parts = words.chain(text.phrases.iter().map(|each| phrase(fields, searched, each))).collect();
    Box::new(Matching::new(passes(fields, query.kind, &query.filters), parts))
}

/// What kind and filters let through.
pub(crate) fn narrowed(fields: &Fields, kind: DocumentKind, filters: &[Filter]) -> BooleanQuery {
    BooleanQuery::intersection(passes(fields, kind, filters))
}

/// Those of some documents that the filters let through.
pub(crate) fn among(fields: &Fields, kind: DocumentKind, filters: &[Filter], ids: &[Id]) -> BooleanQuery {
    let mut clauses = passes(fields, kind, filters);
    clauses.push(any_term(ids.iter().map(|id| fields.key(kind, *id)).collect()));
    BooleanQuery::intersection(clauses)
}

fn passes(fields: &Fields, kind: DocumentKind, filters: &[Filter]) -> Vec<Boxed> {
    let mut clauses = vec![term(fields.kind(kind))];
    clauses.extend(filters.iter().map(|each| filter(fields, each)));
    clauses
}

fn filter(fields: &Fields, filter: &Filter) -> Boxed {
    match filter {
        Filter::Term(field, codes) => any_term(codes.iter().map(|code| fields.term(*field, code)).collect()),
        Filter::Number(field, numbers) => {
            any_term(numbers.iter().map(|number| fields.number(*field, *number)).collect())
        }
        Filter::Range { field, from, until } => {
            let (from, until) = (from.unwrap_or(i64::MIN), until.unwrap_or(i64::MAX));
            if from > until {
                return Box::new(EmptyQuery);
            }
            let bound = |value| Bound::Included(fields.number(*field, value));
            Box::new(RangeQuery::new(bound(from), bound(until)))
        }
        Filter::Any(inner) if inner.is_empty() => Box::new(EmptyQuery),
        Filter::Any(inner) => {
            Box::new(BooleanQuery::union(inner.iter().map(|each| self::filter(fields, each)).collect()))
        }
    }
}

fn any_term(mut terms: Vec<Term>) -> Boxed {
    match (terms.len(), terms.pop()) {
        (1, Some(only)) => term(only),
        (_, Some(last)) => Box::new(TermSetQuery::new(terms.into_iter().chain([last]))),
        (_, None) => Box::new(EmptyQuery),
    }
}

/// All ways in which a word may be found. Beginnings and typing errors have no frequency of their own: they count the
/// same wherever they are found, and less than any word that is not in most documents.
fn word(fields: &Fields, searched: &[TextField], wanted: &QueryWord) -> Vec<Way> {
    let mut all = Vec::new();
    for &field in searched {
        let exactly = |word: &str| ranked(fields.word(field, word));
        for (way, share) in ways(field.analysis(), wanted) {
            let share = share * field.weight();
            all.push(match way {
                text::Way::Is(word) => Way::Ranked(exactly(word), share),
                text::Way::Stem(stem) => Way::Ranked(exactly(&format!("{STEM_MARK}{stem}")), share),
                text::Way::All(parts) => {
                    let parts = parts.iter().map(|part| exactly(part)).collect();
                    Way::Ranked(Box::new(BooleanQuery::intersection(parts)), share)
                }
                text::Way::Begins(word) => {
                    Way::Flat(Box::new(FuzzyTermQuery::new_prefix(fields.word(field, word), 0, true)), share)
                }
                text::Way::Near(word) => {
                    Way::Flat(Box::new(FuzzyTermQuery::new(fields.word(field, word), 1, true)), share)
                }
            });
        }
    }
    all
}

fn phrase(fields: &Fields, searched: &[TextField], words: &[String]) -> Vec<Way> {
    let in_words = |field: &&TextField| field.analysis() != Analysis::Digits;
    let of = |field: &TextField| {
        let mut terms: Vec<Term> = words.iter().map(|word| fields.word(*field, word)).collect();
        let query: Boxed = match (terms.len(), terms.pop()) {
            (1, Some(only)) => ranked(only),
            (_, Some(last)) => Box::new(PhraseQuery::new(terms.into_iter().chain([last]).collect())),
            (_, None) => Box::new(EmptyQuery),
        };
        Way::Ranked(query, field.weight())
    };
    searched.iter().filter(in_words).map(of).collect()
}

fn term(term: Term) -> Boxed {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

fn ranked(term: Term) -> Boxed {
    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
}

fn unranked(query: Boxed) -> Boxed {
    Box::new(ConstScoreQuery::new(query, 0.0))
}
