//! Which words of a text match a query: for highlighting, and for back ends that cannot say it themselves.

use super::MIN_PART_CHARS;
use super::parse::{QueryText, QueryWord};
use super::stem::stem;
use super::words::Word;
use crate::field::Analysis;

/// A word of a text that matches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mark {
    /// Which part of the query: its words come first, then its phrases.
    pub part: usize,
    /// How well: 1 for the word itself.
    pub quality: f32,
}

/// A query, ready to be laid over texts.
pub struct Matcher<'q> {
    query: &'q QueryText,
}

impl<'q> Matcher<'q> {
    /// For this query.
    pub const fn new(query: &'q QueryText) -> Self {
        Self { query }
    }

    /// How many words and phrases there are to be found.
    pub fn parts(&self) -> usize {
        self.query.len()
    }

    /// For each word of a field's text the best match, if any. A phrase's words match only where all stand together.
    pub fn marks(&self, analysis: Analysis, words: &[Word]) -> Vec<Option<Mark>> {
        let mut marks: Vec<Option<Mark>> = words.iter().map(|word| self.mark(analysis, word)).collect();
        for (number, phrase) in self.query.phrases.iter().enumerate() {
            let found = Mark { part: self.query.words.len() + number, quality: 1.0 };
            for (at, run) in words.windows(phrase.len()).enumerate() {
                if run.iter().zip(phrase).all(|(word, wanted)| word.text == *wanted) {
                    marks[at..at + phrase.len()].fill(Some(found));
                }
            }
        }
        marks
    }

    fn mark(&self, analysis: Analysis, word: &Word) -> Option<Mark> {
        let mut best = None::<Mark>;
        for (part, wanted) in self.query.words.iter().enumerate() {
            let quality = quality(analysis, wanted, word);
            if quality > best.map_or(0.0, |mark| mark.quality) {
                best = Some(Mark { part, quality });
            }
        }
        best
    }
}

/// How well a word matches, 0 if it does not.
fn quality(analysis: Analysis, wanted: &QueryWord, word: &Word) -> f32 {
    if analysis == Analysis::Digits {
        let found = wanted.digits.as_ref().is_some_and(|digits| word.text.contains(digits.as_str()));
        return if found { 1.0 } else { 0.0 };
    }
    let long_enough = || wanted.text.chars().nth(MIN_PART_CHARS - 1).is_some();
    let begins = |word: &str| {
        wanted.is_prefix && word.starts_with(&wanted.text) && (analysis != Analysis::Prose || long_enough())
    };
    if word.text == wanted.text {
        1.0
    } else if begins(&word.text)
        || (analysis == Analysis::Prose && share_stem(wanted, &word.text))
        || (analysis != Analysis::Fragment && wanted.joined.iter().any(|joined| word.text == *joined))
    {
        0.8
    } else if analysis == Analysis::Fragment && long_enough() && word.text.contains(&wanted.text) {
        0.7
    } else if word.parts.contains(&wanted.text) || wanted.parts.iter().any(|part| word.text == *part) {
        0.6
    } else if analysis != Analysis::Fragment
        && wanted.tolerates_typo
        && within_one_edit(&wanted.text, &word.text)
    {
        0.5
    } else {
        0.0
    }
}

fn share_stem(wanted: &QueryWord, word: &str) -> bool {
    let Some(wanted) = &wanted.stem else { return false };
    // Stemming changes endings: comparing the beginnings saves most of the work.
    let begins_alike =
        word.bytes().zip(wanted.bytes()).take(MIN_PART_CHARS - 1).all(|(one, other)| one == other);
    begins_alike && (word == wanted || stem(word).as_ref() == Some(wanted))
}

/// True if one character more, less, other, or two neighbours exchanged make one word of the other. It is asked for each
/// word of every text that is shown: it takes no memory.
pub fn within_one_edit(one: &str, other: &str) -> bool {
    const LONGEST_CHAR: usize = 4;
    if one.len().abs_diff(other.len()) > LONGEST_CHAR {
        return false;
    }
    // Most words differ at both ends, which one edit makes of very short ones alone.
    let first_differ = one.bytes().next() != other.bytes().next();
    if first_differ && one.bytes().next_back() != other.bytes().next_back() && one.chars().nth(2).is_some() {
        return false;
    }
    let (one, other) = without_common_ends(one, other);
    let (mut one, mut other) = (one.chars(), other.chars());
    match ((one.next(), one.next()), (other.next(), other.next())) {
        ((_, None), (_, None)) => true,
        ((Some(a), Some(b)), (Some(c), Some(d))) => {
            (a, b) == (d, c) && one.next().is_none() && other.next().is_none()
        }
        _ => false,
    }
}

/// What is left of both without what they begin and end with alike.
fn without_common_ends<'a, 'b>(one: &'a str, other: &'b str) -> (&'a str, &'b str) {
    let length = |pairs: &mut dyn Iterator<Item = (char, char)>| -> usize {
        pairs.take_while(|(a, b)| a == b).map(|(alike, _)| alike.len_utf8()).sum()
    };
    let start = length(&mut one.chars().zip(other.chars()));
    let (one, other) = (&one[start..], &other[start..]);
    let end = length(&mut one.chars().rev().zip(other.chars().rev()));
    (&one[..one.len() - end], &other[..other.len() - end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::words_of;

    #[test]
    fn one_edit_is_one_edit() {
        for (one, other) in
            [("smith", "smith"), ("smith", "smyth"), ("smith", "smit"), ("smith", "msith"), ("", "a")]
        {
            assert!(within_one_edit(one, other) && within_one_edit(other, one), "{one} {other}");
        }
        for (one, other) in [("smith", "smthi2"), ("smith", "sm"), ("abcd", "badc"), ("ileum", "ilia")] {
            assert!(!within_one_edit(one, other) && !within_one_edit(other, one), "{one} {other}");
        }
    }

    proptest::proptest! {
        #[test]
        fn it_is_the_distance_with_exchanges(one in "[abé]{0,5}", other in "[abé]{0,5}") {
            proptest::prop_assert_eq!(within_one_edit(&one, &other), strsim::osa_distance(&one, &other) <= 1);
        }
    }

    fn marked(analysis: Analysis, query: &str, text: &str) -> Vec<String> {
        let query = QueryText::parse(query).unwrap();
        let words = words_of(analysis, text);
        let marks = Matcher::new(&query).marks(analysis, &words);
        let marked = words.iter().zip(marks).filter(|(_, mark)| mark.is_some());
        marked.map(|(word, _)| text[word.span.clone()].to_owned()).collect()
    }

    #[test]
    fn what_matches_is_marked() {
        assert_eq!(marked(Analysis::Prose, "headache ", "Headaches; head aches"), ["Headaches"]);
        assert_eq!(marked(Analysis::Prose, r#""chest pain""#, "Pain. Chest pain, chest"), ["Chest", "pain"]);
        assert_eq!(marked(Analysis::Prose, "hypertenson", "hypertension, hypotension"), ["hypertension"]);
        assert_eq!(marked(Analysis::Prose, "pa", "pain"), Vec::<String>::new());
        assert_eq!(marked(Analysis::Name, "pa", "Paul Apa"), ["Paul"]);
        assert_eq!(marked(Analysis::Name, "علی رضا", "علیرضا"), ["علیرضا"]);
        assert_eq!(marked(Analysis::Fragment, "mit", "j.smith@x.org"), ["smith"]);
        assert_eq!(marked(Analysis::Digits, "0555-123", "+1 555 1234"), ["1 555 1234"]);
    }
}
