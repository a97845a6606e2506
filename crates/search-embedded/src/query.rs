//! From words and filters to what tantivy looks up. Nothing a person typed is parsed as a query: each word becomes a
//! term.

use crate::schema::Fields;
use std::ops::Bound;
use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, FuzzyTermQuery,
    PhraseQuery, Query, RangeQuery, TermQuery, TermSetQuery,
};
use tantivy::schema::IndexRecordOption;
use ward_search::field::Analysis;
use ward_search::text::{MIN_PART_CHARS, QueryText, QueryWord, STEM_MARK};
use ward_search::{Filter, SearchQuery, TextField};

/// How much a way of matching counts, against 1 for the word itself. Beginnings and typing errors have no frequency
/// of their own: they count the same wherever they are found, and less than any word that is not in most documents.
pub(crate) const STEM: f32 = 0.7;
pub(crate) const JOINED: f32 = 0.7;
const PARTS: f32 = 0.6;
pub(crate) const BEGINNING: f32 = 0.5;
const TYPO: f32 = 0.1;
/// What a word counts that is found in a second field too.
const FURTHER_FIELD: f32 = 0.2;

type Boxed = Box<dyn Query>;

/// The whole query: kind and filters let documents through, words rank them.
pub(crate) fn build(fields: &Fields, query: &SearchQuery, text: &QueryText) -> Boxed {
    let mut clauses: Vec<Boxed> = vec![unranked(term(fields.kind(query.kind)))];
    clauses.extend(query.filters.iter().map(|each| unranked(filter(fields, each))));
    let searched = query.searched_fields();
    clauses.extend(text.words.iter().map(|each| best_of(word(fields, searched, each))));
    clauses.extend(text.phrases.iter().map(|each| best_of(phrase(fields, searched, each))));
    Box::new(BooleanQuery::intersection(clauses))
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

/// All ways in which a word may be found.
fn word(fields: &Fields, searched: &[TextField], wanted: &QueryWord) -> Vec<Boxed> {
    let mut ways = Vec::new();
    for &field in searched {
        let mut way = |query: Boxed, share: f32| ways.push(boosted(query, share * field.weight()));
        let exactly = |word: &str| ranked(fields.word(field, word));
        let beginning =
            |word: &str| -> Boxed { Box::new(FuzzyTermQuery::new_prefix(fields.word(field, word), 0, true)) };
        let analysis = field.analysis();
        if analysis == Analysis::Digits {
            // Every ending of the number is a term, so the beginning of one is any part of the number.
            wanted.digits.iter().for_each(|digits| way(beginning(digits), 1.0));
            continue;
        }
        way(exactly(&wanted.text), 1.0);
        if may_begin(analysis, wanted) {
            way(beginning(&wanted.text), BEGINNING);
        }
        if analysis == Analysis::Fragment {
            continue;
        }
        wanted.joined.iter().for_each(|joined| way(exactly(joined), JOINED));
        if !wanted.parts.is_empty() {
            way(
                Box::new(BooleanQuery::intersection(wanted.parts.iter().map(|part| exactly(part)).collect())),
                PARTS,
            );
        }
        if let (Analysis::Prose, Some(stem)) = (analysis, &wanted.stem) {
            way(exactly(&format!("{STEM_MARK}{stem}")), STEM);
            if *stem != wanted.text {
                way(exactly(stem), STEM);
            }
        }
        if wanted.tolerates_typo {
            way(Box::new(FuzzyTermQuery::new(fields.word(field, &wanted.text), 1, true)), TYPO);
        }
    }
    ways
}

/// True if the word may be the beginning of a term: of a word while it is being typed, of an ending always.
pub(crate) fn may_begin(analysis: Analysis, wanted: &QueryWord) -> bool {
    let long_enough = wanted.text.chars().nth(MIN_PART_CHARS - 1).is_some();
    match analysis {
        Analysis::Prose => wanted.is_prefix && long_enough,
        Analysis::Name => wanted.is_prefix,
        Analysis::Fragment => wanted.is_prefix || long_enough,
        Analysis::Digits => wanted.digits.is_some(),
    }
}

fn phrase(fields: &Fields, searched: &[TextField], words: &[String]) -> Vec<Boxed> {
    let in_words = |field: &&TextField| field.analysis() != Analysis::Digits;
    let of = |field: &TextField| -> Boxed {
        let mut terms: Vec<Term> = words.iter().map(|word| fields.word(*field, word)).collect();
        let query: Boxed = match (terms.len(), terms.pop()) {
            (1, Some(only)) => ranked(only),
            (_, Some(last)) => Box::new(PhraseQuery::new(terms.into_iter().chain([last]).collect())),
            (_, None) => Box::new(AllQuery),
        };
        boosted(query, field.weight())
    };
    searched.iter().filter(in_words).map(of).collect()
}

fn best_of(ways: Vec<Boxed>) -> Boxed {
    if ways.is_empty() {
        return Box::new(EmptyQuery);
    }
    Box::new(DisjunctionMaxQuery::with_tie_breaker(ways, FURTHER_FIELD))
}

fn term(term: Term) -> Boxed {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

fn ranked(term: Term) -> Boxed {
    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
}

fn boosted(query: Boxed, boost: f32) -> Boxed {
    Box::new(BoostQuery::new(query, boost))
}

fn unranked(query: Boxed) -> Boxed {
    Box::new(ConstScoreQuery::new(query, 0.0))
}
