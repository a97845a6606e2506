//! What a word is.

use super::fold::{fold_char, is_accent, is_invisible, is_joiner, persian};
use crate::field::Analysis;
use compact_str::CompactString;
use std::ops::Range;

/// Words are cut after so many characters: longer ones are no words, and indexes bound theirs.
pub const MAX_WORD_CHARS: usize = 64;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The word, folded. Most words fit into it: texts of hits are cut into words while somebody waits.
    pub text: CompactString,
    /// What zero-width non-joiners part it into, folded; empty if there is none. Persian writes می‌خواهم with one, but
    /// many a typist with a space or nothing.
    pub parts: Vec<String>,
    /// Its bytes in the text.
    pub span: Range<usize>,
}

/// The words of a field's text. A phone number is one word: its digits.
pub fn words_of(analysis: Analysis, text: &str) -> Vec<Word> {
    match analysis {
        Analysis::Digits => digits(text).into_iter().collect(),
        Analysis::Prose | Analysis::Name | Analysis::Fragment => words(text),
    }
}

/// The words of a text: runs of letters and digits. An apostrophe or middle dot between letters belongs to the word
/// and is dropped (O'Brien, col·lega).
pub fn words(text: &str) -> Vec<Word> {
    // About as many as a text has.
    let mut words = Vec::with_capacity(text.len() / 6);
    let (mut open, mut folded) = (Open::default(), String::new());
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let run = text.as_bytes()[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        if run > 0 {
            open.push_ascii(&text[at..at + run], at);
            at += run;
            continue;
        }
        let end = at + c.len_utf8();
        if let Some(plain) = persian(c) {
            open.push_plain(plain, at, end);
        } else if c.is_alphanumeric() {
            folded.clear();
            fold_char(c, &mut folded);
            open.push(&folded, at, end);
        } else if open.is_empty() {
        } else if is_accent(c) {
            open.end = end;
        } else if is_joiner(c) {
            open.part();
        } else if is_invisible(c)
            || (is_inner(c) && text[end..].chars().next().is_some_and(char::is_alphanumeric))
        {
        } else {
            open.close(&mut words);
        }
        at = end;
    }
    open.close(&mut words);
    words
}

const fn is_inner(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2BC}' | '\u{B7}')
}

/// The word that is being read.
#[derive(Default)]
struct Open {
    text: CompactString,
    parts: Vec<String>,
    part_start: usize,
    chars: usize,
    start: usize,
    end: usize,
}

impl Open {
    fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The same as [`Self::push`] for letters and digits of ASCII, which come in runs.
    fn push_ascii(&mut self, run: &str, at: usize) {
        if self.is_empty() {
            self.start = at;
        }
        self.end = at + run.len();
        let room = MAX_WORD_CHARS.saturating_sub(self.chars).min(run.len());
        self.chars += run.len();
        let from = self.text.len();
        self.text.push_str(&run[..room]);
        self.text[from..].make_ascii_lowercase();
    }

    /// The same as [`Self::push`] for a letter or digit that is known to fold to one, as most of most texts are.
    fn push_plain(&mut self, folded: char, at: usize, end: usize) {
        if self.is_empty() {
            self.start = at;
        }
        self.end = end;
        self.chars += 1;
        if self.chars <= MAX_WORD_CHARS {
            self.text.push(folded);
        }
    }

    fn push(&mut self, folded: &str, at: usize, end: usize) {
        if self.is_empty() {
            self.start = at;
        }
        self.end = end;
        self.chars += 1;
        if self.chars <= MAX_WORD_CHARS {
            // A letter's compatibility form may hold more than letters: ½ is 1⁄2.
            self.text.extend(folded.chars().filter(|c| c.is_alphanumeric()));
        }
    }

    fn part(&mut self) {
        if self.text.len() > self.part_start {
            self.parts.push(self.text[self.part_start..].to_owned());
            self.part_start = self.text.len();
        }
    }

    fn close(&mut self, words: &mut Vec<Word>) {
        if self.is_empty() {
            return;
        }
        let mut open = std::mem::take(self);
        if !open.parts.is_empty() {
            open.part();
        }
        if open.parts.len() < 2 {
            open.parts.clear();
        }
        if !open.text.is_empty() {
            words.push(Word { text: open.text, parts: open.parts, span: open.start..open.end });
        }
    }
}

fn digits(text: &str) -> Option<Word> {
    let mut digits = String::new();
    let mut span = None::<Range<usize>>;
    let mut folded = String::new();
    for (at, c) in text.char_indices().filter(|(_, c)| c.is_alphanumeric()) {
        folded.clear();
        fold_char(c, &mut folded);
        if folded.bytes().all(|byte| byte.is_ascii_digit()) && digits.len() < MAX_WORD_CHARS {
            digits.push_str(&folded);
            span = Some(span.map_or(at, |span| span.start)..at + c.len_utf8());
        }
    }
    span.map(|span| Word { text: digits.into(), parts: Vec::new(), span })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.text.into()).collect()
    }

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        assert_eq!(of("Crohn's disease (x-ray), 37.5°C"), ["crohns", "disease", "x", "ray", "37", "5", "c"]);
        assert_eq!(of("john.smith_92@mail.example"), ["john", "smith", "92", "mail", "example"]);
        assert_eq!(of("O’Brien 'quoted' col·lega"), ["obrien", "quoted", "collega"]);
        assert_eq!(of("...—!"), Vec::<String>::new());
    }

    #[test]
    fn a_non_joiner_parts_a_word_without_ending_it() {
        let word = words("او می\u{200C}خواهد.").pop().unwrap();
        assert_eq!(word.text, "میخواهد");
        assert_eq!(word.parts, ["می", "خواهد"]);
        assert!(words("کتاب\u{200C} ").pop().unwrap().parts.is_empty());
    }

    #[test]
    fn spans_cover_the_word_as_it_stands() {
        let text = "señor e\u{301}mile، علي";
        let spans: Vec<_> = words(text).into_iter().map(|word| &text[word.span]).collect();
        assert_eq!(spans, ["señor", "e\u{301}mile", "علي"]);
    }

    #[test]
    fn a_phone_number_is_its_digits() {
        let text = "tel. +۹۸ (912) 345-6789 ";
        let word = words_of(Analysis::Digits, text).pop().unwrap();
        assert_eq!(word.text, "989123456789");
        assert_eq!(&text[word.span], "۹۸ (912) 345-6789");
        assert!(words_of(Analysis::Digits, "none").is_empty());
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_words_within_it(text in "\\PC{0,60}") {
            let mut before = 0;
            for word in words(&text) {
                proptest::prop_assert!(word.span.start >= before && !text[word.span.clone()].is_empty());
                proptest::prop_assert!(word.text.chars().all(char::is_alphanumeric), "{}", word.text);
                before = word.span.end;
            }
        }
    }
}
