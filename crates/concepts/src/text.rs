//! Finding concepts in a text.

use crate::table::Concepts;
use ward_search::text::{stem, words};

/// The words of a name, each as it is compared.
pub(crate) type Keys = Vec<String>;

/// The longest name that is looked for, in words.
const MAX_WORDS: usize = 8;
/// Words that turn what follows in their sentence into something that is not so.
const DENY: &[&str] = &[
    "no", "not", "denies", "denied", "deny", "without", "negative", "never", "niega", "sin", "nega", "sense",
    "بدون", "بدن", "ینفی", "لا", "بلا",
];
/// Words that turn what stood before them in their sentence into something that is not so.
const DENIED: &[&str] = &["ندارم", "ندارد", "نداره", "نداشت", "نداشته", "نیست", "نبود", "انکار"];
/// Words that end a denial.
const TURN: &[&str] =
    &["but", "however", "although", "except", "pero", "aunque", "però", "ولی", "اما", "لکن"];

/// A concept that a text names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mention {
    /// Number of the concept.
    pub concept: usize,
    /// It is said not to be so: *denies fever*.
    pub is_denied: bool,
}

/// What of a text is a concept, and what is none.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) mentions: Vec<Mention>,
    /// Words of no concept.
    pub(crate) words: Vec<String>,
}

/// The words of a name or text as they are compared: folded, English forms as one, parts of a joined word by themselves.
pub(crate) fn keys(text: &str) -> Keys {
    tokens(text).into_iter().map(|token| token.key).collect()
}

struct Token {
    key: String,
    /// As it was written, folded.
    word: String,
    /// First of a sentence.
    begins: bool,
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut end = 0;
    for word in words(text) {
        let gap = text.get(end..word.span.start).unwrap_or_default();
        let mut begins = end == 0 || gap.contains(['.', '!', '?', '\n', ';', '؟', '؛']);
        end = word.span.end;
        let parts = if word.parts.is_empty() { vec![word.text.into_string()] } else { word.parts };
        for word in parts {
            let key = stem(&word).unwrap_or_else(|| word.clone());
            tokens.push(Token { key, word, begins });
            begins = false;
        }
    }
    tokens
}

impl Concepts {
    /// The concepts that a text names, in the order of the text, each as often as it is named: the longest name at
    /// each place.
    pub fn find(&self, text: &str) -> Vec<Mention> {
        self.read_text(text).mentions
    }

    pub(crate) fn read_text(&self, text: &str) -> Read {
        let tokens = tokens(text);
        let mut read = Read::default();
        let (mut at, mut denying, mut sentence) = (0, false, 0);
        while at < tokens.len() {
            let token = &tokens[at];
            if token.begins {
                (denying, sentence) = (false, read.mentions.len());
            }
            if let Some((concept, length)) = self.longest(&tokens[at..]) {
                read.mentions.push(Mention { concept, is_denied: denying });
                at += length;
                continue;
            }
            let word = token.word.as_str();
            if DENY.contains(&word) {
                denying = true;
            } else if TURN.contains(&word) {
                denying = false;
            } else if DENIED.contains(&word) {
                read.mentions[sentence..].iter_mut().for_each(|mention| mention.is_denied = true);
            } else {
                read.words.push(token.key.clone());
            }
            at += 1;
        }
        read
    }

    fn longest(&self, tokens: &[Token]) -> Option<(usize, usize)> {
        let says = |words: &Keys| {
            words.len() <= tokens.len().min(MAX_WORDS)
                && words
                    .iter()
                    .zip(tokens)
                    .enumerate()
                    .all(|(at, (word, said))| *word == said.key && (at == 0 || !said.begins))
        };
        let forms = self.forms_from(&tokens.first()?.key);
        forms.iter().find(|(words, _)| says(words)).map(|(words, concept)| (*concept, words.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&'static str, bool)> {
        let concepts = Concepts::shared();
        let mentions = concepts.find(text).into_iter();
        mentions.map(|mention| (concepts.get(mention.concept).name.as_str(), mention.is_denied)).collect()
    }

    #[test]
    fn one_thing_has_many_names_in_many_languages() {
        for (name, spellings) in [
            (
                "heart attack",
                &[
                    "MI",
                    "myocardial infarction",
                    "heart attacks",
                    "سكته قلبي",
                    "سکته قلبی",
                    "infarto de miocardio",
                    "نوبة قلبية",
                ][..],
            ),
            (
                "headache",
                &["headaches", "سردرد", "سر درد", "dolor de cabeza", "Cefalea", "mal de cap", "صداع"],
            ),
            ("hypertension", &["HTN", "high blood pressure", "فشار خون بالا", "hipertension"]),
            ("shortness of breath", &["SOB", "dyspnoea", "تنگی نفس", "falta de aire", "breathless"]),
        ] {
            for spelling in spellings {
                assert_eq!(found(spelling), [(name, false)], "{spelling}");
            }
        }
    }

    #[test]
    fn what_is_denied_is_known_as_such_up_to_its_sentences_end() {
        assert_eq!(
            found("Denies fever, chills. Reports a headache but no vomiting."),
            [("fever", true), ("chills", true), ("headache", false), ("vomiting", true)]
        );
        assert_eq!(
            found("تب و سرفه ندارم. سردرد دارم"),
            [("fever", true), ("cough", true), ("headache", false)]
        );
    }

    #[test]
    fn the_longest_name_counts_and_none_crosses_a_sentence() {
        assert_eq!(found("type 2 diabetes"), [("type 2 diabetes", false)]);
        assert_eq!(found("It broke my heart. Attack is the best defence."), []);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC{0,200}") {
            let _ = found(&text);
        }
    }
}
