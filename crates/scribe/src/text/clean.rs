//! One spelling for what keyboards, speech engines and transcribers write in many.

/// Folds letters and digits, removes transcribers' tags and the spaces that a tokeniser left before marks.
pub(crate) fn clean(text: &str) -> String {
    let folded: String = without_tags(text).chars().filter_map(fold).collect();
    let mut out = String::with_capacity(folded.len());
    for word in folded.split_whitespace() {
        let mark = word
            .chars()
            .all(|letter| matches!(letter, ',' | '.' | '?' | '!' | ';' | ':' | '،' | '؟' | '؛' | '%'));
        let tail = word == "n't"
            || (word.starts_with('\'') && word.len() > 1)
            || (word == "na" && ends_in_contraction(&out));
        if !out.is_empty() && !mark && !tail {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// `gon na` and `wan na` as some tokenisers cut them.
fn ends_in_contraction(out: &str) -> bool {
    ["gon", "wan", "Gon", "Wan"].iter().any(|start| out.ends_with(start))
}

/// Transcribers' tags (`<UNIN/>`, `<UNSURE>`, `<INAUDIBLE_SPEECH/>`) go, the words between them stay.
fn without_tags(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        let tail = &rest[open..];
        let close = tail
            .find('>')
            .filter(|&at| tail[1..at].chars().all(|c| c.is_ascii_uppercase() || matches!(c, '/' | '_')));
        if let Some(at) = close {
            out.push(' ');
            rest = &tail[at + 1..];
        } else {
            out.push('<');
            rest = &tail[1..];
        }
    }
    out.push_str(rest);
    out
}

/// Arabic letters in their Persian form, digits in ASCII, one apostrophe, no direction marks.
fn fold(letter: char) -> Option<char> {
    Some(match letter {
        'ي' | 'ى' | 'ې' => 'ی',
        'ك' => 'ک',
        'ة' | 'ۀ' => 'ه',
        'أ' | 'إ' | 'ٱ' => 'ا',
        'ؤ' => 'و',
        '۰'..='۹' => digit(letter, '۰'),
        '٠'..='٩' => digit(letter, '٠'),
        '٫' | '…' => '.',
        '’' | '‘' | '`' | '´' => '\'',
        '“' | '”' | '«' | '»' => '"',
        '–' | '—' => '-',
        'ـ' | '\u{200e}' | '\u{200f}' | '\u{feff}' | '\u{064b}'..='\u{0652}' => return None,
        '\u{200c}' | '\u{200d}' | '\u{00a0}' => '\u{200c}',
        other if other.is_control() && !other.is_whitespace() => return None,
        other => other,
    })
}

fn digit(letter: char, zero: char) -> char {
    char::from_digit((letter as u32).saturating_sub(zero as u32), 10).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persian_is_written_one_way() {
        assert_eq!(clean("يك قرص ۵۰۰ ميلي\u{200c}گرمي ٣ بار"), "یک قرص 500 میلی\u{200c}گرمی 3 بار");
    }

    #[test]
    fn tokenised_english_is_put_together() {
        assert_eq!(clean("i do n't know , uh , it 's gon na hurt ."), "i don't know, uh, it's gonna hurt.");
        assert_eq!(clean("<UNSURE>Hello how</UNSURE> um <UNIN/> a < b"), "Hello how um a < b");
    }
}
