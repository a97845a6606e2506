//! A text as runs that each go one way.
//!
//! Word orders what stands within a run by the run, so a Persian sentence with an English name in it is three runs.

use super::text_of;
use crate::Language;
use crate::document::{Direction, direction};
use std::fmt::Write as _;

/// The runs of a text in a paragraph of a direction.
pub fn runs(text: &str, around: Language) -> String {
    let mut runs = String::new();
    for (way, part) in split(text, around) {
        // Rtl stands before lang (17.3.2).
        let (rtl, lang) = match way {
            Direction::RightToLeft => ("<w:rtl/>", "<w:lang w:bidi=\"fa-IR\"/>"),
            Direction::LeftToRight => ("", "<w:lang w:val=\"en-US\"/>"),
        };
        let part = text_of(&part);
        let _ = write!(runs, "<w:r><w:rPr>{rtl}{lang}</w:rPr><w:t xml:space=\"preserve\">{part}</w:t></w:r>");
    }
    runs
}

/// What is between two letters of one direction goes with them; between two directions, with the paragraph (UAX #9, N1
/// and N2).
fn split(text: &str, around: Language) -> Vec<(Direction, String)> {
    let base = around.direction();
    let letters: Vec<(char, Option<Direction>)> = text
        .chars()
        .map(|c| {
            let way = c.is_alphabetic().then(|| direction(c.encode_utf8(&mut [0; 4]), around));
            (c, way)
        })
        .collect();
    let mut parts: Vec<(Direction, String)> = Vec::new();
    let mut before = base;
    for (at, (c, way)) in letters.iter().enumerate() {
        let way = way.unwrap_or_else(|| {
            let next = letters.get(at..).into_iter().flatten().find_map(|(_, way)| *way).unwrap_or(base);
            if before == next { next } else { base }
        });
        if letters.get(at).is_some_and(|(_, own)| own.is_some()) {
            before = way;
        }
        match parts.last_mut() {
            Some((last, part)) if *last == way => part.push(*c),
            _ => parts.push((way, c.to_string())),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_goes_one_way() {
        use Direction::{LeftToRight as L, RightToLeft as R};
        let of = |text: &str, around| -> Vec<(Direction, String)> { split(text, around) };
        let expected =
            [(R, "سردرد (".to_owned()), (L, "tension headache".to_owned()), (R, ") دارد.".to_owned())];
        assert_eq!(of("سردرد (tension headache) دارد.", Language::Persian), expected);
        let expected = [(L, "Take ".to_owned()), (R, "قرص سفید".to_owned()), (L, ", twice.".to_owned())];
        assert_eq!(of("Take قرص سفید, twice.", Language::English), expected);
        assert_eq!(of("120/80", Language::Persian), [(R, "120/80".to_owned())]);
        assert_eq!(of("", Language::Persian), []);
    }
}
