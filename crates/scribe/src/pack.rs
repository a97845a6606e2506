//! Language packs: the words of a language, as small tables of our own.
//!
//! A pack is the files of `data/<language>/`. Each line is `kind <TAB> name <TAB> forms`, forms parted by `|`; the name
//! is what the note says, the forms are what people say. A symptom's kind carries its body system
//! (`symptom:respiratory`), a dose unit's whether it measures a substance (`dose_unit:measure`) or counts pieces. `~` in a form stands for some words. To teach the scribe a word, add it to its line; a new language is a new folder and a line
//! in [`SOURCES`].

use crate::text::token::{Token, tokens};
use std::collections::HashMap;
use std::sync::OnceLock;

mod kind;
mod slip;
pub(crate) mod vocabulary;
pub(crate) use kind::Kind;

/// Languages and their tables. The first is what an unknown language is read as.
const SOURCES: &[(&str, &[&str])] = &[
    (
        "en",
        &[
            include_str!("../data/en/drugs.tsv"),
            include_str!("../data/en/symptoms.tsv"),
            include_str!("../data/en/conditions.tsv"),
            include_str!("../data/en/tests.tsv"),
            include_str!("../data/en/amounts.tsv"),
            include_str!("../data/en/cues.tsv"),
            include_str!("../data/en/phrases.tsv"),
        ],
    ),
    ("fa", &[include_str!("../data/fa/clinical.tsv"), include_str!("../data/fa/cues.tsv")]),
    ("es", &[include_str!("../data/es/clinical.tsv"), include_str!("../data/es/cues.tsv")]),
    ("ca", &[include_str!("../data/ca/clinical.tsv"), include_str!("../data/ca/cues.tsv")]),
    ("ar", &[include_str!("../data/ar/clinical.tsv"), include_str!("../data/ar/cues.tsv")]),
];

/// Most words that a `~` in a form stands for.
const GAP: usize = 5;

/// A thing that a form means.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// What sort of thing.
    pub(crate) kind: Kind,
    /// A symptom's body system, `measure` for a dose unit that is one; empty otherwise.
    pub(crate) group: String,
    /// What the note calls it.
    pub(crate) name: String,
}

/// Where an entry was said: tokens `start..end` of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Index into the pack's entries.
    pub(crate) entry: usize,
    /// What sort of thing.
    pub(crate) kind: Kind,
    /// First token.
    pub(crate) start: usize,
    /// Token after the last.
    pub(crate) end: usize,
}

/// The words of one language.
#[derive(Debug)]
pub(crate) struct Pack {
    /// ISO 639-1.
    pub(crate) language: &'static str,
    entries: Vec<Entry>,
    /// By first word: the form's words and its entry, longest form first.
    forms: HashMap<String, Vec<(Vec<String>, usize)>>,
    /// One-word names of medicines that are long enough to be known with a slip in them, by first letter.
    long_drugs: HashMap<char, Vec<(String, usize)>>,
    numbers: HashMap<String, u32>,
    /// Words that count without being numbers: `twice`.
    counts: HashMap<String, u32>,
    endings: Vec<String>,
    phrases: HashMap<String, String>,
}

/// The pack of a language, or English where there is none.
pub(crate) fn pack(language: &str) -> &'static Pack {
    static PACKS: OnceLock<Vec<Pack>> = OnceLock::new();
    let packs =
        PACKS.get_or_init(|| SOURCES.iter().map(|(language, files)| Pack::read(language, files)).collect());
    let known = packs.iter().position(|pack| pack.language == language).unwrap_or(0);
    &packs[known]
}

impl Pack {
    fn read(language: &'static str, files: &[&str]) -> Self {
        let mut pack = Self {
            language,
            entries: Vec::new(),
            forms: HashMap::new(),
            long_drugs: HashMap::new(),
            numbers: HashMap::new(),
            counts: HashMap::new(),
            endings: Vec::new(),
            phrases: HashMap::new(),
        };
        for line in files.iter().flat_map(|file| file.lines()) {
            let mut fields = line.split('\t');
            if let (Some(kind), Some(name), Some(forms)) = (fields.next(), fields.next(), fields.next()) {
                pack.add(kind, name, forms);
            }
        }
        for forms in pack.forms.values_mut() {
            forms.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        }
        pack
    }

    fn add(&mut self, kind: &str, name: &str, forms: &str) {
        let forms = forms.split('|').filter(|form| !form.is_empty());
        match kind {
            "number" => self.numbers.extend(forms.map(|form| (form.to_owned(), name.parse().unwrap_or(0)))),
            "counts" => self.counts.extend(forms.map(|form| (form.to_owned(), name.parse().unwrap_or(0)))),
            "ending" => self.endings.extend(forms.map(str::to_owned)),
            "phrase" => drop(self.phrases.insert(name.to_owned(), forms.collect::<Vec<_>>().join("|"))),
            _ => {
                let (kind, group) = kind.split_once(':').unwrap_or((kind, ""));
                let Some(kind) = Kind::read(kind) else { return };
                let entry = self.entries.len();
                self.entries.push(Entry { kind, group: group.to_owned(), name: name.to_owned() });
                for form in forms {
                    let words: Vec<String> =
                        tokens(&crate::text::clean::clean(form)).into_iter().map(|t| t.text).collect();
                    if let (Kind::Drug, [name]) = (kind, words.as_slice())
                        && let (Some(letter), true) = (name.chars().next(), name.chars().count() >= 8)
                    {
                        self.long_drugs.entry(letter).or_default().push((name.clone(), entry));
                    }
                    if let Some(first) = words.first().cloned() {
                        self.forms.entry(first).or_default().push((words, entry));
                    }
                }
            }
        }
    }

