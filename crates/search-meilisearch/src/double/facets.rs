//! Facet search: the values of an attribute that begin like what is asked for, with a typing error or two where the
//! settings allow them.

use super::Refusal;
use super::filter;
use super::index::Index;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) fn search(index: &Index, asked: &Value) -> Result<Value, Refusal> {
    let name = asked["facetName"].as_str().unwrap_or_default();
    if !index.features(name).facet_search {
        let message = format!("Attribute `{name}` is not facet-searchable.");
        return Err(Refusal::new(400, "invalid_facet_search_facet_name", message));
    }
    let query = asked["facetQuery"].as_str().unwrap_or_default().to_lowercase();
    let typos = &index.settings["typoTolerance"];
    let least = |size: &str| typos["minWordSizeForTypos"][size].as_u64().unwrap_or(u64::MAX);
    let allowed = match query.len() as u64 {
        _ if typos["enabled"] != true => 0,
        length if length < least("oneTypo") => 0,
        length if length < least("twoTypos") => 1,
        _ => 2,
    };
    let filter = filter::parse(&asked["filter"], "invalid_search_filter")?;
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for (_, stored) in index.passing(filter.as_ref(), "invalid_search_filter")? {
        let values = stored.facets.get(name).into_iter().flat_map(|facet| &facet.strings);
        values.for_each(|value| *counts.entry(value).or_default() += 1);
    }
    let query: Vec<char> = query.chars().collect();
    let mut hits: Vec<(&str, u64)> =
        counts.into_iter().filter(|(value, _)| begins_like(&query, value) <= allowed).collect();
    hits.sort_by(|one, other| other.1.cmp(&one.1).then(other.0.cmp(one.0)));
    hits.truncate(super::routes::position(&index.settings["faceting"], "maxValuesPerFacet", 100));
    let hits: Vec<Value> =
        hits.into_iter().map(|(value, count)| json!({ "value": value, "count": count })).collect();
    Ok(json!({ "facetHits": hits, "facetQuery": asked["facetQuery"], "processingTimeMs": 0 }))
}

/// The least number of edits between the query and a beginning of the value: one character more, less, other, or two
/// neighbours exchanged.
fn begins_like(query: &[char], value: &str) -> usize {
    let value: Vec<char> = value.chars().collect();
    let width = value.len() + 1;
    let mut rows: Vec<Vec<usize>> = vec![(0..width).collect()];
    for (at, wanted) in query.iter().enumerate() {
        let mut row = vec![at + 1; width];
        for to in 1..width {
            let same = usize::from(value[to - 1] != *wanted);
            row[to] = (rows[at][to - 1] + same).min(rows[at][to] + 1).min(row[to - 1] + 1);
            if at > 0 && to > 1 && value[to - 2] == *wanted && value[to - 1] == query[at - 1] {
                row[to] = row[to].min(rows[at - 1][to - 2] + 1);
            }
        }
        rows.push(row);
    }
    rows[query.len()].iter().copied().min().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::begins_like;

    #[test]
    fn beginnings_are_compared_with_errors() {
        let edits = |query: &str, value| begins_like(&query.chars().collect::<Vec<_>>(), value);
        assert_eq!(edits("hyper", "hypertension"), 0);
        assert_eq!(edits("hypertenson", "hypertension"), 1);
        assert_eq!(edits("hypetrension", "hypertension"), 1);
        assert_eq!(edits("ypertension", "hypertension"), 1);
        assert!(edits("hyprtenson", "hypertension") > 1);
    }
}
