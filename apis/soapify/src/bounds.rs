//! Times as callers write them: a date alone is a day in the hospital's time zone.

use ward_domain::time::Time;
use ward_domain::zone::Zone;
use ward_http::{Given, Params};
use ward_services::Filters;

/// Longest spelling of a time, in characters.
const MAX_CHARS: usize = 40;
const WANTED: &str = "Must be a time (RFC 3339, such as 2024-01-20T09:00:00Z) or a date.";

/// `date_from` and `date_to` of a query.
pub fn of_query(params: &mut Params, zone: &Zone) -> Filters {
    Filters {
        from: one(params, "date_from", |text| lower(zone, text)),
        until: one(params, "date_to", |text| upper(zone, text)),
    }
}

fn one(
    params: &mut Params,
    name: &'static str,
    read: impl FnOnce(&str) -> Result<Time, &'static str>,
) -> Option<Time> {
    // Clients forget to encode the `+` of an offset, which then reads as a space.
    let text = params.text(name, MAX_CHARS)?.replace(' ', "+");
    read(&text).map_err(|wanted| params.errors().add(name, wanted)).ok()
}

/// A field that is a lower bound, or a moment.
pub fn from(given: Given<String>, zone: &Zone) -> Given<Time> {
    given.and_then(|text| lower(zone, &text))
}

/// A field that is an upper bound.
pub fn until(given: Given<String>, zone: &Zone) -> Given<Time> {
    given.and_then(|text| upper(zone, &text))
}

fn lower(zone: &Zone, text: &str) -> Result<Time, &'static str> {
    zone.lower(text).map_err(|_| WANTED)
}

fn upper(zone: &Zone, text: &str) -> Result<Time, &'static str> {
    zone.upper(text).map_err(|_| WANTED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_a_day_of_the_hospital() {
        let zone = Zone::named("Asia/Tehran").unwrap();
        let time = |text: &str| Time::parse(text).ok();
        let mut params = Params::read("date_from=2024-01-20&date_to=2024-01-20");
        let Filters { from, until } = of_query(&mut params, &zone);
        assert_eq!((from, until), (time("2024-01-19T20:30:00Z"), time("2024-01-20T20:29:59.999Z")));
        assert!(params.finish().is_ok());
    }

    #[test]
    fn offsets_are_read_and_nonsense_is_named() {
        let time = |text: &str| Time::parse(text).ok();
        let mut params = Params::read("date_from=2024-01-20T03:30:00+03:30&date_to=soon");
        let Filters { from, until } = of_query(&mut params, &Zone::UTC);
        assert_eq!((from, until), (time("2024-01-20T00:00:00Z"), None));
        assert!(params.finish().is_err());
        assert_eq!(super::from(Given::Value("x".into()), &Zone::UTC), Given::Wrong(WANTED.into()));
    }
}
