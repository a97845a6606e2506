//! The table of medicines (`crates/domain/data/medicines.tsv`), read once.

use super::words::words;
use std::collections::HashMap;
use std::sync::OnceLock;

const TABLE: &str = include_str!("../../../data/medicines.tsv");

/// A class of substances.
#[derive(Debug)]
pub(super) struct Class {
    /// Its key in the table.
    pub key: &'static str,
    /// Its name for people, in the plural.
    pub name: &'static str,
    /// Whether two of it at once are worth a word.
    pub twice: bool,
    /// Keys of classes that may cross-react.
    pub cross: Vec<&'static str>,
}

/// What a name in a text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Meaning {
    /// A substance, by its name in the table.
    Substance(&'static str),
    /// A class, by its key.
    Class(&'static str),
}

/// A name: its words, and what it means; a mix means several substances.
type Name = (Vec<String>, Vec<Meaning>);

/// The table.
#[derive(Debug, Default)]
pub(super) struct Table {
    classes: HashMap<&'static str, Class>,
    /// The classes of a substance.
    of: HashMap<&'static str, Vec<&'static str>>,
    /// By first word, longest name first.
    names: HashMap<String, Vec<Name>>,
}

/// The table, read the first time.
pub(super) fn table() -> &'static Table {
    static READ: OnceLock<Table> = OnceLock::new();
    READ.get_or_init(|| Table::read(TABLE))
}

fn parts(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.split('|').filter(|part| !part.is_empty() && *part != "-")
}

impl Table {
    fn read(text: &'static str) -> Self {
        let mut table = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let cells: Vec<&'static str> = line.split('\t').collect();
            match cells[..] {
                ["class", key, name, said, twice, cross] => {
                    let class = Class { key, name, twice: twice == "twice", cross: parts(cross).collect() };
                    table.classes.insert(key, class);
                    for said in parts(said) {
                        table.name(said, vec![Meaning::Class(key)]);
                    }
                }
                ["drug", substance, classes, more] => {
                    table.of.insert(substance, parts(classes).collect());
                    for name in parts(more).chain([substance]) {
                        table.name(name, vec![Meaning::Substance(substance)]);
                    }
                }
                ["mix", names, substances] => {
                    for name in parts(names) {
                        table.name(name, parts(substances).map(Meaning::Substance).collect());
                    }
                }
                // `the_table_is_whole` fails on a line of another form.
                _ => {}
            }
        }
        for names in table.names.values_mut() {
            names.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        }
        table
    }

    fn name(&mut self, name: &str, means: Vec<Meaning>) {
        let words = words(name);
        if let Some(first) = words.first().cloned() {
            self.names.entry(first).or_default().push((words, means));
        }
    }

    /// What the names in a text mean, the longest name at each place, in order; with the words that each took.
    pub fn find(&self, text: &[String]) -> Vec<(std::ops::Range<usize>, &[Meaning])> {
        let (mut found, mut at) = (Vec::new(), 0);
        while let Some(word) = text.get(at) {
            let names = self.names.get(word).map_or(&[][..], Vec::as_slice);
            match names.iter().find(|(name, _)| text[at..].starts_with(name)) {
                Some((name, means)) => {
                    found.push((at..at + name.len(), means.as_slice()));
                    at += name.len();
                }
                None => at += 1,
            }
        }
        found
    }

    /// The classes of what is meant.
    pub fn classes(&self, meaning: Meaning) -> Vec<&Class> {
        let keys: &[&str] = match &meaning {
            Meaning::Class(key) => std::slice::from_ref(key),
            Meaning::Substance(substance) => self.of.get(substance).map_or(&[], Vec::as_slice),
        };
        keys.iter().filter_map(|key| self.classes.get(key)).collect()
    }

    /// Its name for people.
    pub fn called(&self, meaning: Meaning) -> &'static str {
        match meaning {
            Meaning::Substance(substance) => substance,
            Meaning::Class(key) => self.classes.get(key).map_or(key, |class| class.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn the_table_is_whole() {
        let table = table();
        let mut said: BTreeMap<Vec<String>, Vec<Meaning>> = BTreeMap::new();
        for (words, means) in table.names.values().flatten() {
            let before = said.insert(words.clone(), means.clone());
            assert_eq!(before, None, "{words:?} stands twice");
            for meaning in means {
                match meaning {
                    Meaning::Substance(substance) => assert!(table.of.contains_key(substance), "{substance}"),
                    Meaning::Class(key) => assert!(table.classes.contains_key(key), "{key}"),
                }
            }
        }
        for key in table.of.values().flatten().chain(table.classes.values().flat_map(|class| &class.cross)) {
            assert!(table.classes.contains_key(key), "there is no class {key}");
        }
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let cells = line.split('\t').count();
            let wanted = match line.split('\t').next() {
                Some("class") => 6,
                Some("drug") => 4,
                Some("mix") => 3,
                _ => 0,
            };
            assert_eq!(cells, wanted, "{line}");
        }
        assert!(table.of.len() > 150 && table.classes.len() > 20);
    }
}
