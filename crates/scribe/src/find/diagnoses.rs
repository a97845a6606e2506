//! What the doctor says it is, and what else it may be.

use super::negation::is_negated;
use crate::pack::Kind;
use crate::reading::{Line, Reading};

/// A diagnosis that the doctor named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Diagnosis {
    /// Its name.
    pub(crate) name: String,
    /// False where the doctor named it as a possibility among others.
    pub(crate) likely: bool,
    /// Index of the line that names it.
    pub(crate) line: usize,
}

/// Where in a consultation diagnoses begin: before it, what is named is history.
const FROM: f64 = 0.4;

/// In order of naming, each once.
pub(crate) fn find(reading: &Reading) -> Vec<Diagnosis> {
    let mut found: Vec<Diagnosis> = Vec::new();
    for (index, line) in reading.lines.iter().enumerate() {
        if !names_one(line) {
            continue;
        }
        for hit in line.of(Kind::Condition).filter(|&hit| !is_negated(line, hit)) {
            let name = reading.name(hit).to_owned();
            let likely = !line.has(Kind::Maybe);
            match found.iter_mut().find(|known| known.name == name) {
                Some(known) => known.likely |= likely,
                None => found.push(Diagnosis { name, likely, line: index }),
            }
        }
    }
    found
}

/// True for a doctor's sentence that says what it is.
pub(crate) fn names_one(line: &Line) -> bool {
    line.by_doctor()
        && line.progress >= FROM
        && !line.asks_plainly()
        && !line.has(Kind::Recap)
        && line.of(Kind::Result).count() < 2
        && line.has(Kind::Condition)
        && (line.has(Kind::Diagnose) || line.has(Kind::Maybe))
}
