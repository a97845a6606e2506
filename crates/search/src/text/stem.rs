//! English word forms. Other languages are searched as they are written.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

/// Words whose stems a thread remembers.
const REMEMBERED: usize = 8_192;

/// Words and their stems; none where that is the word itself.
type Stems = HashMap<Box<str>, Option<Box<str>>>;

thread_local! {
    static ENGLISH: frostem::Stemmer = frostem::Stemmer::new(frostem::Algorithm::English);
    static STEMS: RefCell<Stems> = RefCell::new(Stems::new());
}

/// The stem of a folded word that may be English (*headache* and *headaches* share one), or `None`.
pub fn stem(word: &str) -> Option<String> {
    if !may_be_english(word) {
        return None;
    }
    Some(ENGLISH.with(|english| Cow::into_owned(english.stem(word))))
}

fn may_be_english(word: &str) -> bool {
    word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// The stem where it is another than the word, appended to `begun`. Of few words most texts are made, so stems are
/// remembered: finding one costs ten times what looking it up does.
pub(super) fn with_other_stem(word: &str, begun: char) -> Option<String> {
    if !may_be_english(word) {
        return None;
    }
    let marked = |stem: &str| {
        let mut out = String::with_capacity(begun.len_utf8() + stem.len());
        out.push(begun);
        out.push_str(stem);
        out
    };
    STEMS.with_borrow_mut(|stems| {
        if let Some(known) = stems.get(word) {
            return known.as_deref().map(marked);
        }
        let other = stem(word).filter(|stem| stem != word).map(String::into_boxed_str);
        let out = other.as_deref().map(marked);
        if stems.len() >= REMEMBERED {
            stems.clear();
        }
        stems.insert(word.into(), other);
        out
    })
}

#[cfg(test)]
mod tests {
    use super::{REMEMBERED, stem, with_other_stem};

    #[test]
    fn what_is_remembered_is_what_is_found() {
        // Twice, and past the end of what is remembered.
        for round in 0..2 {
            for number in 0..=REMEMBERED {
                let tail = u32::try_from(number).unwrap();
                let letters = (0..4).map(|nth| char::from_u32(97 + tail / 10_u32.pow(nth) % 10).unwrap());
                let word = letters.collect::<String>() + ["ing", "y"][number % 2];
                let expected = stem(&word).filter(|stem| *stem != word).map(|stem| format!("+{stem}"));
                assert_eq!(with_other_stem(&word, '+'), expected, "{word} in round {round}");
            }
        }
        assert_eq!(with_other_stem("درد", '+'), None);
    }

    #[test]
    fn forms_of_a_word_share_a_stem() {
        for (one, other) in [("headache", "headaches"), ("migraine", "migraines"), ("treated", "treating")] {
            assert_eq!(stem(one), stem(other), "{one}");
        }
        assert_eq!(stem("درد"), None);
        assert_eq!(stem("b12"), None);
    }
}
