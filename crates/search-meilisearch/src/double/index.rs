//! An index: documents by key, and what of them can be filtered and sorted by.

use super::Refusal;
use super::filter::Filter;
use serde_json::{Map, Value, json};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// The values of one attribute of a document, as filters see them.
#[derive(Debug, Default, Clone)]
pub(super) struct Facet {
    /// Compared without regard to case.
    pub(super) strings: BTreeSet<String>,
    pub(super) numbers: Vec<f64>,
}

/// A document, and what filters see of it.
pub(super) struct Stored {
    pub(super) document: Map<String, Value>,
    pub(super) facets: BTreeMap<String, Facet>,
}

pub(super) struct Index {
    pub(super) primary_key: Option<String>,
    pub(super) settings: Value,
    pub(super) documents: BTreeMap<String, Stored>,
}

/// What may be done with an attribute.
#[derive(Clone, Copy, Default)]
pub(super) struct Features {
    pub(super) equality: bool,
    pub(super) comparison: bool,
    pub(super) facet_search: bool,
}

/// The longest value that filters tell apart, in bytes.
const MAX_FACET_BYTES: usize = 479;

impl Facet {
    fn of(value: &Value) -> Self {
        let mut facet = Self::default();
        facet.add(value);
        facet
    }

    fn add(&mut self, value: &Value) {
        match value {
            Value::String(text) => {
                let mut text = text.trim().to_lowercase();
                while text.len() > MAX_FACET_BYTES {
                    text.pop();
                }
                // A text that reads as a number is one, too.
                self.numbers.extend(text.parse::<f64>().ok().filter(|number| number.is_finite()));
                self.strings.insert(text);
            }
            Value::Number(number) => self.numbers.extend(number.as_f64()),
            Value::Bool(flag) => {
                self.strings.insert(flag.to_string());
            }
            Value::Array(values) => values.iter().for_each(|value| self.add(value)),
            Value::Null | Value::Object(_) => {}
        }
    }
}

impl Index {
    pub(super) fn new(primary_key: Option<String>) -> Self {
        let settings = json!({
            "displayedAttributes": ["*"], "searchableAttributes": ["*"], "filterableAttributes": [],
            "sortableAttributes": [], "foreignKeys": [], "distinctAttribute": null, "stopWords": [], "synonyms": {},
            "rankingRules": ["words", "typo", "proximity", "attributeRank", "sort", "wordPosition", "exactness"],
            "pagination": {"maxTotalHits": 1000},
            "faceting": {"maxValuesPerFacet": 100, "sortFacetValuesBy": {"*": "alpha"}},
            "typoTolerance": {"enabled": true, "minWordSizeForTypos": {"oneTypo": 5, "twoTypos": 9},
                "disableOnWords": [], "disableOnAttributes": [], "disableOnNumbers": false},
            "searchCutoffMs": null, "facetSearch": true, "prefixSearch": "indexingTime",
        });
        Self { primary_key, settings, documents: BTreeMap::new() }
    }

    pub(super) fn set(&mut self, settings: Value) {
        if let (Value::Object(old), Value::Object(new)) = (&mut self.settings, settings) {
            old.extend(new);
        }
    }

    pub(super) fn put(&mut self, documents: Vec<Value>, primary_key: Option<String>) -> Result<(), Refusal> {
        if self.primary_key.is_none() {
            self.primary_key = primary_key;
        } else if primary_key.is_some() && primary_key != self.primary_key {
            let message = "Index already has a primary key";
            return Err(Refusal::new(400, "index_primary_key_already_exists", message));
        }
        let Some(primary) = self.primary_key.clone() else {
            let message = "The primary key inference failed";
            return Err(Refusal::new(400, "index_primary_key_no_candidate_found", message));
        };
        let mut read = Vec::with_capacity(documents.len());
        for document in documents {
            let Value::Object(document) = document else {
                return Err(Refusal::new(400, "malformed_payload", "A document must be an object"));
            };
            let key = match document.get(&primary) {
                Some(Value::String(key)) => key.clone(),
                Some(Value::Number(key)) => key.to_string(),
                _ => {
                    return Err(Refusal::new(
                        400,
                        "missing_document_id",
                        "Document doesn't have a primary key",
                    ));
                }
            };
            let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
            if key.is_empty() || key.len() > 511 || !key.chars().all(good) {
                return Err(Refusal::new(400, "invalid_document_id", "Document identifier is invalid"));
            }
            self.check_vectors(&document)?;
            read.push((key, document));
        }
        for (key, document) in read {
            let facets = document.iter().map(|(name, value)| (name.clone(), Facet::of(value))).collect();
            self.documents.insert(key, Stored { document, facets });
        }
        Ok(())
    }

