//! Names of medicines as they are compared: lower case, without accents, strengths, salts and forms.

use icu_normalizer::DecomposingNormalizerBorrowed;

const NFKD: DecomposingNormalizerBorrowed<'static> = DecomposingNormalizerBorrowed::new_nfkd();

/// Salts, forms and units: what stands beside a medicine's name and does not make it another medicine.
const BESIDE: &[&str] = &[
    "acetate",
    "besilate",
    "besylate",
    "bromide",
    "calcium",
    "citrate",
    "fumarate",
    "gluconate",
    "hcl",
    "hydrobromide",
    "hydrochloride",
    "maleate",
    "mesilate",
    "mesylate",
    "nitrate",
    "phosphate",
    "potassium",
    "sodium",
    "succinate",
    "sulfate",
    "sulphate",
    "tartrate",
    "trihydrate",
    "anhydrous",
    "hidrocloruro",
    "clorhidrato",
    "sodico",
    "calcica",
    "tablet",
    "tablets",
    "tab",
    "tabs",
    "capsule",
    "capsules",
    "cap",
    "caps",
    "caplet",
    "caplets",
    "syrup",
    "suspension",
    "solution",
    "injection",
    "inj",
    "cream",
    "ointment",
    "gel",
    "drops",
    "inhaler",
    "patch",
    "patches",
    "spray",
    "oral",
    "iv",
    "im",
    "topical",
    "er",
    "sr",
    "xr",
    "xl",
    "cr",
    "la",
    "mr",
    "ec",
    "dr",
    "forte",
    "extended",
    "release",
    "modified",
    "delayed",
    "comprimido",
    "comprimidos",
    "capsula",
    "capsulas",
    "jarabe",
    "mg",
    "mcg",
    "ug",
    "g",
    "kg",
    "ml",
    "l",
    "iu",
    "ui",
    "unit",
    "units",
    "meq",
    "mmol",
    "percent",
    "dose",
    "dosis",
    "and",
    "with",
    "of",
    "de",
    "y",
];

/// The words of a text, folded; everything that is no letter or digit parts them.
pub(super) fn words(text: &str) -> Vec<String> {
    // Ligatures of letters and joiners go with the accents: what is left is what a reader reads.
    let folded: String = NFKD
        .normalize_iter(text.chars())
        .filter(|c| !is_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| {
            if c == 'ي' {
                'ی'
            } else if c == 'ك' {
                'ک'
            } else {
                c
            }
        })
        .collect();
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Accents and vowel signs, once they are taken apart from their letters, and the zero-width joiners.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{200D}')
}

/// Whether a word of a prescription says how much or in which form, and not what.
pub(super) fn is_beside(word: &str) -> bool {
    word.starts_with(|c: char| c.is_numeric()) || BESIDE.contains(&word)
}

/// The words that name something, in order.
pub(super) fn naming(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).filter(|word| !is_beside(word)).collect()
}
