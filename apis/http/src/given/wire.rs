//! How values are read from JSON: strict in kind, lenient in spelling.

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::borrow::Cow;
use ward_domain::id::Id;
use ward_domain::time::Time;

/// A value that can stand in a field. Never asked of null.
pub trait Wire: Sized {
    /// The value, or what is wanted: `Must be a whole number.`
    fn read(value: Value) -> Result<Self, Cow<'static, str>>;
}

impl Wire for String {
    fn read(value: Value) -> Result<Self, Cow<'static, str>> {
        if let Value::String(text) = value { Ok(text) } else { Err("Must be text.".into()) }
    }
}

/// `30`, `30.0` and `"30"`: forms and some languages send numbers as text or with a fraction of nothing.
impl Wire for i64 {
    fn read(value: Value) -> Result<Self, Cow<'static, str>> {
        let number = match &value {
            Value::Number(number) => number.as_i64().or_else(|| number.as_f64().and_then(whole)),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number.ok_or_else(|| "Must be a whole number.".into())
    }
}

/// A float that is a whole number, as long as floats tell whole numbers apart.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_991.0;
    #[allow(clippy::cast_possible_truncation)] // it is whole and within 53 bits
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

impl Wire for f64 {
    fn read(value: Value) -> Result<Self, Cow<'static, str>> {
        let number = match &value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number.filter(|number| number.is_finite()).ok_or_else(|| "Must be a number.".into())
    }
}

impl Wire for bool {
    fn read(value: Value) -> Result<Self, Cow<'static, str>> {
        match &value {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) => spelled_flag(text),
            _ => None,
        }
        .ok_or_else(|| "Must be true or false.".into())
    }
}

/// In any case: Python sends `True`. `1` and `0` are what forms send.
pub(crate) fn spelled_flag(text: &str) -> Option<bool> {
    match text.trim() {
        "1" => Some(true),
        "0" => Some(false),
        text if text.eq_ignore_ascii_case("true") => Some(true),
        text if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// A number, or a number as text.
impl Wire for Id {
    fn read(value: Value) -> Result<Self, Cow<'static, str>> {
        match &value {
            Value::Number(number) => number.as_u64().and_then(Self::new),
            Value::String(text) => Self::from_number(text.trim()).ok(),
            _ => None,
        }
        .ok_or_else(|| "Must be an id.".into())
    }
}

impl Wire for Time {
    fn read(value: Value) -> Result<Self, Cow<'static, str>> {
        value.as_str().and_then(|text| Self::parse(text).ok()).ok_or_else(|| NO_TIME.into())
    }
}

pub(crate) const NO_TIME: &str = "Must be a time (RFC 3339, such as 2025-01-20T09:00:00Z) or a date.";

/// A time as an upper bound: a date alone includes its whole day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Until(pub Time);

impl Wire for Until {
    fn read(value: Value) -> Result<Self, Cow<'static, str>> {
        let time = value.as_str().and_then(|text| Time::parse_upper(text).ok());
        time.map(Self).ok_or_else(|| NO_TIME.into())
    }
}

/// `YYYY-MM-DD`; of a time its date as written.
impl Wire for Date {
    fn read(value: Value) -> Result<Self, Cow<'static, str>> {
        let text = value.as_str().unwrap_or_default().trim();
        let spelled = text.get(..10).filter(|_| text.len() == 10 || Time::parse(text).is_ok());
        let date = spelled.and_then(|text| text.parse().ok());
        date.ok_or_else(|| "Must be a date such as 2025-01-20.".into())
    }
}

/// Text, or a number kept as it was spelled: `98.6` and `"98.6"` are the same temperature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsPrinted(pub String);

impl Wire for AsPrinted {
    fn read(value: Value) -> Result<Self, Cow<'static, str>> {
        match value {
            Value::String(text) => Ok(Self(text)),
            Value::Number(number) => Ok(Self(number.to_string())),
            _ => Err("Must be text or a number.".into()),
        }
    }
}