    /// An index with an embedder whose vectors come from outside wants one of its dimensions, or null, in each document.
    fn check_vectors(&self, document: &Map<String, Value>) -> Result<(), Refusal> {
        for (name, embedder) in self.settings["embedders"].as_object().into_iter().flatten() {
            let given = document.get("_vectors").and_then(|vectors| vectors.get(name));
            let good = match given {
                Some(Value::Null) => true,
                Some(Value::Array(components)) => {
                    Some(components.len() as u64) == embedder["dimensions"].as_u64()
                }
                _ => false,
            };
            if !good {
                let message = format!(
                    "No vectors provided for a document by embedder `{name}`, or of other dimensions."
                );
                return Err(Refusal::new(400, "vector_embedding_error", message));
            }
        }
        Ok(())
    }

    /// What the settings let be done with an attribute.
    pub(super) fn features(&self, attribute: &str) -> Features {
        let rules = self.settings["filterableAttributes"].as_array();
        for rule in rules.into_iter().flatten() {
            if rule.as_str() == Some(attribute) {
                return Features { equality: true, comparison: true, facet_search: true };
            }
            let patterns = rule["attributePatterns"].as_array();
            if patterns
                .is_some_and(|patterns| patterns.iter().any(|pattern| pattern.as_str() == Some(attribute)))
            {
                let features = &rule["features"];
                let is = |value: &Value, default| value.as_bool().unwrap_or(default);
                return Features {
                    equality: is(&features["filter"]["equality"], true),
                    comparison: is(&features["filter"]["comparison"], false),
                    facet_search: is(&features["facetSearch"], false),
                };
            }
        }
        Features::default()
    }

    /// The documents that a filter lets through, by key. Refuses a filter that the settings do not allow.
    pub(super) fn passing<'a>(
        &'a self,
        filter: Option<&'a Filter>,
        code: &'static str,
    ) -> Result<impl Iterator<Item = (&'a String, &'a Stored)>, Refusal> {
        if let Some(filter) = filter {
            filter.check(self, code)?;
        }
        Ok(self.documents.iter().filter(move |(_, stored)| filter.is_none_or(|filter| filter.holds(stored))))
    }

    /// Puts documents in order. Those without a value come last, in either direction; numbers before texts.
    pub(super) fn sort(&self, rows: &mut [&Stored], by: &[(String, bool)]) -> Result<(), Refusal> {
        let sortable = self.settings["sortableAttributes"].as_array();
        for (attribute, _) in by {
            let may = sortable.is_some_and(|all| all.iter().any(|each| each.as_str() == Some(attribute)));
            if !may {
                let message = format!("Attribute `{attribute}` is not sortable.");
                return Err(Refusal::new(400, "invalid_search_sort", message));
            }
        }
        let rules = self.settings["rankingRules"].as_array();
        if !by.is_empty() && !rules.is_some_and(|rules| rules.iter().any(|rule| rule == "sort")) {
            let message = "You must specify where `sort` is listed in the rankingRules setting";
            return Err(Refusal::new(400, "invalid_search_sort", message));
        }
        rows.sort_by(|one, other| {
            let order = by.iter().map(|(attribute, up)| compare(one, other, attribute, *up));
            order.fold(Ordering::Equal, Ordering::then)
        });
        Ok(())
    }
}

fn compare(one: &Stored, other: &Stored, attribute: &str, up: bool) -> Ordering {
    let numbers = |stored: &Stored| {
        let facet = stored.facets.get(attribute)?;
        facet.numbers.iter().copied().reduce(if up { f64::min } else { f64::max })
    };
    let text = |stored: &'_ Stored| {
        let strings = &stored.facets.get(attribute)?.strings;
        if up { strings.first().cloned() } else { strings.last().cloned() }
    };
    let turned = |order: Ordering| if up { order } else { order.reverse() };
    match (numbers(one), numbers(other)) {
        (Some(one), Some(other)) => turned(one.total_cmp(&other)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => match (text(one), text(other)) {
            (Some(one), Some(other)) => turned(one.cmp(&other)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        },
    }
}
