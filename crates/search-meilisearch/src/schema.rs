//! What lies in the server's indexes: one index for each kind of document, all tenants in it.
//!
//! | attribute | holds | for |
//! |---|---|---|
//! | `key` | tenant, id and version, the primary key | a later version never overwrites an earlier one unseen; see `write` |
//! | `tenant` | the tenant's number | a filter on every query |
//! | `live` | true; a removed document has none | a filter on every query |
//! | `mark` | `complete`, in one document of each tenant | [`ward_search::IndexStatus::complete`] |
//! | `id`, `version`, `gone` | numbers, and true in the trace of a removal | answers and ties; which operation is newer |
//! | `find_…` | the tokens of a text field, as the port makes them | words and phrases |
//! | `vocabulary` | the longer words of all of them | typing errors, by facet search |
//! | `text_…` | the texts | snippets |
//! | `order_…` | the port's order key, in hexadecimal digits | name order |
//! | `term_…` | codes, folded | filters |
//! | `number_…` | numbers | filters and order |
//! | `_vectors` | of a consultation what it is about, under [`EMBEDDER`]; null where it has none | what is alike |
//! | `about` | the same in base64, a byte a component | exact likeness: the server's own search is approximate |
//! | `settings_version` | in the document `settings` | the number of the settings that were applied |
//!
//! The server's own text search is not used: its words are not the port's (it parts and joins words, has no stems and
//! no Persian spelling, and takes any last word for a beginning), so it would find other documents than the embedded
//! index does. Its filters are exact, so words are looked up by filters.
//!
//! Every value that is compared is written in letters, digits and `_` ([`encoded`]), and begins with a letter that
//! says what it is: so nothing that a person typed can end a quotation, and no word is taken for a number
//! (the server holds `1e2` and `100` to be equal).

use meilisearch_sdk::settings::{
    Embedder, EmbedderSource, FacetSortValue, FacetingSettings, FilterFeatureModes, FilterFeatures,
    FilterableAttribute, FilterableAttributesSettings, MinWordSizeForTypos, PaginationSetting, Settings,
    TypoToleranceSettings,
};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use ward_domain::vector::DIMENSIONS;
use ward_search::{DocumentKind, NumberField, TermField, TextField};

/// The number of these settings and of what documents are made of. Raise it when either changes, or the version of
/// `icu_collator` (order keys), and say in [`FED_ANEW_BELOW`] whether documents must be fed again.
pub(crate) const SETTINGS: u64 = 2;
/// Indexes whose settings are older than this are fed everything again.
pub(crate) const FED_ANEW_BELOW: u64 = 2;

pub(crate) const KEY: &str = "key";
pub(crate) const TENANT: &str = "tenant";
pub(crate) const LIVE: &str = "live";
pub(crate) const MARK: &str = "mark";
pub(crate) const COMPLETE: &str = "complete";
pub(crate) const ID: &str = "id";
pub(crate) const VERSION: &str = "version";
pub(crate) const GONE: &str = "gone";
pub(crate) const VOCABULARY: &str = "vocabulary";
pub(crate) const SETTINGS_VERSION: &str = "settings_version";
pub(crate) const ABOUT: &str = "about";
pub(crate) const VECTORS: &str = "_vectors";
/// In the document of the settings: whose vectors there are.
pub(crate) const MAKER: &str = "vectors";
/// The name under which the server keeps vectors.
pub(crate) const EMBEDDER: &str = "ward";
/// The key of the document that holds [`SETTINGS_VERSION`].
pub(crate) const SETTINGS_KEY: &str = "settings";

/// The most values of a facet search: words near one that was typed.
const MAX_NEAR: usize = 1_000;
/// The shortest word in the vocabulary: of five letters one may be missing.
pub(crate) const MIN_VOCABULARY_CHARS: usize = 4;
/// The server cuts values after 479 bytes; longer ones are told apart by a number at their end.
const MAX_VALUE_BYTES: usize = 400;

pub(crate) fn find(field: TextField) -> String {
    format!("find_{}", field.name())
}

pub(crate) fn text(field: TextField) -> String {
    format!("text_{}", field.name())
}

pub(crate) fn order(field: TextField) -> String {
    format!("order_{}", field.name())
}

pub(crate) fn term(field: TermField) -> String {
    format!("term_{}", field.name())
}

pub(crate) fn number(field: NumberField) -> String {
    format!("number_{}", field.name())
}

/// A token of a text, as it is written and looked up.
pub(crate) fn word(word: &str) -> String {
    encoded('w', word)
}

/// A stem.
pub(crate) fn stem(stem: &str) -> String {
    encoded('s', stem)
}

/// Neighbours in a text: two or three.
pub(crate) fn run<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let joined: Vec<&str> = words.into_iter().collect();
    encoded('r', &joined.join(" "))
}

/// A code.
pub(crate) fn code(code: &str) -> String {
    encoded('c', &ward_search::text::fold(code))
}

