//! The words around a note, in both languages (`data/labels.tsv`).

use crate::Language;
use crate::dates::number;
use ward_domain::encounter::note::readable;

const TABLE: &str = include_str!("../data/labels.tsv");

/// The words of a key; a key that the table does not have, as people write it: `Blood pressure` of `blood_pressure`.
pub fn label(language: Language, key: &str) -> String {
    known(language, key).map_or_else(|| readable(key), str::to_owned)
}

/// The words of a key with something in the place of `{…}`.
pub fn filled(language: Language, key: &str, values: &[(&str, String)]) -> String {
    values
        .iter()
        .fold(label(language, key), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// The same with a number, in the language's digits.
pub fn numbered(language: Language, key: &str, name: &str, value: u64) -> String {
    filled(language, key, &[(name, number(language, value))])
}

/// What a person wrote in a field, where the table has a word for it: a gender.
pub fn word(language: Language, said: &str) -> String {
    known(language, &said.trim().to_lowercase()).map_or_else(|| said.trim().to_owned(), str::to_owned)
}

fn known(language: Language, key: &str) -> Option<&'static str> {
    TABLE.lines().skip(1).find_map(|line| {
        let mut cells = line.split('\t');
        (cells.next() == Some(key)).then(|| cells.nth(usize::from(language == Language::Persian))).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_table_is_whole() {
        let mut keys = BTreeSet::new();
        for line in TABLE.lines() {
            let cells: Vec<&str> = line.split('\t').collect();
            assert!(cells.len() == 3 && cells.iter().all(|cell| !cell.trim().is_empty()), "{line}");
            assert!(keys.insert(cells[0]), "{line}: twice");
            let holes = |text: &str| text.matches('{').count();
            assert_eq!(holes(cells[1]), holes(cells[2]), "{line}");
        }
        assert!(keys.len() > 60);
    }

    #[test]
    fn what_the_table_has_not_is_readable() {
        assert_eq!(label(Language::Persian, "heart_rate"), "ضربان قلب");
        assert_eq!(label(Language::Persian, "peak_flow"), "Peak flow");
        assert_eq!(numbered(Language::Persian, "addendum", "number", 12), "متمم ۱۲");
        assert_eq!(
            (word(Language::Persian, "Female"), word(Language::English, "Divers")),
            ("زن".into(), "Divers".into())
        );
    }
}
