//! Time on the wire and in the rules: UTC milliseconds.

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// A moment, in Unix milliseconds UTC. On the wire RFC 3339, whole seconds where there is no fraction.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Time(i64);

/// A text that is no time: neither RFC 3339 nor a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a time: use RFC 3339 such as 2025-01-20T09:00:00Z, or a date")]
pub struct ParseTimeError;

/// Where time comes from. The system's clock is wired in the program, a test holds its own.
pub trait Clock: Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> Time;
}

/// Milliseconds in a minute.
pub const MINUTE: i64 = 60_000;
/// Milliseconds in an hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Milliseconds in a day of 24 hours (a civil day may have 23 or 25: see [`crate::zone`]).
pub const DAY: i64 = 24 * HOUR;

/// 0001-01-01 to the end of `jiff`'s time, which leaves room for every offset before RFC 3339's last year ends. Outside lie
/// no times that anybody means.
const RANGE: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_207_200_000;

const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";

impl Time {
    /// From Unix milliseconds; times outside the years 1 to 9999 are clamped to them.
    pub fn from_millis(ms: i64) -> Self {
        Self(ms.clamp(*RANGE.start(), *RANGE.end()))
    }

    /// Unix milliseconds.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Unix seconds, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This moment moved by milliseconds, which may be negative.
    #[must_use]
    pub fn plus(self, ms: i64) -> Self {
        Self::from_millis(self.0.saturating_add(ms))
    }

    /// The same moment for `jiff`'s calendar arithmetic.
    pub fn timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    /// A sortable key: the order of moments is the order of the numbers.
    pub const fn sort_key(self) -> u64 {
        self.0.cast_unsigned() ^ (1 << 63)
    }

    /// The moment of a sort key.
    pub fn from_sort_key(key: u64) -> Self {
        Self::from_millis((key ^ (1 << 63)).cast_signed())
    }

    /// Reads an RFC 3339 time with any offset, or a date alone as its first moment (UTC).
    pub fn parse(text: &str) -> Result<Self, ParseTimeError> {
        parse(text, false)
    }

    /// Reads an upper bound: a date alone includes its whole day (UTC), so this is the day's last millisecond.
    pub fn parse_upper(text: &str) -> Result<Self, ParseTimeError> {
        parse(text, true)
    }

    /// As HTTP's headers say it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7).
    pub fn http_date(self) -> String {
        self.timestamp().strftime(HTTP_DATE).to_string()
    }

    /// Reads a time as HTTP's headers say it.
    pub fn from_http_date(text: &str) -> Option<Self> {
        let civil = DateTime::strptime(HTTP_DATE, text.trim()).ok()?;
        let stamp = civil.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond();
        RANGE.contains(&stamp).then_some(Self(stamp))
    }

    /// The date in UTC as `YYYY-MM-DD`.
    pub fn date_utc(self) -> String {
        self.timestamp().to_zoned(TimeZone::UTC).date().to_string()
    }
}

fn parse(text: &str, upper: bool) -> Result<Time, ParseTimeError> {
    let text = text.trim();
    let ms = if let Ok(stamp) = text.parse::<jiff::Timestamp>() {
        stamp.as_millisecond()
    } else if let (true, Ok(date)) = (text.len() == 10, text.parse::<Date>()) {
        let start = date.to_zoned(TimeZone::UTC).map_err(|_| ParseTimeError)?.timestamp().as_millisecond();
        if upper { start + DAY - 1 } else { start }
    } else {
        // Without an offset the time is UTC: the documents' examples print one, but not every client sends it.
        let civil = text.parse::<DateTime>().map_err(|_| ParseTimeError)?;
        if text.len() < 16 {
            return Err(ParseTimeError);
        }
        civil.to_zoned(TimeZone::UTC).map_err(|_| ParseTimeError)?.timestamp().as_millisecond()
    };
    if RANGE.contains(&ms) { Ok(Time(ms)) } else { Err(ParseTimeError) }
}

