//! How long what was deleted is kept.

use crate::time::Time;
use jiff::ToSpan as _;
use jiff::tz::TimeZone;

/// So many calendar years after a moment (in UTC); a moment that the calendar does not reach is the last one it has.
pub fn years_after(at: Time, years: u32) -> Time {
    let years = i64::from(years.min(1_000));
    let then = at.timestamp().to_zoned(TimeZone::UTC).checked_add(years.years());
    then.map_or(Time::from_millis(i64::MAX), |then| Time::from_millis(then.timestamp().as_millisecond()))
}
