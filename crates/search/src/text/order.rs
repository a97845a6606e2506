//! The alphabet's order.

use icu_collator::CollatorBorrowed;
use icu_collator::options::CollatorOptions;
use std::sync::LazyLock;

/// Persian's rules upon the Unicode collation algorithm's root: they order every script, and of those that Ward's
/// hospitals write only Persian needs rules of its own (its letters among the Arabic ones, و before ه).
static COLLATOR: LazyLock<Option<CollatorBorrowed<'static>>> = LazyLock::new(|| {
    CollatorBorrowed::try_new(icu_locale_core::locale!("fa").into(), CollatorOptions::default()).ok()
});

/// Names that agree in so many characters are not told apart.
const MAX_CHARS: usize = 100;

/// A key whose byte order is the order of names: digits, then the Arabic script, then Latin and others; within each
/// by letter, then accent, then case. It holds for one version of the Unicode data: an index that keeps keys is made
/// anew with another.
pub fn order_key(name: &str) -> Vec<u8> {
    let name = name.trim();
    let end = name.char_indices().nth(MAX_CHARS).map_or(name.len(), |(at, _)| at);
    let mut key = Vec::with_capacity(end * 2);
    match &*COLLATOR {
        Some(collator) => {
            let Ok(()) = collator.write_sort_key_to(&name[..end], &mut key);
        }
        // The data is compiled in, so this is not reached; folded bytes are still an order.
        None => key.extend_from_slice(super::fold(&name[..end]).as_bytes()),
    }
    key
}

#[cfg(test)]
mod tests {
    use super::order_key;

    #[test]
    fn names_stand_as_in_a_register() {
        let expected = [
            "آرش",
            "باران",
            "پویا",
            "ژاله",
            "علی رضا",
            "كاوه",
            "گلی",
            "لیلا",
            "وحید",
            "هدی",
            "یاسر",
            "Émile",
            "Emin",
            "Šimek",
            "Smith",
            "smyth",
            "Zoe",
        ];
        let mut names = expected;
        names.reverse();
        names.sort_by_key(|name| order_key(name));
        assert_eq!(names, expected);
    }
}