    /// What a hit means.
    pub(crate) fn entry(&self, hit: Hit) -> &Entry {
        &self.entries[hit.entry]
    }

    /// Everything known that the tokens say: of each kind the longest form at each place, without overlaps.
    pub(crate) fn hits(&self, tokens: &[Token]) -> Vec<Hit> {
        let mut hits: Vec<Hit> = Vec::new();
        for start in 0..tokens.len() {
            for (words, entry) in
                self.stems(&tokens[start].text).filter_map(|stem| self.forms.get(stem)).flatten()
            {
                let kind = self.entries[*entry].kind;
                let taken = hits.iter().any(|hit| hit.kind == kind && hit.end > start);
                if let Some(end) = self.says(tokens, start, words).filter(|_| !taken) {
                    hits.push(Hit { entry: *entry, kind, start, end });
                }
            }
            let unknown = !hits.iter().any(|hit| hit.end > start);
            if let Some(entry) = self.misheard(&tokens[start].text).filter(|_| unknown) {
                hits.push(Hit { entry, kind: Kind::Drug, start, end: start + 1 });
            }
        }
        hits
    }

    /// The medicine that a word which is in no table is a slip of: `diarolyte` is `dioralyte`. The more letters, the
    /// more of them may be wrong; two medicines that are as near are neither.
    fn misheard(&self, word: &str) -> Option<usize> {
        let length = word.chars().count();
        let most = match length {
            ..8 => return None,
            8..10 => 1,
            _ => 2,
        };
        let first = word.chars().next()?;
        if self.stems(word).any(|stem| self.forms.contains_key(stem)) {
            return None;
        }
        let mut nearest: Option<(usize, usize)> = None;
        let mut ambiguous = false;
        for (name, entry) in self.long_drugs.get(&first)? {
            let distance = slip::distance(word, name);
            match nearest {
                Some((known, at)) if known == distance => ambiguous |= at != *entry,
                Some((known, _)) if known < distance => {}
                _ => (nearest, ambiguous) = (Some((distance, *entry)), false),
            }
        }
        nearest.filter(|(distance, _)| *distance <= most && !ambiguous).map(|(_, entry)| entry)
    }

    /// The token after the form's last where the tokens say it from `start` on. `~` in a form stands for up to [`GAP`] words
    /// of the same clause: "pain ~ ears" is "pain in, in your ears".
    fn says(&self, tokens: &[Token], start: usize, words: &[String]) -> Option<usize> {
        let same = |token: &Token, word: &String| {
            token.text == *word || self.stems(&token.text).any(|stem| stem == word)
        };
        let Some(gap) = words.iter().position(|word| word == "~") else {
            let end = start + words.len();
            let said = tokens.get(start..end)?;
            return said.iter().zip(words).all(|(token, word)| same(token, word)).then_some(end);
        };
        let before = self.says(tokens, start, &words[..gap])?;
        let mut passed = 0;
        for at in before..tokens.len() {
            if let Some(end) = self.says(tokens, at, &words[gap + 1..]) {
                return Some(end);
            }
            let ends_clause = tokens[at].text == "or" || !(tokens[at].is_word() || tokens[at].text == ",");
            passed += usize::from(tokens[at].is_word());
            if ends_clause || passed > GAP {
                return None;
            }
        }
        None
    }

    /// The word itself, then without each ending of the language that it carries.
    fn stems<'w>(&'w self, word: &'w str) -> impl Iterator<Item = &'w str> {
        let bare = self.endings.iter().filter_map(move |ending| {
            let stem = word.strip_suffix(ending.as_str())?;
            (stem.chars().count() >= 2).then_some(stem)
        });
        std::iter::once(word).chain(bare)
    }

    /// True where the single word has an entry of the kind.
    pub(crate) fn is(&self, kind: Kind, word: &str) -> bool {
        self.forms.get(word).is_some_and(|forms| {
            forms.iter().any(|(words, entry)| words.len() == 1 && self.entries[*entry].kind == kind)
        })
    }

    /// True for a word that counts something: a dose, a time.
    pub(crate) fn is_unit_word(&self, word: &str) -> bool {
        self.stems(word).any(|stem| {
            self.is(Kind::DoseUnit, stem) || self.is(Kind::TimeUnit, stem) || self.is(Kind::Times, stem)
        })
    }

    /// The value of a number word.
    pub(crate) fn number(&self, word: &str) -> Option<u32> {
        self.numbers.get(word).copied()
    }

    /// How much a word that is no number counts: `twice` is 2.
    pub(crate) fn count(&self, word: &str) -> Option<u32> {
        self.counts.get(word).copied()
    }

    /// How the note says something: the phrase with `{}` replaced.
    pub(crate) fn phrase(&self, name: &str, filling: &str) -> String {
        self.phrases.get(name).map_or_else(|| filling.to_owned(), |phrase| phrase.replace("{}", filling))
    }
}
