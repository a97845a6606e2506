//! A hospital's time zone: days and what is written for people follow it; everything kept is UTC.

use crate::time::{ParseTimeError, Time};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// An IANA time zone.
#[derive(Debug, Clone, PartialEq)]
pub struct Zone(TimeZone);

/// A stretch during which one offset holds: what RFC 5545 calls an observance (3.6.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observance {
    /// Its first moment, as a clock showed it that had not been moved yet.
    pub onset: DateTime,
    /// Seconds east of UTC before.
    pub from_seconds: i32,
    /// Seconds east of UTC from then on.
    pub to_seconds: i32,
    /// `CEST`.
    pub name: String,
    /// Whether it is summer time.
    pub summer: bool,
}

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

    /// Its IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// What a clock shows here.
    pub fn civil(&self, time: Time) -> DateTime {
        self.0.to_datetime(time.timestamp())
    }

    /// The offsets that hold from one moment to another, the first of them since before.
    pub fn observances(&self, from: Time, until: Time) -> Vec<Observance> {
        let (from, until) = (from.timestamp(), until.timestamp());
        let before = |at: Timestamp| {
            let before = at.checked_sub(1.nanosecond()).unwrap_or(at);
            self.0.to_offset(before).seconds()
        };
        // `preceding` leaves out the moment that it is asked for.
        let first = self.0.preceding(from.checked_add(1.nanosecond()).unwrap_or(from)).next();
        let mut all = Vec::new();
        if first.is_none() {
            let holds = self.0.to_offset_info(from);
            let seconds = holds.offset().seconds();
            all.push(Observance {
                onset: jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0),
                from_seconds: seconds,
                to_seconds: seconds,
                name: holds.abbreviation().to_owned(),
                summer: holds.dst().is_dst(),
            });
        }
        let later = self.0.following(from).take_while(|change| change.timestamp() <= until);
        all.extend(
            first
                .into_iter()
                .map(|change| (change.timestamp(), change))
                .chain(later.map(|change| (change.timestamp(), change)))
                .map(|(at, change)| {
                    let from_seconds = before(at);
                    let shown = jiff::tz::Offset::from_seconds(from_seconds).unwrap_or(jiff::tz::Offset::UTC);
                    Observance {
                        onset: shown.to_datetime(at),
                        from_seconds,
                        to_seconds: change.offset().seconds(),
                        name: change.abbreviation().to_owned(),
                        summer: change.dst().is_dst(),
                    }
                }),
        );
        all
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
    fn observances_are_the_zones_own_changes() {
        let said = |zone: &str, from: &str, until: &str| -> Vec<String> {
            let (from, until) = (Time::parse(from).unwrap(), Time::parse(until).unwrap());
            let all = Zone::named(zone).unwrap().observances(from, until);
            all.iter()
                .map(|one| {
                    let summer = if one.summer { "+" } else { "" };
                    format!("{} {} {} {}{summer}", one.onset, one.from_seconds, one.to_seconds, one.name)
                })
                .collect()
        };
        // In local time as it was shown before: at two in the morning in spring, at three in autumn.
        assert_eq!(
            said("Europe/Madrid", "2026-01-15", "2026-12-01"),
            [
                "2025-10-26T03:00:00 7200 3600 CET",
                "2026-03-29T02:00:00 3600 7200 CEST+",
                "2026-10-25T03:00:00 7200 3600 CET"
            ]
        );
        // A range that begins with a change begins with what holds from then on.
        assert_eq!(
            said("America/New_York", "2026-03-08T07:00:00Z", "2026-04-01"),
            ["2026-03-08T02:00:00 -18000 -14400 EDT+"]
        );
        // Summer time was given up there, and one zone moves by half an hour.
        assert_eq!(
            said("Asia/Tehran", "2026-01-01", "2027-01-01"),
            ["2022-09-22T00:00:00 16200 12600 +0330"]
        );
        assert_eq!(
            said("Australia/Lord_Howe", "2026-03-01", "2026-05-01"),
            ["2025-10-05T02:00:00 37800 39600 +11+", "2026-04-05T02:00:00 39600 37800 +1030"]
        );
        assert_eq!(said("UTC", "2026-01-01", "2027-01-01"), ["1970-01-01T00:00:00 0 0 UTC"]);
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
