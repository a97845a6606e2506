//! English word forms. Other languages are searched as they are written.

use std::borrow::Cow;

thread_local! {
    static ENGLISH: frostem::Stemmer = frostem::Stemmer::new(frostem::Algorithm::English);
}

/// The stem of a folded word that may be English (*headache* and *headaches* share one), or `None`.
pub fn stem(word: &str) -> Option<String> {
    if word.len() < 3 || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    Some(ENGLISH.with(|english| Cow::into_owned(english.stem(word))))
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn forms_of_a_word_share_a_stem() {
        for (one, other) in [("headache", "headaches"), ("migraine", "migraines"), ("treated", "treating")] {
            assert_eq!(stem(one), stem(other), "{one}");
        }
        assert_eq!(stem("درد"), None);
        assert_eq!(stem("b12"), None);
    }
}
