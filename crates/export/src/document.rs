//! What every writer writes: a document of a few kinds of blocks.

use crate::Language;

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What it is called; nothing of whose it is.
    pub title: String,
    /// Its words' language; its pages run that way.
    pub language: Language,
    /// Said on every page of what is not signed.
    pub draft: Option<String>,
    /// On the head of every page: the hospital, and whose note of when this is.
    pub head: [String; 2],
    /// At the foot of every page, beside its number.
    pub foot: String,
    /// What it says, in order.
    pub blocks: Vec<Block>,
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading of the levels 1 to 3.
    Heading(u8, String),
    /// A paragraph.
    Paragraph(String),
    /// A list with dots.
    List(Vec<String>),
    /// What each is called, and what it is.
    Pairs(Vec<(String, String)>),
    /// A table with a head.
    Table(Vec<String>, Vec<Vec<String>>),
}

/// Where a text begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// On the left.
    LeftToRight,
    /// On the right.
    RightToLeft,
}

/// Which way a text runs: as its first letter does (UAX #9, P2), or where it has none, as its surroundings.
pub fn direction(text: &str, around: Language) -> Direction {
    let strong = text.chars().find_map(|c| match c {
        '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' => {
            // Digits are no letters: numbers run one way in every language.
            c.is_alphabetic().then_some(Direction::RightToLeft)
        }
        _ => c.is_alphabetic().then_some(Direction::LeftToRight),
    });
    strong.unwrap_or_else(|| around.direction())
}

/// A text without what is no text: controls that could hide or turn round what is said (UAX #9, 2.1 and 2.2), and line
/// ends of all kinds. What joins letters stays.
pub fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' | '\u{A0}' | '\u{2028}' | '\u{2029}' => clean.push(' '),
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}' => {}
            c if c.is_control() => {}
            c => clean.push(c),
        }
    }
    clean.trim().to_owned()
}

/// The lines of a text, cleaned, without empty ones.
pub fn lines(text: &str) -> Vec<String> {
    text.lines().map(clean).filter(|line| !line.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_runs_as_its_first_letter() {
        use Direction::{LeftToRight, RightToLeft};
        for (text, around, expected) in [
            ("سردرد (headache)", Language::English, RightToLeft),
            ("1. Ibuprofen دو بار", Language::Persian, LeftToRight),
            ("120/80", Language::Persian, RightToLeft),
            ("۱۲۰", Language::English, LeftToRight),
            ("", Language::Persian, RightToLeft),
        ] {
            assert_eq!(direction(text, around), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_text_goes() {
        assert_eq!(clean("a\u{202E}b\u{0}\tc\u{7}"), "ab c");
        assert_eq!(clean("می\u{200C}رود"), "می\u{200C}رود");
        assert_eq!(lines("a\r\n\n b \n\u{202E}\n"), ["a", "b"]);
    }
}
