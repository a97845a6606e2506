//! What differs between two versions of a note, field by field and word by word.

use super::Sections;
use serde::Serialize;
use serde_json::Value;
use similar::{ChangeTag, TextDiff};
use std::collections::BTreeMap;

/// What became of some words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WordChange {
    /// They stand in both.
    Same,
    /// They stand in the older one only.
    Removed,
    /// They stand in the newer one only.
    Added,
}

/// Some words that have one fate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Words {
    /// What became of them.
    pub change: WordChange,
    /// As they stand, with their spaces.
    pub text: String,
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// Which, as a JSON pointer (RFC 6901) into the sections.
    pub path: String,
    /// What the older version says; `None` where it has no such field.
    pub old: Option<Value>,
    /// What the newer version says; `None` where it has no such field.
    pub new: Option<Value>,
    /// The same word by word: what is removed stands before what takes its place.
    pub words: Vec<Words>,
}

impl Sections {
    /// The fields in which `newer` differs from this, by their paths. Entries of lists go by their places.
    pub fn changes_to(&self, newer: &Self) -> Vec<FieldChange> {
        let (mut old, mut new) = (leaves(self), leaves(newer));
        let paths: Vec<String> = old.keys().chain(new.keys()).cloned().collect();
        let mut changes = BTreeMap::new();
        for path in paths {
            let (old, new) = (old.remove(&path), new.remove(&path));
            if old != new {
                let words = words(&text(old.as_ref()), &text(new.as_ref()));
                changes.insert(path.clone(), FieldChange { path, old, new, words });
            }
        }
        changes.into_values().collect()
    }
}

/// Every text and number of a note by its path; what is empty says nothing and is not there.
fn leaves(sections: &Sections) -> BTreeMap<String, Value> {
    let mut leaves = BTreeMap::new();
    walk(serde_json::to_value(sections).unwrap_or_default(), String::new(), &mut leaves);
    leaves
}

fn walk(value: Value, path: String, into: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let key = key.replace('~', "~0").replace('/', "~1");
                walk(value, format!("{path}/{key}"), into);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.into_iter().enumerate() {
                walk(value, format!("{path}/{index}"), into);
            }
        }
        Value::String(text) if text.is_empty() => {}
        Value::Null => {}
        leaf => drop(into.insert(path, leaf)),
    }
}

fn text(value: Option<&Value>) -> String {
    match value {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// Words go by Unicode's rules (UAX #29), so that Persian and English are cut alike.
fn words(old: &str, new: &str) -> Vec<Words> {
    let mut words: Vec<Words> = Vec::new();
    for change in TextDiff::from_unicode_words(old, new).iter_all_changes() {
        let fate = match change.tag() {
            ChangeTag::Equal => WordChange::Same,
            ChangeTag::Delete => WordChange::Removed,
            ChangeTag::Insert => WordChange::Added,
        };
        match words.last_mut() {
            Some(last) if last.change == fate => last.text.push_str(change.value()),
            _ => words.push(Words { change: fate, text: change.value().to_owned() }),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn sections(value: Value) -> Sections {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn what_differs_is_named_by_its_path_with_its_words() {
        let old = sections(json!({
            "subjective": {"chief_complaint": "Headache for three days", "review_of_systems": {"a/b": "none"}},
            "objective": {"vital_signs": {"heart_rate": 72}},
            "plan": {"medications": [{"name": "Ibuprofen", "dosage": "400 mg"}]}
        }));
        let new = sections(json!({
            "subjective": {"chief_complaint": "Severe headache for two days"},
            "objective": {"vital_signs": {"heart_rate": 76}},
            "plan": {"medications": [{"name": "Ibuprofen", "dosage": "200 mg"}, {"name": "Paracetamol"}]}
        }));
        let changes = old.changes_to(&new);
        let paths: Vec<&str> = changes.iter().map(|change| change.path.as_str()).collect();
        let expected = [
            "/objective/vital_signs/heart_rate",
            "/plan/medications/0/dosage",
            "/plan/medications/1/name",
            "/subjective/chief_complaint",
            "/subjective/review_of_systems/a~1b",
        ];
        assert_eq!(paths, expected);
        assert_eq!((&changes[0].old, &changes[0].new), (&Some(json!(72)), &Some(json!(76))));
        assert_eq!((&changes[2].old, &changes[2].new), (&None, &Some(json!("Paracetamol"))));
        let dosage: Vec<_> = changes[1].words.iter().map(|one| (one.change, one.text.as_str())).collect();
        let (same, removed, added) = (WordChange::Same, WordChange::Removed, WordChange::Added);
        assert_eq!(dosage, [(removed, "400"), (added, "200"), (same, " mg")]);
        assert!(old.changes_to(&old).is_empty());
    }

    proptest! {
        #[test]
        fn the_words_are_those_of_both_versions(old in "[ a-cسر]{0,30}", new in "[ a-cسر]{0,30}") {
            let words = words(&old, &new);
            let of = |gone: WordChange| -> String {
                words.iter().filter(|one| one.change != gone).map(|one| one.text.as_str()).collect()
            };
            prop_assert_eq!(of(WordChange::Added), old);
            prop_assert_eq!(of(WordChange::Removed), new);
        }
    }
}