/// Letters and digits as they are, all else as `_` and its number: what comes out is safe within quotation marks. The
/// server compares without regard to case and compatibility forms, which folded text has none of.
fn encoded(mark: char, text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    out.push(mark);
    for c in text.chars() {
        if c.is_alphanumeric() {
            out.push(c);
        } else {
            let _ = write!(out, "_{:x}_", u32::from(c));
        }
    }
    if out.len() > MAX_VALUE_BYTES {
        // FNV-1a, whose numbers are the same on every machine and in every version.
        let number = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut end = MAX_VALUE_BYTES - 20;
        while !out.is_char_boundary(end) {
            end -= 1;
        }
        out.truncate(end);
        let _ = write!(out, "__{number:016x}");
    }
    out
}

/// The order key of a name, as the server can sort it: `k`, so that it is no number, and hexadecimal digits. Names
/// that agree in so many bytes of their keys are not told apart.
pub(crate) fn order_key(name: &str) -> String {
    let key = ward_search::text::order_key(name);
    let mut out = String::with_capacity(1 + key.len() * 2);
    out.push('k');
    for byte in key.iter().take(MAX_VALUE_BYTES / 2) {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// The settings of a kind's index.
pub(crate) fn settings(kind: DocumentKind) -> Settings {
    let fields = kind.text_fields();
    let exact = |patterns: Vec<String>, facet_search: bool, comparison: bool| {
        let filter = FilterFeatureModes { equality: true, comparison };
        let features = FilterFeatures { facet_search, filter };
        FilterableAttribute::Settings(FilterableAttributesSettings { attribute_patterns: patterns, features })
    };
    let numbers = || NumberField::ALL.iter().map(|field| number(*field));
    let mut equal: Vec<String> = [TENANT, LIVE, MARK].map(str::to_owned).to_vec();
    equal.extend(fields.iter().map(|field| find(*field)));
    equal.extend(TermField::ALL.iter().map(|field| term(*field)));
    let mut compared = vec![ID.to_owned()];
    compared.extend(numbers());
    let mut sortable = vec![ID.to_owned()];
    sortable.extend(numbers());
    sortable.extend(fields.iter().filter(|field| field.is_sortable()).map(|field| order(*field)));
    let mut displayed: Vec<String> =
        [KEY, ID, VERSION, GONE, ABOUT, SETTINGS_VERSION, MAKER].map(str::to_owned).to_vec();
    displayed.extend(fields.iter().map(|field| text(*field)));
    let embedders = HashMap::from([(
        EMBEDDER.to_owned(),
        Embedder {
            source: EmbedderSource::UserProvided,
            dimensions: Some(DIMENSIONS),
            ..Embedder::default()
        },
    )]);
    Settings {
        embedders: kind.is_about().then_some(embedders),
        filterable_attributes: Some(vec![
            exact(equal, false, false),
            exact(compared, false, true),
            exact(vec![VOCABULARY.to_owned()], true, false),
        ]),
        sortable_attributes: Some(sortable),
        displayed_attributes: Some(displayed),
        // An attribute that no document has: no text is indexed for the server's own search.
        searchable_attributes: Some(vec!["nothing".to_owned()]),
        ranking_rules: Some(vec!["sort".to_owned()]),
        // Totals are exact, however many there are.
        pagination: Some(PaginationSetting { max_total_hits: 1_000_000_000 }),
        faceting: Some(FacetingSettings {
            max_values_per_facet: MAX_NEAR,
            sort_facet_values_by: Some(BTreeMap::from([("*".to_owned(), FacetSortValue::Count)])),
        }),
        typo_tolerance: Some(TypoToleranceSettings {
            enabled: Some(true),
            disable_on_attributes: Some(Vec::new()),
            disable_on_words: Some(Vec::new()),
            disable_on_numbers: Some(false),
            min_word_size_for_typos: Some(MinWordSizeForTypos { one_typo: Some(5), two_typos: Some(255) }),
        }),
        // What takes longer is cut off on this side, and not answered in part.
        search_cutoff_ms: Some(60_000),
        ..Settings::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compared_is_letters_digits_and_underscores() {
        for text in
            ["\" OR tenant = \"2", "\\\"", "a' OR live EXISTS", "\u{0}\u{1}\n", "a_b", "قلب ۲", "", "*", "]"]
        {
            let coded = code(text);
            assert!(coded.chars().all(|c| c.is_alphanumeric() || c == '_'), "{coded}");
        }
        assert_ne!(code("a b"), code("a_20_b"));
        assert_eq!(code("Neurología"), code("NEUROLOGIA"));
    }

    #[test]
    fn long_values_are_bounded_and_told_apart() {
        let (one, other) = ("ی".repeat(300) + "x", "ی".repeat(300) + "y");
        assert!(code(&one).len() <= MAX_VALUE_BYTES);
        assert_ne!(code(&one), code(&other));
    }

    #[test]
    fn order_keys_keep_the_order() {
        let names = ["آرش", "گلی", "Émile", "Emin", "Zoe"];
        let keys: Vec<String> = names.iter().map(|name| order_key(name)).collect();
        assert!(keys.is_sorted(), "{keys:?}");
    }
}
