//! Times as callers write them: a date alone is a day in the hospital's time zone.

use crate::given::{Given, NO_TIME};
use crate::params::{Params, unplussed};
use ward_domain::time::Time;
use ward_domain::zone::Zone;
use ward_services::Filters;

/// Longest spelling of a time, in characters.
const MAX_CHARS: usize = 40;

/// `date_from` and `date_to` of a query: times, or days of the hospital, both inclusive.
pub fn period(params: &mut Params, zone: &Zone) -> Filters {
    let from = one(params, "date_from", |text| zone.lower(text).ok());
    let until = one(params, "date_to", |text| zone.upper(text).ok());
    if let (Some(from), Some(until)) = (from, until) {
        params.errors().check(from <= until, "date_to", "Must not be before date_from.");
    }
    Filters { from, until }
}

/// One parameter that names a whole day, or one moment.
pub fn on(params: &mut Params, zone: &Zone, name: &'static str) -> Filters {
    let both = one(params, name, |text| Some((zone.lower(text).ok()?, zone.upper(text).ok()?)));
    Filters { from: both.map(|(first, _)| first), until: both.map(|(_, last)| last) }
}

/// A field that is a lower bound, or a moment.
pub fn from(given: Given<String>, zone: &Zone) -> Given<Time> {
    given.and_then(|text| zone.lower(&text).map_err(|_| NO_TIME))
}

/// A field that is an upper bound.
pub fn until(given: Given<String>, zone: &Zone) -> Given<Time> {
    given.and_then(|text| zone.upper(&text).map_err(|_| NO_TIME))
}

fn one<T>(params: &mut Params, name: &'static str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    let text = unplussed(&params.text(name, MAX_CHARS)?);
    let read = read(&text);
    params.errors().check(read.is_some(), name, NO_TIME);
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Option<Time> {
        Time::parse(text).ok()
    }

    /// What was read, or the parameters that are wrong.
    fn ask(query: &str, read: impl FnOnce(&mut Params) -> Filters) -> Result<Filters, Vec<String>> {
        let mut params = Params::read(query);
        let filters = read(&mut params);
        match std::mem::take(params.errors()).finish() {
            Ok(()) => Ok(filters),
            Err(refusal) => Err(refusal.fields.into_iter().map(|field| field.field.into_owned()).collect()),
        }
    }

    #[test]
    fn a_date_is_a_day_of_the_hospital() {
        let madrid = Zone::named("Europe/Madrid").unwrap();
        for (query, expected) in [
            ("", Ok((None, None))),
            (
                "date_from=2025-01-20&date_to=2025-01-20",
                Ok((time("2025-01-19T23:00:00Z"), time("2025-01-20T22:59:59.999Z"))),
            ),
            ("date_from=2025-01-20T09:00:00+03:30", Ok((time("2025-01-20T05:30:00Z"), None))),
            ("date_to=2025-01-20T09:00:00Z", Ok((None, time("2025-01-20T09:00:00Z")))),
            ("date_from=tomorrow&date_to=2025-02-30", Err(vec!["date_from", "date_to"])),
            ("date_from=2025-01-21&date_to=2025-01-20", Err(vec!["date_to"])),
        ] {
            let expected: Result<_, Vec<String>> = expected
                .map(|(from, until)| Filters { from, until })
                .map_err(|names| names.into_iter().map(ToOwned::to_owned).collect());
            assert_eq!(ask(query, |params| period(params, &madrid)), expected, "{query}");
        }
    }

    #[test]
    fn one_parameter_names_a_day_or_a_moment() {
        let tehran = Zone::named("Asia/Tehran").unwrap();
        for (query, expected) in [
            ("at=2024-01-20", Ok((time("2024-01-19T20:30:00Z"), time("2024-01-20T20:29:59.999Z")))),
            (
                "at=2024-01-20T03:30:00+03:30",
                Ok((time("2024-01-20T00:00:00Z"), time("2024-01-20T00:00:00Z"))),
            ),
            ("at=soon", Err(vec!["at".to_owned()])),
        ] {
            let expected = expected.map(|(from, until)| Filters { from, until });
            assert_eq!(ask(query, |params| on(params, &tehran, "at")), expected, "{query}");
        }
    }

    #[test]
    fn fields_are_bounds_too() {
        let given = |text: &str| Given::Value(text.to_owned());
        let day_end = time("2023-05-31T23:59:59.999Z").unwrap();
        assert_eq!(until(given("2023-05-31"), &Zone::UTC), Given::Value(day_end));
        assert_eq!(from(given("2023-05-31"), &Zone::UTC), Given::Value(time("2023-05-31").unwrap()));
        assert_eq!(from(given("x"), &Zone::UTC), Given::Wrong(NO_TIME.into()));
    }
}