/// Names the first item that is wrong; null is no item.
impl<T: Wire> Wire for Vec<T> {
    fn read(value: Value) -> Result<Self, Cow<'static, str>> {
        let Value::Array(items) = value else { return Err("Must be a list.".into()) };
        let item = |(at, item): (usize, Value)| match item {
            Value::Null => Err(Cow::from(format!("Item {}: may not be null.", at + 1))),
            item => T::read(item).map_err(|message| Cow::from(format!("Item {}: {message}", at + 1))),
        };
        items.into_iter().enumerate().map(item).collect()
    }
}

/// An object that stays open: every key is kept.
impl Wire for Map<String, Value> {
    fn read(value: Value) -> Result<Self, Cow<'static, str>> {
        if let Value::Object(map) = value { Ok(map) } else { Err("Must be an object.".into()) }
    }
}

impl Wire for Value {
    fn read(value: Value) -> Result<Self, Cow<'static, str>> {
        Ok(value)
    }
}

/// An object with fields of its own; their errors are named with dots: `profile.bio`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Nested<T>(pub T);

impl<T: DeserializeOwned> Wire for Nested<T> {
    fn read(value: Value) -> Result<Self, Cow<'static, str>> {
        if !value.is_object() {
            return Err("Must be an object.".into());
        }
        T::deserialize(value).map(Self).map_err(|error| error.to_string().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Given;
    use serde_json::json;

    fn read<T: Wire>(value: Value) -> Option<T> {
        match Given::from(value) {
            Given::Value(value) => Some(value),
            _ => None,
        }
    }

    #[test]
    fn kinds_are_strict_and_spellings_lenient() {
        for (value, expected) in [
            (json!(30), Some(30)),
            (json!(30.0), Some(30)),
            (json!("30"), Some(30)),
            (json!(-7), Some(-7)),
            (json!(30.5), None),
            (json!("thirty"), None),
            (json!(1e300), None),
            (json!(true), None),
            (json!([1]), None),
        ] {
            assert_eq!(read::<i64>(value.clone()), expected, "{value}");
        }
        for (value, expected) in [
            (json!(true), Some(true)),
            (json!("False"), Some(false)),
            (json!("1"), Some(true)),
            (json!(1), None),
            (json!("yes"), None),
        ] {
            assert_eq!(read::<bool>(value.clone()), expected, "{value}");
        }
        for (value, expected) in [
            (json!(5), Id::new(5)),
            (json!("5"), Id::new(5)),
            (json!(-5), None),
            (json!(5.5), None),
            (json!("9007199254740992"), None),
            (json!(9_007_199_254_740_992_u64), None),
            (json!({}), None),
        ] {
            assert_eq!(read::<Id>(value.clone()), expected, "{value}");
        }
        assert_eq!(read::<String>(json!(5)), None);
        assert_eq!(read::<f64>(json!("98.6")), Some(98.6));
        assert_eq!(read::<f64>(json!("inf")), None);
        assert_eq!(read::<AsPrinted>(json!(98.6)), Some(AsPrinted("98.6".into())));
    }

    #[test]
    fn times_dates_and_upper_bounds() {
        let day_end = Time::parse("2023-05-31T23:59:59.999Z").unwrap();
        assert_eq!(read::<Until>(json!("2023-05-31")), Some(Until(day_end)));
        assert_eq!(read::<Time>(json!("2023-05-31")), Time::parse("2023-05-31T00:00:00Z").ok());
        assert_eq!(read::<Time>(json!(1_685_491_200)), None);
        let date = jiff::civil::date(1990, 2, 28);
        for (text, expected) in [
            ("1990-02-28", Some(date)),
            ("1990-02-28T10:00:00Z", Some(date)),
            ("1990-02-30", None),
            ("1990-02-28 or so", None),
            ("19900228", None),
            ("ééééé", None),
        ] {
            assert_eq!(read::<Date>(json!(text)), expected, "{text}");
        }
    }

    #[test]
    fn lists_name_the_wrong_item() {
        assert_eq!(Given::<Vec<String>>::from(json!(["a", 5])), Given::Wrong("Item 2: Must be text.".into()));
        assert_eq!(
            Given::<Vec<String>>::from(json!([null])),
            Given::Wrong("Item 1: may not be null.".into())
        );
        assert_eq!(read::<Vec<i64>>(json!([])), Some(vec![]));
        assert_eq!(Given::<Vec<String>>::from(json!("a")), Given::Wrong("Must be a list.".into()));
    }
}
