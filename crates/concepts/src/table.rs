//! The tables, read once.

use crate::text::{Keys, keys};
use std::collections::HashMap;
use std::sync::OnceLock;

const CONDITIONS: &str = include_str!("../data/conditions.tsv");
const FINDINGS: &str = include_str!("../data/findings.tsv");
const MEDICINES: &str = include_str!("../data/medicines.tsv");

/// Names in the scribe's tables that are shorter are not taken over from languages in Latin letters: they are words of
/// other languages too (*grip*).
const MIN_LENT: usize = 5;

/// Something that a text can be about.
#[derive(Debug, Clone)]
pub struct Concept {
    /// What it is called in answers: `heart attack`.
    pub name: String,
    /// How much a mention counts: a medicine less than what it is for.
    pub(crate) weight: f32,
    /// Numbers of the concepts it is near to.
    pub(crate) near: Vec<usize>,
}

/// All concepts, and the names by which they are found.
#[derive(Debug)]
pub struct Concepts {
    all: Vec<Concept>,
    by_name: HashMap<String, usize>,
    /// By first word: the rest of the name, and whose it is; longest first.
    forms: HashMap<String, Vec<(Keys, usize)>>,
}

impl Concepts {
    /// The tables that come with Ward.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Concepts> = OnceLock::new();
        SHARED.get_or_init(Self::read)
    }

    /// A concept by its number.
    pub fn get(&self, number: usize) -> &Concept {
        &self.all[number]
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn forms_from(&self, first: &str) -> &[(Keys, usize)] {
        self.forms.get(first).map_or(&[], Vec::as_slice)
    }

    fn read() -> Self {
        let mut concepts = Self { all: Vec::new(), by_name: HashMap::new(), forms: HashMap::new() };
        for (table, weight) in [(CONDITIONS, 1.0), (FINDINGS, 1.0)] {
            for (name, near, forms) in lines(table) {
                let number = concepts.named(name, weight);
                concepts.relate(number, near);
                forms.split('|').for_each(|form| concepts.call(form, number));
            }
        }
        for (name, near, forms) in lines(MEDICINES) {
            let class = concepts.named(name.trim_end_matches(':'), 0.6);
            concepts.relate(class, near);
            for form in forms.split('|') {
                if name.ends_with(':') {
                    let member = concepts.named(form, 0.6);
                    // What the class is for, its members are for.
                    let near = concepts.all[class].near.clone();
                    concepts.all[member].near.extend(near.into_iter().chain([class]));
                    concepts.call(form, member);
                } else {
                    concepts.call(form, class);
                }
            }
        }
        concepts.borrow();
        for forms in concepts.forms.values_mut() {
            forms.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        }
        concepts
    }

    /// The number of a concept, made where it is new. One that is only ever named as near to others (a body system) is
    /// a direction, and counts where it is.
    fn named(&mut self, name: &str, weight: f32) -> usize {
        let next = self.all.len();
        let number = *self.by_name.entry(name.to_owned()).or_insert(next);
        if number == next {
            self.all.push(Concept { name: name.to_owned(), weight, near: Vec::new() });
        }
        number
    }

    fn relate(&mut self, number: usize, near: &str) {
        for name in near.split('|').filter(|name| !name.is_empty()) {
            let other = self.named(name, 1.0);
            self.all[number].near.push(other);
        }
    }

    /// The first concept that took a name keeps it.
    fn call(&mut self, form: &str, number: usize) {
        let words = keys(form);
        let Some(first) = words.first().cloned() else { return };
        let forms = self.forms.entry(first).or_default();
        if !forms.iter().any(|(known, _)| *known == words) {
            forms.push((words, number));
        }
    }

    fn whose(&self, form: &str) -> Option<usize> {
        let words = keys(form);
        let known = self.forms.get(words.first()?)?;
        known.iter().find(|(known, _)| *known == words).map(|(_, number)| *number)
    }

    /// What the scribe calls by a name that is known here, it calls by other names too.
    fn borrow(&mut self) {
        for term in ward_scribe::vocabulary() {
            let known = std::iter::once(term.name)
                .chain(term.forms.iter().copied())
                .find_map(|form| self.whose(form));
            let Some(number) = known else { continue };
            for form in &term.forms {
                let is_short = form.chars().count() < MIN_LENT;
                if !(is_short && matches!(term.language, "es" | "ca")) {
                    self.call(form, number);
                }
            }
        }
    }
}

fn lines(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut fields = line.split('\t');
        Some((fields.next()?, fields.next()?, fields.next()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_its_three_fields_and_names_only_what_there_is() {
        for table in [CONDITIONS, FINDINGS, MEDICINES] {
            let whole = table.lines().filter(|line| !line.starts_with('#')).count();
            assert_eq!(lines(table).count(), whole);
        }
        let concepts = Concepts::shared();
        let systems = [
            "cardiovascular",
            "endocrine",
            "respiratory",
            "neurological",
            "genitourinary",
            "gastrointestinal",
            "heent",
            "eyes",
            "skin",
            "psychiatric",
            "musculoskeletal",
            "hematologic",
            "oncologic",
            "obstetric",
            "constitutional",
        ];
        for concept in &concepts.all {
            for near in &concept.near {
                let near = concepts.get(*near);
                let is_found = concepts
                    .forms
                    .values()
                    .flatten()
                    .any(|(_, number)| concepts.get(*number).name == near.name);
                let is_class = concepts
                    .all
                    .iter()
                    .any(|other| other.near.iter().any(|n| concepts.get(*n).name == near.name));
                assert!(
                    is_found || is_class || systems.contains(&near.name.as_str()),
                    "{} of {}",
                    near.name,
                    concept.name
                );
            }
        }
    }
}
