//! Reading what a person typed.

use super::MIN_PART_CHARS;
use super::stem::stem;
use super::words::{Word, words};
use crate::error::Invalid;
use std::fmt;

/// The most characters of a query.
pub const MAX_QUERY_CHARS: usize = 512;
/// The most words of a query, those in quotes too.
pub const MAX_QUERY_WORDS: usize = 16;
/// Words shorter than this must be typed without an error.
const MIN_TYPO_CHARS: usize = 5;

/// Words that a text need not hold to be found. Only those that tell nothing in any place: *no* and *not* do.
const STOP_WORDS: &[&str] = &[
    "a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "had", "has", "have", "in", "is", "it",
    "of", "on", "or", "that", "the", "this", "to", "was", "were", "with", "و", "در", "به", "از", "که", "را",
    "با", "این", "ان", "برای", "است",
];

/// True for a folded word that tells nothing in any place.
pub fn is_common(word: &str) -> bool {
    STOP_WORDS.contains(&word)
}

/// A query taken apart. All words and all phrases must be found; with neither, every document is.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct QueryText {
    /// The words outside of quotes.
    pub words: Vec<QueryWord>,
    /// What stood in quotes: folded words that must follow one another. None is empty.
    pub phrases: Vec<Vec<String>>,
}

/// A word that was asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct QueryWord {
    /// The word, folded.
    pub text: String,
    /// Its English stem, where it may have one.
    pub stem: Option<String>,
    /// What zero-width non-joiners part it into: all of them together match too.
    pub parts: Vec<String>,
    /// This word and a neighbour written as one: each matches too.
    pub joined: Vec<String>,
    /// The digits of the number that it belongs to, without leading zeros, three at least: a phone number that holds
    /// them matches too.
    pub digits: Option<String>,
    /// True if it may be the beginning of a word.
    pub is_prefix: bool,
    /// True if it matches with one typing error.
    pub tolerates_typo: bool,
}

impl QueryText {
    /// Reads a query. Quotes (`"`, `“”`, `«»`) hold phrases; one that is not closed holds none.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        // Not more characters than bytes: most queries need no count.
        if text.len() > MAX_QUERY_CHARS && text.chars().count() > MAX_QUERY_CHARS {
            return Err(Invalid::QueryTooLong);
        }
        let is_quote = |c| matches!(c, '"' | '“' | '”' | '„' | '«' | '»');
        let segments: Vec<&str> = text.split(is_quote).collect();
        let last = segments.len() - 1;
        let mut query = Self::default();
        for (number, segment) in segments.iter().enumerate() {
            let words = words(segment);
            if number % 2 == 1 && number != last {
                let phrase: Vec<_> = words.into_iter().map(|word| word.text.into_string()).collect();
                query.phrases.extend((!phrase.is_empty()).then_some(phrase));
            } else {
                let typing = number == last
                    && words
                        .last()
                        .is_some_and(|word| !segment[word.span.end..].contains(char::is_whitespace));
                query.words.extend(plain(words, typing));
            }
        }
        if query.words.len() + query.phrases.iter().map(Vec::len).sum::<usize>() > MAX_QUERY_WORDS {
            return Err(Invalid::TooManyWords);
        }
        query.drop_stop_words();
        Ok(query)
    }

    /// True if every document matches.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.phrases.is_empty()
    }

    /// Words and phrases together.
    pub fn len(&self) -> usize {
        self.words.len() + self.phrases.len()
    }

    /// Unless nothing else would be left. The word being typed stays: it may become another.
    fn drop_stop_words(&mut self) {
        let matters = |word: &QueryWord| word.is_prefix || !is_common(&word.text);
        if !self.phrases.is_empty() || self.words.iter().any(matters) {
            self.words.retain(matters);
        }
    }
}

