//! Dates and numbers as each language writes them. What stands in the note stays as it was written there: a dose is
//! never respelled.

use crate::Language;
use icu_calendar::Date;
use icu_calendar::cal::Persian;
use jiff::civil::DateTime;

/// The months of the Persian calendar.
const MONTHS: [&str; 12] =
    ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"];

/// A whole number.
pub fn number(language: Language, value: u64) -> String {
    digits(language, &value.to_string())
}

/// A number's text with the language's digits.
pub fn digits(language: Language, text: &str) -> String {
    if language == Language::English {
        return text.to_owned();
    }
    // The ten digits stand in a row from U+06F0 on.
    let persian = |c: char| c.to_digit(10).and_then(|digit| char::from_u32(0x06F0 + digit)).unwrap_or(c);
    text.chars().map(|c| if c.is_ascii_digit() { persian(c) } else { c }).collect()
}

/// A share of 1 in per cent.
pub fn percent(language: Language, share: f64) -> String {
    let text = digits(language, &format!("{:.0}", share * 100.0));
    match language {
        Language::English => format!("{text}%"),
        Language::Persian => format!("{text}٪"),
    }
}

/// A day: in Persian by the Persian calendar with the other beside it.
pub fn day(language: Language, at: DateTime) -> String {
    let gregorian = at.date().to_string();
    if language == Language::English {
        return gregorian;
    }
    // A date that the calendar cannot reach is still a date.
    let Some((year, month, day)) = persian(at) else { return gregorian };
    format!(
        "{} {month} {} ({gregorian})",
        digits(language, &day.to_string()),
        digits(language, &year.to_string())
    )
}

/// A day and the time of day.
pub fn moment(language: Language, at: DateTime) -> String {
    let time = digits(language, &format!("{:02}:{:02}", at.hour(), at.minute()));
    match language {
        Language::English => format!("{} {time}", day(language, at)),
        Language::Persian => format!("{}، ساعت {time}", day(language, at)),
    }
}

fn persian(at: DateTime) -> Option<(i32, &'static str, u8)> {
    let (month, day) = (u8::try_from(at.month()).ok()?, u8::try_from(at.day()).ok()?);
    let date = Date::try_new_iso(i32::from(at.year()), month, day).ok()?.to_calendar(Persian);
    let name = MONTHS.get(usize::from(date.month().ordinal).checked_sub(1)?)?;
    Some((date.year().extended_year(), name, date.day_of_month().0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::datetime;

    #[test]
    fn persian_days_are_those_of_the_calendar() {
        for (at, expected) in [
            // Nowruz of 1403, the last day of the leap year 1403, and Nowruz of 1404.
            (datetime(2024, 3, 20, 9, 5, 0, 0), "۱ فروردین ۱۴۰۳ (2024-03-20)"),
            (datetime(2025, 3, 20, 0, 0, 0, 0), "۳۰ اسفند ۱۴۰۳ (2025-03-20)"),
            (datetime(2025, 3, 21, 0, 0, 0, 0), "۱ فروردین ۱۴۰۴ (2025-03-21)"),
            (datetime(2024, 1, 20, 9, 0, 0, 0), "۳۰ دی ۱۴۰۲ (2024-01-20)"),
        ] {
            assert_eq!(day(Language::Persian, at), expected);
        }
        let at = datetime(2024, 1, 20, 9, 5, 0, 0);
        assert_eq!(moment(Language::English, at), "2024-01-20 09:05");
        assert_eq!(moment(Language::Persian, at), "۳۰ دی ۱۴۰۲ (2024-01-20)، ساعت ۰۹:۰۵");
        assert_eq!(
            (percent(Language::Persian, 0.95), percent(Language::English, 1.0)),
            ("۹۵٪".into(), "100%".into())
        );
    }
}