/// RFC 3339 digit by digit: a page holds a hundred and sixty times, and a general formatter's steps for them cost more
/// than the page's list.
struct Text([u8; 24]);

impl Text {
    fn of(time: Time) -> Self {
        let at = Offset::UTC.to_datetime(time.timestamp());
        let mut text = Self(*b"0000-00-00T00:00:00.000Z");
        // Years are 1 to 9999: see RANGE.
        text.put(0, 4, at.year().unsigned_abs());
        text.put(5, 2, at.month().unsigned_abs().into());
        text.put(8, 2, at.day().unsigned_abs().into());
        text.put(11, 2, at.hour().unsigned_abs().into());
        text.put(14, 2, at.minute().unsigned_abs().into());
        text.put(17, 2, at.second().unsigned_abs().into());
        match at.millisecond() {
            0 => text.0[19] = b'Z',
            millisecond => text.put(20, 3, millisecond.unsigned_abs()),
        }
        text
    }

    fn put(&mut self, from: usize, digits: usize, mut number: u16) {
        for place in self.0[from..from + digits].iter_mut().rev() {
            *place = b'0' + (number % 10).to_le_bytes()[0];
            number /= 10;
        }
    }

    fn text(&self) -> &str {
        let length = if self.0[19] == b'Z' { 20 } else { 24 };
        std::str::from_utf8(&self.0[..length]).unwrap_or_default()
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Text::of(*self).text())
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(Text::of(*self).text())
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_and_print() {
        for (text, printed) in [
            ("2025-01-20T09:00:00Z", "2025-01-20T09:00:00Z"),
            ("2025-01-20T09:00:00.5Z", "2025-01-20T09:00:00.500Z"),
            ("2025-01-20T12:30:00+03:30", "2025-01-20T09:00:00Z"),
            ("2025-01-20T09:00:00", "2025-01-20T09:00:00Z"),
            ("2025-01-20T09:00", "2025-01-20T09:00:00Z"),
            ("2025-01-20", "2025-01-20T00:00:00Z"),
        ] {
            assert_eq!(Time::parse(text).unwrap().to_string(), printed, "{text}");
        }
        for text in [
            "",
            "tomorrow",
            "2025-13-01",
            "2025-02-30T00:00:00Z",
            "20250120",
            "1737363600",
            "2025-01-20T25:00:00Z",
        ] {
            assert!(Time::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn any_time_reads_back_as_it_was_printed() {
        let ends = [*RANGE.start(), -1, 0, 1, 999, 1000, 951_782_400_000, *RANGE.end()];
        let spread = (0..5_000).map(|n| RANGE.start() + n * ((RANGE.end() - RANGE.start()) / 5_000) + n);
        for ms in ends.into_iter().chain(spread) {
            let time = Time::from_millis(ms);
            let text = time.to_string();
            assert_eq!(Time::parse(&text).map(Time::millis), Ok(ms), "{text}");
            let whole = usize::from(ms.rem_euclid(1000) != 0) * 4;
            assert_eq!(text.len(), 20 + whole, "{text}");
        }
    }

    #[test]
    fn an_upper_date_includes_its_day() {
        assert_eq!(Time::parse_upper("2023-05-31").unwrap().to_string(), "2023-05-31T23:59:59.999Z");
        assert_eq!(
            Time::parse_upper("2023-05-31T10:00:00Z").unwrap(),
            Time::parse("2023-05-31T10:00:00Z").unwrap()
        );
    }

    #[test]
    fn the_sort_key_orders_moments_before_1970_too() {
        let mut times: Vec<_> = [5, -5, 0, i64::MAX, i64::MIN].map(Time::from_millis).to_vec();
        times.sort_by_key(|time| time.sort_key());
        assert!(times.is_sorted());
        assert!(times.iter().all(|time| Time::from_sort_key(time.sort_key()) == *time));
    }
}
