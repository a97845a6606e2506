//! A hospital's time zone: days and what is written for people follow it; everything kept is UTC.

use crate::time::{ParseTimeError, Time};
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// An IANA time zone.
#[derive(Debug, Clone, PartialEq)]
pub struct Zone(TimeZone);

impl Zone {
    /// `Europe/Madrid`; `None` for a name that the zone database does not have.
    pub fn named(name: &str) -> Option<Self> {
        TimeZone::get(name).ok().map(Self)
    }

    /// UTC.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// A lower bound: a date alone is its first moment here.
    pub fn lower(&self, text: &str) -> Result<Time, ParseTimeError> {
        match date(text) {
            Some(day) => self.day(day).map(|(first, _)| first),
            None => Time::parse(text),
        }
    }

    /// An upper bound (inclusive): a date alone includes its whole day here.
    pub fn upper(&self, text: &str) -> Result<Time, ParseTimeError> {
        match date(text) {
            Some(day) => self.day(day).map(|(_, next)| next.plus(-1)),
            None => Time::parse(text),
        }
    }

    /// A civil day here: its first moment and the first of the next. 23 to 25 hours.
    pub fn day(&self, day: Date) -> Result<(Time, Time), ParseTimeError> {
        let first = |day: Date| day.to_zoned(self.0.clone()).map_err(|_| ParseTimeError);
        let next = day.tomorrow().map_err(|_| ParseTimeError)?;
        let millis = |zoned: jiff::Zoned| Time::from_millis(zoned.timestamp().as_millisecond());
        Ok((millis(first(day)?), millis(first(next)?)))
    }

    /// The civil date of a moment here.
    pub fn date(&self, time: Time) -> Date {
        time.timestamp().to_zoned(self.0.clone()).date()
    }

    /// The month of a moment here: its first moment and the first of the next.
    pub fn month(&self, time: Time) -> Result<(Time, Time), ParseTimeError> {
        let first = self.date(time).first_of_month();
        let last = first.last_of_month();
        Ok((self.day(first)?.0, self.day(last)?.1))
    }

    /// The same time of day so many months later here; a day that the month does not have is its last.
    pub fn months_after(&self, time: Time, months: i32) -> Result<Time, ParseTimeError> {
        let zoned = time.timestamp().to_zoned(self.0.clone());
        let after = zoned.checked_add(jiff::Span::new().months(months)).map_err(|_| ParseTimeError)?;
        Ok(Time::from_millis(after.timestamp().as_millisecond()))
    }

    /// For people: `2025-01-20 09:00 (CET)`.
    pub fn written(&self, time: Time) -> String {
        time.timestamp().to_zoned(self.0.clone()).strftime("%Y-%m-%d %H:%M (%Z)").to_string()
    }
}

fn date(text: &str) -> Option<Date> {
    let text = text.trim();
    if text.len() == 10 { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::HOUR;

    #[test]
    fn both_days_of_summer_time_have_their_own_length() {
        let madrid = Zone::named("Europe/Madrid").unwrap();
        for (day, hours, first) in [
            ("2026-03-29", 23, "2026-03-28T23:00:00Z"),
            ("2026-10-25", 25, "2026-10-24T22:00:00Z"),
            ("2026-07-01", 24, "2026-06-30T22:00:00Z"),
        ] {
            let (from, until) = madrid.day(day.parse().unwrap()).unwrap();
            assert_eq!(from.to_string(), first);
            assert_eq!(until.millis() - from.millis(), hours * HOUR, "{day}");
            assert_eq!(madrid.lower(day).unwrap(), from);
            assert_eq!(madrid.upper(day).unwrap(), until.plus(-1));
        }
    }

    #[test]
    fn people_read_local_time() {
        let at = Time::parse("2026-10-25T00:30:00Z").unwrap();
        let madrid = Zone::named("Europe/Madrid").unwrap();
        assert_eq!(madrid.written(at), "2026-10-25 02:30 (CEST)");
        assert_eq!(madrid.written(at.plus(HOUR)), "2026-10-25 02:30 (CET)");
        assert_eq!(Zone::named("Asia/Tehran").unwrap().written(at), "2026-10-25 04:00 (+0330)");
        assert_eq!(Zone::named("Europe/Nowhere"), None);
    }

    #[test]
    fn months() {
        let zone = Zone::named("America/New_York").unwrap();
        let (first, next) = zone.month(Time::parse("2026-03-01T03:00:00Z").unwrap()).unwrap();
        assert_eq!(
            (first.to_string().as_str(), next.to_string().as_str()),
            ("2026-02-01T05:00:00Z", "2026-03-01T05:00:00Z")
        );
    }
}
