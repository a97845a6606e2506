//! Words, numbers and marks.

/// One word, number or mark of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// In small letters.
    pub(crate) text: String,
    /// First byte in the sentence.
    pub(crate) start: usize,
    /// Byte after the last.
    pub(crate) end: usize,
}

impl Token {
    /// True for letters and digits, false for marks.
    pub(crate) fn is_word(&self) -> bool {
        self.text.chars().next().is_some_and(char::is_alphanumeric)
    }

    /// True for `5`, `38.5`.
    pub(crate) fn is_number(&self) -> bool {
        self.text.bytes().next().is_some_and(|byte| byte.is_ascii_digit())
            && self.text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    }

    /// The number, where it is one.
    pub(crate) fn number(&self) -> Option<f64> {
        if self.is_number() { self.text.parse().ok() } else { None }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    Mark,
    Space,
}

fn class(letter: char) -> Class {
    if letter.is_ascii_digit() {
        Class::Digit
    } else if letter.is_alphanumeric() || is_joined(letter) {
        Class::Letter
    } else if letter.is_whitespace() || letter == '\u{200c}' {
        // The Persian half-space parts a word from its ending; rules read both parts.
        Class::Space
    } else {
        Class::Mark
    }
}

/// Arabic-script vowel signs belong to the word they stand on.
fn is_joined(letter: char) -> bool {
    matches!(letter, '\u{0610}'..='\u{061a}' | '\u{064b}'..='\u{065f}' | '\u{0670}')
}

/// The tokens of a sentence. `don't` is one, `20mg` two, `38.5` one, `x-ray` three.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let letters: Vec<(usize, char)> = text.char_indices().collect();
    let class_at = |index: usize| letters.get(index).map_or(Class::Space, |&(_, letter)| class(letter));
    let (mut tokens, mut index) = (Vec::new(), 0);
    while index < letters.len() {
        let from = index;
        let first = class_at(index);
        index += 1;
        match first {
            Class::Space => continue,
            Class::Mark => {}
            Class::Digit => {
                while class_at(index) == Class::Digit
                    || (letters.get(index).is_some_and(|&(_, letter)| letter == '.')
                        && class_at(index + 1) == Class::Digit)
                {
                    index += 1;
                }
            }
            Class::Letter => {
                while class_at(index) == Class::Letter
                    || (letters.get(index).is_some_and(|&(_, letter)| letter == '\'')
                        && class_at(index + 1) == Class::Letter)
                {
                    index += 1;
                }
            }
        }
        let start = letters[from].0;
        let end = letters.get(index).map_or(text.len(), |&(at, _)| at);
        tokens.push(Token { text: text[start..end].to_lowercase(), start, end });
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_numbers_and_marks() {
        let texts = |text: &str| tokens(text).into_iter().map(|token| token.text).collect::<Vec<_>>();
        assert_eq!(texts("Don't take 20mg, 38.5."), ["don't", "take", "20", "mg", ",", "38.5", "."]);
        assert_eq!(texts("x-ray 120/80"), ["x", "-", "ray", "120", "/", "80"]);
        assert_eq!(texts("سر\u{200c}درد، ندارم"), ["سر", "درد", "،", "ندارم"]);
    }
}
