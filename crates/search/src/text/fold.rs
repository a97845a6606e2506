//! Folding: what a reader takes for the same letter becomes the same letter.

use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_normalizer::properties::CanonicalCombiningClassMapBorrowed;

const NFKD: DecomposingNormalizerBorrowed<'static> = DecomposingNormalizerBorrowed::new_nfkd();
const COMBINING: CanonicalCombiningClassMapBorrowed<'static> = CanonicalCombiningClassMapBorrowed::new();

/// A whole text folded: lower case, compatibility forms taken apart (NFKD), accents and vowel signs dropped, Arabic
/// letters in their Persian spelling, Arabic and Persian digits as ASCII; invisible characters dropped, white space
/// trimmed. Folding twice changes nothing.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().filter(|&c| !is_invisible(c) && !is_joiner(c)) {
        fold_char(c, &mut folded);
    }
    folded.trim().to_owned()
}

/// Appends what `c` folds to; nothing for an accent.
pub(super) fn fold_char(c: char, out: &mut String) {
    if c.is_ascii() {
        out.push(c.to_ascii_lowercase());
        return;
    }
    if let Some(plain) = persian(c) {
        out.push(plain);
        return;
    }
    // Lower case comes after: the compatibility forms of capitals are capitals.
    for part in NFKD.normalize_iter(std::iter::once(c)).flat_map(char::to_lowercase) {
        if is_accent(part) || is_invisible(part) {
            continue;
        }
        match expand(part) {
            Some(spelled) => out.push_str(spelled),
            None => out.push(persian(part).unwrap_or(part)),
        }
    }
}

/// A mark upon the letter before it: accents, Hebrew and Arabic vowel signs.
pub(super) fn is_accent(c: char) -> bool {
    !c.is_ascii() && COMBINING.get_u8(c) != 0
}

/// Joins or parts letters without being one: the zero-width (non-)joiner.
pub(super) const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

/// Not seen by a reader: soft hyphen, tatweel, marks of direction, byte order mark.
pub(super) const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{640}' | '\u{61C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{FEFF}')
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FE0E}' | '\u{FE0F}')
}

/// Letters of the Arabic script as Persian spells them, and their digits. The letters that stay are listed too: they
/// are most of a Persian text and need not go through the tables. All of them are letters or digits.
pub(super) const fn persian(c: char) -> Option<char> {
    Some(match c {
        'ي' | 'ى' | 'ې' | 'ے' => 'ی',
        'ك' | 'ڪ' => 'ک',
        'ة' | 'ە' | 'ہ' | 'ھ' | 'ۃ' => 'ه',
        'ٱ' => 'ا',
        'ا' | 'ب' | 'پ' | 'ت' | 'ث' | 'ج' | 'چ' | 'ح' | 'خ' | 'د' | 'ذ' | 'ر' | 'ز' | 'ژ' | 'س' | 'ش'
        | 'ص' | 'ض' | 'ط' | 'ظ' | 'ع' | 'غ' | 'ف' | 'ق' | 'ک' | 'گ' | 'ل' | 'م' | 'ن' | 'و' | 'ه' | 'ی' => {
            c
        }
        '٠'..='٩' => digit(c, '٠'),
        '۰'..='۹' => digit(c, '۰'),
        _ => return None,
    })
}

const fn digit(c: char, zero: char) -> char {
    // Both are within one block of ten, so the difference fits.
    #[allow(clippy::cast_possible_truncation)]
    let value = (c as u32 - zero as u32) as u8;
    (b'0' + value) as char
}

/// Letters that are no accented form of another but are spelled so where a keyboard lacks them.
const fn expand(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ı' => "i",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn what_looks_the_same_folds_the_same() {
        for (one, other) in [
            ("Müller", "MULLER"),
            ("Straße", "strasse"),
            ("Łukasz", "lukasz"),
            ("İstanbul", "istanbul"),
            ("e\u{301}mile", "Émile"),
            ("ﬁbrillation", "fibrillation"),
            ("ＡＢＣ１２", "abc12"),
            ("علي", "علی"),
            ("كريم", "کریم"),
            ("فاطمة", "فاطمه"),
            ("آرش", "ارش"),
            ("مسؤول", "مسوول"),
            ("مُحَمَّد", "محمد"),
            ("محـــمد", "محمد"),
            ("۱۲۳٤٥٦", "123456"),
            ("می\u{200C}خواهم", "میخواهم"),
            ("  spaced\u{200F} ", "spaced"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        assert_ne!(fold("سر"), fold("شر"));
    }

    proptest::proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            let once = fold(&text);
            proptest::prop_assert_eq!(fold(&once), once);
        }
    }
}
