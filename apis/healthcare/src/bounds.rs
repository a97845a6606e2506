//! Times as callers write them: a date alone is a day in the hospital's time zone.

use ward_domain::zone::Zone;
use ward_http::Params;
use ward_services::Filters;

/// Longest spelling of a time, in characters.
const MAX_CHARS: usize = 40;
const WANTED: &str = "Must be a time (RFC 3339, such as 2025-01-20T09:00:00Z) or a date.";

/// `date_from` and `date_to` of a query.
pub fn of_query(params: &mut Params, zone: &Zone) -> Filters {
    Filters {
        from: one(params, "date_from", |text| zone.lower(text).ok()),
        until: one(params, "date_to", |text| zone.upper(text).ok()),
    }
}

/// One parameter that names a whole day, or one moment.
pub fn on(params: &mut Params, zone: &Zone, name: &'static str) -> Filters {
    let both = one(params, name, |text| Some((zone.lower(text).ok()?, zone.upper(text).ok()?)));
    Filters { from: both.map(|(first, _)| first), until: both.map(|(_, last)| last) }
}

fn one<T>(params: &mut Params, name: &'static str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    // Clients forget to encode the `+` of an offset, which then reads as a space.
    let text = params.text(name, MAX_CHARS)?.replace(' ', "+");
    let read = read(&text);
    params.errors().check(read.is_some(), name, WANTED);
    read
}

#[cfg(test)]
mod tests {
    use super::*;
    use ward_domain::time::Time;

    fn time(text: &str) -> Option<Time> {
        Time::parse(text).ok()
    }

    #[test]
    fn a_date_is_a_day_of_the_hospital_and_a_time_a_moment() {
        let zone = Zone::named("Asia/Tehran").unwrap();
        let mut params =
            Params::read("created_at=2024-01-20&updated_at=2024-01-20T03:30:00+03:30&date_to=soon");
        let day = on(&mut params, &zone, "created_at");
        assert_eq!((day.from, day.until), (time("2024-01-19T20:30:00Z"), time("2024-01-20T20:29:59.999Z")));
        let moment = on(&mut params, &zone, "updated_at");
        assert_eq!((moment.from, moment.until), (time("2024-01-20T00:00:00Z"), time("2024-01-20T00:00:00Z")));
        assert_eq!(of_query(&mut params, &zone), Filters::default());
        assert!(params.finish().is_err());
    }
}
