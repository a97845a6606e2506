//! What can be wrong with a value of the right kind.

use super::Given;
use std::fmt::Display;
use std::ops::RangeInclusive;

impl Given<String> {
    /// One line of text: trimmed, at most so many characters, no control characters. May be empty.
    #[must_use]
    pub fn line(self, max_chars: usize) -> Self {
        self.text(max_chars, char::is_control)
    }

    /// Text of several lines: trimmed at its ends, at most so many characters, no control characters but line ends
    /// and tabs. May be empty.
    #[must_use]
    pub fn lines(self, max_chars: usize) -> Self {
        self.text(max_chars, |c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    }

    fn text(self, max_chars: usize, forbidden: fn(char) -> bool) -> Self {
        self.and_then(|text| {
            let text = text.trim();
            if text.chars().count() > max_chars {
                return Err(format!("Must have at most {max_chars} characters."));
            }
            if text.contains(forbidden) {
                Err("Must not have control characters.".into())
            } else {
                Ok(text.to_owned())
            }
        })
    }

    /// A secret is taken as it stands, without trimming: at most so many bytes, and something.
    #[must_use]
    pub fn secret(self, max_bytes: usize) -> Self {
        self.and_then(|text| match text.len() {
            0 => Err("This field may not be blank.".to_owned()),
            len if len > max_bytes => Err(format!("Must have at most {max_bytes} bytes.")),
            _ => Ok(text),
        })
    }

    /// Something: to be asked after [`Given::line`] or [`Given::lines`], which trim.
    #[must_use]
    pub fn not_blank(self) -> Self {
        self.check(|text| !text.is_empty(), "This field may not be blank.")
    }

    /// One of some words, exactly as they are spelled.
    #[must_use]
    pub fn choice<T: Clone>(self, choices: &[(&str, T)]) -> Given<T> {
        self.and_then(|text| one_of(&text, choices))
    }
}

impl<T: PartialOrd + Display> Given<T> {
    /// A value from the first to the last of a range.
    #[must_use]
    pub fn within(self, range: RangeInclusive<T>) -> Self {
        self.and_then(|value| {
            if range.contains(&value) {
                return Ok(value);
            }
            Err(format!("Must be from {} to {}.", range.start(), range.end()))
        })
    }
}

impl<T> Given<Vec<T>> {
    /// At most so many items.
    #[must_use]
    pub fn at_most(self, max_items: usize) -> Self {
        self.check(|items| items.len() <= max_items, format!("Must have at most {max_items} items."))
    }
}

/// The choice that is spelled like this, or what can be chosen.
pub(crate) fn one_of<T: Clone>(text: &str, choices: &[(&str, T)]) -> Result<T, String> {
    let found = choices.iter().find(|(word, _)| *word == text.trim());
    found.map(|(_, value)| value.clone()).ok_or_else(|| {
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        format!("Must be one of: {}.", words.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Given<String> {
        Given::Value(text.to_owned())
    }

    #[test]
    fn texts_are_trimmed_and_bounded() {
        assert_eq!(text("  Sara ").line(4), text("Sara"));
        assert_eq!(text("سارا").line(4), text("سارا"));
        assert!(matches!(text("Sarah").line(4), Given::Wrong(_)));
        assert!(matches!(text("a\nb").line(9), Given::Wrong(_)));
        assert!(matches!(text("a\0b").lines(9), Given::Wrong(_)));
        assert_eq!(text("a\n\tb\r\n").lines(9), text("a\n\tb"));
        assert!(matches!(text("  ").line(9).not_blank(), Given::Wrong(_)));
        assert_eq!(text(" pass word ").secret(11), text(" pass word "));
        assert!(matches!(text("").secret(11), Given::Wrong(_)));
        assert_eq!(Given::<String>::Null.line(1).not_blank(), Given::Null);
    }

    #[test]
    fn ranges_choices_and_lists() {
        assert_eq!(Given::Value(150).within(0..=150), Given::Value(150));
        assert_eq!(Given::Value(151).within(0..=150), Given::Wrong("Must be from 0 to 150.".into()));
        assert!(matches!(Given::Value(f64::NAN).within(0.0..=1.0), Given::Wrong(_)));
        let choices = [("open", 1), ("closed", 2)];
        assert_eq!(text("closed").choice(&choices), Given::Value(2));
        assert_eq!(text("Closed").choice(&choices), Given::Wrong("Must be one of: open, closed.".into()));
        assert!(matches!(Given::Value(vec![1, 2]).at_most(1), Given::Wrong(_)));
    }
}
