//! The clinical words of all languages, for others than the scribe's rules.

use super::SOURCES;

/// A symptom, condition, medicine or test, and what people call it in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// ISO 639-1.
    pub language: &'static str,
    /// What a note in that language calls it.
    pub name: &'static str,
    /// What people call it.
    pub forms: Vec<&'static str>,
}

/// Everything clinical that the tables name.
pub fn vocabulary() -> impl Iterator<Item = Term> {
    let clinical =
        |kind: &str| matches!(kind.split(':').next(), Some("symptom" | "condition" | "drug" | "test"));
    SOURCES.iter().flat_map(move |(language, files)| {
        files.iter().flat_map(|file| file.lines()).filter_map(move |line| {
            let mut fields = line.split('\t');
            let (kind, name, forms) = (fields.next()?, fields.next()?, fields.next()?);
            clinical(kind).then(|| Term { language, name, forms: forms.split('|').collect() })
        })
    })
}
