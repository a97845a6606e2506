//! Ids in paths.

use serde::{Deserialize, Deserializer, de};
use ward_domain::id::Id;

/// An id as a path spells it. What is none names nothing: [`super::InPath`] answers 404.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathId(pub Id);

impl<'de> Deserialize<'de> for PathId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Not through Id's own form, which trusts what the store holds.
        let text = String::deserialize(deserializer)?;
        Id::from_number(&text).map(Self).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_plain_numbers_of_53_bits_are_ids() {
        for (text, expected) in [
            ("12", Id::new(12)),
            ("9007199254740991", Id::new(9_007_199_254_740_991)),
            ("9007199254740992", None),
            ("99999999999999999999999", None),
            ("-1", None),
            ("+1", None),
            ("007", None),
            ("1.0", None),
            ("", None),
            ("doctors", None),
        ] {
            let read = serde_json::from_value::<PathId>(json!(text)).ok();
            assert_eq!(read.map(|PathId(id)| id), expected, "{text}");
        }
    }
}
