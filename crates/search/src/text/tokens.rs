//! What an index keeps of a text, so that a look-up by exact token or by a token's beginning finds every match.

use super::stem::with_other_stem;
use super::words::words_of;
use super::{MIN_PART_CHARS, Word};
use crate::field::Analysis;
use std::ops::Range;

/// Begins a token that is a stem: never a part of a word, so that stems and words do not mix.
pub const STEM_MARK: char = '\u{1}';

/// One entry of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What is looked up.
    pub text: String,
    /// The number of the word, from 0: neighbours in a phrase differ by 1.
    pub position: usize,
    /// The word's bytes in the text.
    pub span: Range<usize>,
}

/// The tokens of a field's text: each word as it is, and at the same position whatever else it shall be found by.
/// For identifiers and phone numbers that is every ending of the word: a part is the beginning of an ending.
pub fn tokens(analysis: Analysis, text: &str) -> Vec<Token> {
    let mut words = words_of(analysis, text).into_iter().enumerate().peekable();
    let mut tokens = Vec::with_capacity(words.len() + words.len() / 2);
    while let Some((position, Word { text, parts, span })) = words.next() {
        let more: Vec<String> = match analysis {
            Analysis::Prose => with_other_stem(&text, STEM_MARK).into_iter().collect(),
            Analysis::Name => {
                words.peek().map(|(_, next)| format!("{text}{}", next.text)).into_iter().collect()
            }
            Analysis::Fragment | Analysis::Digits => endings(&text).map(str::to_owned).collect(),
        };
        let all = std::iter::once(text.into_string()).chain(parts).chain(more);
        tokens.extend(all.map(|text| Token { text, position, span: span.clone() }));
    }
    tokens
}

fn endings(word: &str) -> impl Iterator<Item = &str> {
    let chars = word.chars().count();
    let starts = word.char_indices().skip(1).take(chars.saturating_sub(MIN_PART_CHARS));
    starts.map(|(at, _)| &word[at..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(analysis: Analysis, text: &str) -> Vec<(String, usize)> {
        tokens(analysis, text).into_iter().map(|token| (token.text, token.position)).collect()
    }

    fn pairs(expected: &[(&str, usize)]) -> Vec<(String, usize)> {
        expected.iter().map(|(text, position)| ((*text).to_owned(), *position)).collect()
    }

    #[test]
    fn each_kind_of_field_has_its_tokens() {
        assert_eq!(
            of(Analysis::Prose, "Headaches, pain"),
            pairs(&[("headaches", 0), ("\u{1}headach", 0), ("pain", 1)])
        );
        assert_eq!(of(Analysis::Name, "علی رضا"), pairs(&[("علی", 0), ("علیرضا", 0), ("رضا", 1)]));
        assert_eq!(
            of(Analysis::Fragment, "smith@x.org"),
            pairs(&[("smith", 0), ("mith", 0), ("ith", 0), ("x", 1), ("org", 2)])
        );
        assert_eq!(of(Analysis::Digits, "(01) 234"), pairs(&[("01234", 0), ("1234", 0), ("234", 0)]));
        assert_eq!(of(Analysis::Prose, "می\u{200C}رود"), pairs(&[("میرود", 0), ("می", 0), ("رود", 0)]));
    }
}