/// Neighbours outside of quotes.
fn plain(words: Vec<Word>, typing: bool) -> Vec<QueryWord> {
    let runs = digit_runs(&words);
    let texts: Vec<String> = words.iter().map(|word| word.text.to_string()).collect();
    let last = words.len().saturating_sub(1);
    let word = |(at, (word, digits)): (usize, (Word, Option<String>))| {
        let before = at.checked_sub(1).map(|before| format!("{}{}", texts[before], word.text));
        let after = texts.get(at + 1).map(|after| format!("{}{after}", word.text));
        let is_name = word.text.chars().all(char::is_alphabetic);
        QueryWord {
            stem: stem(&word.text),
            joined: before.into_iter().chain(after).collect(),
            digits,
            is_prefix: typing && at == last,
            tolerates_typo: is_name && word.text.chars().count() >= MIN_TYPO_CHARS,
            parts: word.parts,
            text: word.text.into_string(),
        }
    };
    words.into_iter().zip(runs).enumerate().map(word).collect()
}

/// For each word the digits of the run of numbers that it stands in: `+1 (555) 123` is one number in three words.
fn digit_runs(words: &[Word]) -> Vec<Option<String>> {
    let is_number = |word: &Word| word.text.bytes().all(|byte| byte.is_ascii_digit());
    let mut runs = Vec::with_capacity(words.len());
    for run in words.chunk_by(|a, b| is_number(a) == is_number(b)) {
        let digits: Option<String> = is_number(&run[0])
            .then(|| run.iter().map(|word| word.text.as_str()).collect::<String>())
            .map(|digits| digits.trim_start_matches('0').to_owned())
            .filter(|digits| digits.len() >= MIN_PART_CHARS);
        runs.extend(std::iter::repeat_n(digits, run.len()));
    }
    runs
}

/// Says how much was asked, never what.
impl fmt::Debug for QueryText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} words, {} phrases", self.words.len(), self.phrases.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> QueryText {
        QueryText::parse(text).unwrap()
    }

    fn texts(query: &QueryText) -> Vec<&str> {
        query.words.iter().map(|word| word.text.as_str()).collect()
    }

    #[test]
    fn quotes_hold_phrases_and_nothing_else_means_anything() {
        let query = parse(r#"fever "Chest Pain" +cough -rash title:x* "open"#);
        assert_eq!(query.phrases, [["chest", "pain"]]);
        assert_eq!(texts(&query), ["fever", "cough", "rash", "title", "x", "open"]);
        assert_eq!(parse("«درد سینه»").phrases, [["درد", "سینه"]]);
        assert!(parse(r#" "" ... "#).is_empty());
    }

    #[test]
    fn the_last_word_is_a_beginning_until_white_space_follows() {
        assert!(parse("anna smi").words[1].is_prefix);
        assert!(!parse("anna smi").words[0].is_prefix);
        assert!(!parse("anna smi ").words[1].is_prefix);
        assert!(!parse(r#"smi "x""#).words[0].is_prefix);
    }

    #[test]
    fn stop_words_count_only_where_nothing_else_does() {
        assert_eq!(texts(&parse("pain in the chest ")), ["pain", "chest"]);
        assert_eq!(texts(&parse("the ")), ["the"]);
        assert_eq!(texts(&parse("smith an")), ["smith", "an"]);
    }

    #[test]
    fn numbers_that_stand_together_are_one_number() {
        let query = parse("call +1 (555) 123");
        assert_eq!(query.words[0].digits, None);
        assert!(query.words[1..].iter().all(|word| word.digits.as_deref() == Some("1555123")));
        assert_eq!(parse("0912").words[0].digits.as_deref(), Some("912"));
        assert_eq!(parse("12").words[0].digits, None);
    }

    #[test]
    fn limits_hold() {
        assert_eq!(QueryText::parse(&"ی".repeat(513)), Err(Invalid::QueryTooLong));
        assert!(QueryText::parse(&"ی".repeat(512)).is_ok());
        assert_eq!(QueryText::parse(&"a ".repeat(17)), Err(Invalid::TooManyWords));
    }
}
