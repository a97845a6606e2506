//! The ways in which a word that was asked for may be found, and how much each counts.

use super::MIN_PART_CHARS;
use super::parse::QueryWord;
use crate::field::Analysis;

/// How much a way counts, against 1 for the word itself: another form of it,
pub const STEM: f32 = 0.7;
/// it and its neighbour written as one,
pub const JOINED: f32 = 0.7;
/// all that non-joiners part it into,
pub const PARTS: f32 = 0.6;
/// a word that begins so,
pub const BEGINNING: f32 = 0.5;
/// a word with one typing error.
pub const TYPO: f32 = 0.1;

/// One way. What is to be found are tokens, as [`super::tokens`] makes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way<'q> {
    /// This token.
    Is(&'q str),
    /// The token of this stem, which begins with [`super::STEM_MARK`].
    Stem(&'q str),
    /// A token that begins so.
    Begins(&'q str),
    /// All of these.
    All(&'q [String]),
    /// A token one typing error away: [`super::within_one_edit`].
    Near(&'q str),
}

/// All ways for a word in a field of this analysis, with what each counts.
pub fn ways(analysis: Analysis, wanted: &QueryWord) -> Vec<(Way<'_>, f32)> {
    if analysis == Analysis::Digits {
        // Every ending of the number is a token, so the beginning of one is any part of the number.
        return wanted.digits.iter().map(|digits| (Way::Begins(digits), 1.0)).collect();
    }
    let mut ways = vec![(Way::Is(&wanted.text), 1.0)];
    if may_begin(analysis, wanted) {
        ways.push((Way::Begins(&wanted.text), BEGINNING));
    }
    if analysis == Analysis::Fragment {
        return ways;
    }
    ways.extend(wanted.joined.iter().map(|joined| (Way::Is(joined.as_str()), JOINED)));
    if !wanted.parts.is_empty() {
        ways.push((Way::All(&wanted.parts), PARTS));
    }
    if let (Analysis::Prose, Some(stem)) = (analysis, &wanted.stem) {
        ways.push((Way::Stem(stem), STEM));
        if *stem != wanted.text {
            ways.push((Way::Is(stem), STEM));
        }
    }
    if wanted.tolerates_typo {
        ways.push((Way::Near(&wanted.text), TYPO));
    }
    ways
}

/// True if the word may be the beginning of a token: of a word while it is being typed, of an ending always.
pub fn may_begin(analysis: Analysis, wanted: &QueryWord) -> bool {
    let long_enough = wanted.text.chars().nth(MIN_PART_CHARS - 1).is_some();
    match analysis {
        Analysis::Prose => wanted.is_prefix && long_enough,
        Analysis::Name => wanted.is_prefix,
        Analysis::Fragment => wanted.is_prefix || long_enough,
        Analysis::Digits => wanted.digits.is_some(),
    }
}
