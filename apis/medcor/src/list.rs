//! Pages, and bounds on time.

use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::zone::Zone;
use ward_http::{Direction, Params, RequestUrl};
use ward_services::{Filters, Listed, PageRequest};

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// Items in the whole list.
    pub count: u64,
    /// The next page, absolute; null on the last one.
    pub next: Option<String>,
    /// The page before, absolute; null on the first one.
    pub previous: Option<String>,
    /// The items of this page.
    pub results: Vec<T>,
}

impl<T> Page<T> {
    /// A page of what a use case listed, each item in its form on the wire.
    pub fn new<D>(
        page: ward_http::PageRequest,
        url: &RequestUrl,
        listed: Listed<D>,
        form: impl FnMut(D) -> T,
    ) -> Self {
        let links = page.links(listed.total, url);
        let results = listed.items.into_iter().map(form).collect();
        Self { count: links.count, next: links.next, previous: links.previous, results }
    }
}

/// `page` from 1, `page_size` 20 unless asked, 100 at the most.
pub(crate) fn page(params: &mut Params) -> ward_http::PageRequest {
    params.page("page_size", 20, 100)
}

/// The same for a use case.
pub(crate) fn slice(page: ward_http::PageRequest) -> PageRequest {
    PageRequest { offset: page.offset(), limit: page.size as usize }
}

/// Whether the largest comes first; `default` where no order is asked for.
pub(crate) fn descending(direction: Option<Direction>, default: bool) -> bool {
    direction.map_or(default, |direction| direction == Direction::Descending)
}

/// `date_from` and `date_to`: times, or days in the hospital's time zone, both inclusive.
pub(crate) fn period(params: &mut Params, zone: &Zone) -> Filters {
    let from = bound(params, "date_from", |text| zone.lower(text).ok());
    let until = bound(params, "date_to", |text| zone.upper(text).ok());
    if let (Some(from), Some(until)) = (from, until) {
        params.errors().check(from <= until, "date_to", "Must not be before date_from.");
    }
    Filters { from, until }
}

fn bound<T>(params: &mut Params, name: &'static str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    let text = params.text(name, 40)?;
    // Clients forget to encode the `+` of an offset, which then reads as a space.
    let text = if text.contains('T') { text.replace(' ', "+") } else { text };
    let time = read(&text);
    params.errors().check(time.is_some(), name, "Must be a time (RFC 3339) or a date such as 2025-01-20.");
    time
}

#[cfg(test)]
mod tests {
    use super::*;
    use ward_domain::time::Time;

    fn read(query: &str) -> Result<Filters, Vec<String>> {
        let madrid = Zone::named("Europe/Madrid").unwrap();
        let mut params = Params::read(query);
        let filters = period(&mut params, &madrid);
        let wrong = std::mem::take(params.errors()).finish().err();
        match wrong {
            None => Ok(filters),
            Some(refusal) => Err(refusal.fields.into_iter().map(|field| field.field.into_owned()).collect()),
        }
    }

    #[test]
    fn a_date_is_a_day_of_the_hospital() {
        let time = |text: &str| Time::parse(text).ok();
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
            assert_eq!(read(query), expected, "{query}");
        }
    }
}
