//! The query string, read so that every wrong parameter is named at once.

use crate::failure::Failure;
use crate::given::{self, Given};
use crate::page::PageRequest;
use axum::extract::FromRequestParts;
use http::request::Parts;
use std::convert::Infallible;
use ward_domain::id::Id;
use ward_domain::refusal::FieldErrors;

/// Longest value that is read, in characters.
const MAX_VALUE_CHARS: usize = 500;
/// Most parameters that are read; more are ignored.
const MAX_PARAMS: usize = 100;

/// The query's parameters. An empty value counts as absent, of a repeated one the last counts, unknown ones are
/// ignored. Ask for each, then call [`Params::finish`].
#[derive(Debug, Default)]
pub struct Params {
    pairs: Vec<(String, String)>,
    errors: FieldErrors,
}

/// Which way a list is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first: `created_at`.
    Ascending,
    /// Largest first: `-created_at`.
    Descending,
}

impl Params {
    /// From an encoded query.
    pub fn read(query: &str) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned().take(MAX_PARAMS).collect();
        Self { pairs, errors: FieldErrors::default() }
    }

    fn value(&mut self, name: &'static str) -> Option<String> {
        let (_, value) = self.pairs.iter().rev().find(|(other, _)| other == name)?;
        let value = value.trim();
        if value.chars().count() > MAX_VALUE_CHARS {
            self.errors.add(name, format!("Must have at most {MAX_VALUE_CHARS} characters."));
            return None;
        }
        Some(value.to_owned()).filter(|value| !value.is_empty())
    }

    fn parsed<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
        wanted: &'static str,
    ) -> Option<T> {
        let value = self.value(name)?;
        let parsed = read(&value);
        self.errors.check(parsed.is_some(), name, wanted);
        parsed
    }

    /// One line of text.
    pub fn text(&mut self, name: &'static str, max_chars: usize) -> Option<String> {
        let value = self.value(name)?;
        Given::Value(value).line(max_chars).optional(name, &mut self.errors)
    }

    /// An id as a number.
    pub fn id(&mut self, name: &'static str) -> Option<Id> {
        self.parsed(name, |text| Id::from_number(text).ok(), "Must be an id.")
    }

    /// An id in an API's own spelling, or anything else that is read from text.
    pub fn spelled<T>(&mut self, name: &'static str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        self.parsed(name, read, "Must be a valid value.")
    }

    /// A whole number from the first to the last of a range.
    pub fn number(&mut self, name: &'static str, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let value = self.parsed(name, |text| text.parse::<i64>().ok(), "Must be a whole number.")?;
        Given::Value(value).within(range).optional(name, &mut self.errors)
    }

    /// `true`, `False`, `1`, `0`.
    pub fn flag(&mut self, name: &'static str) -> Option<bool> {
        self.parsed(name, given::spelled_flag, "Must be true or false.")
    }

    /// One of some words.
    pub fn choice<T: Clone>(&mut self, name: &'static str, choices: &[(&str, T)]) -> Option<T> {
        let value = self.value(name)?;
        given::one_of(&value, choices).map_err(|message| self.errors.add(name, message)).ok()
    }

    /// `ordering`: one of some words, with a `-` before it for largest first.
    pub fn ordering<T: Clone>(&mut self, choices: &[(&str, T)]) -> Option<(T, Direction)> {
        const NAME: &str = "ordering";
        let value = self.value(NAME)?;
        let (word, direction) = match value.strip_prefix('-') {
            Some(word) => (word, Direction::Descending),
            None => (value.as_str(), Direction::Ascending),
        };
        let chosen = given::one_of(word, choices).map_err(|message| self.errors.add(NAME, message)).ok()?;
        Some((chosen, direction))
    }

    /// The page that is asked for: `page` from 1, and a size in the parameter `size_name` that is cut to `max`.
    pub fn page(&mut self, size_name: &'static str, default: u32, max: u32) -> PageRequest {
        let number = self.positive("page").unwrap_or(1);
        let size =
            self.positive(size_name).map_or(default, |size| u32::try_from(size).unwrap_or(max).min(max));
        PageRequest { number, size: size.max(1) }
    }

    /// Whether a parameter is there at all, for lists that are bare unless a page is asked for.
    pub fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(other, value)| other == name && !value.trim().is_empty())
    }

    fn positive(&mut self, name: &'static str) -> Option<u64> {
        let read = |text: &str| {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            // A number of any length is a number; one past all pages is as good as any other.
            digits.then(|| text.parse().unwrap_or(u64::from(u32::MAX))).filter(|number| *number >= 1)
        };
        self.parsed(name, read, "Must be a whole number from 1.")
    }

    /// Notes what else is wrong, such as two parameters that do not go together.
    pub fn errors(&mut self) -> &mut FieldErrors {
        &mut self.errors
    }

    /// Refuses if any parameter was wrong.
    pub fn finish(self) -> Result<(), Failure> {
        Ok(self.errors.finish()?)
    }
}

/// Clients forget to encode the `+` of an offset, which then reads as a space.
pub(crate) fn unplussed(text: &str) -> String {
    if text.contains('T') { text.replace(' ', "+") } else { text.to_owned() }
}

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::read(parts.uri.query().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads one parameter: its value, or none and the fields that are wrong.
    fn ask<T>(query: &str, read: impl FnOnce(&mut Params) -> T) -> (T, Vec<String>) {
        let mut params = Params::read(query);
        let value = read(&mut params);
        let wrong = params.errors.finish().err().map(|refusal| refusal.fields).unwrap_or_default();
        (value, wrong.into_iter().map(|field| field.field.into_owned()).collect())
    }

    #[test]
    fn flags_ids_and_texts() {
        for (query, expected, wrong) in [
            ("f=True", Some(true), 0),
            ("f=false", Some(false), 0),
            ("f=1", Some(true), 0),
            ("f=", None, 0),
            ("", None, 0),
            ("f=maybe", None, 1),
            ("f=true&f=false", Some(false), 0),
        ] {
            let (value, errors) = ask(query, |params| params.flag("f"));
            assert_eq!((value, errors.len()), (expected, wrong), "{query}");
        }
        assert_eq!(ask("doctor=12", |params| params.id("doctor")).0, Id::new(12));
        assert_eq!(ask("doctor=x", |params| params.id("doctor")).1, ["doctor"]);
        assert_eq!(
            ask("search=%20Sara%20A", |params| params.text("search", 10)).0.as_deref(),
            Some("Sara A")
        );
        assert_eq!(ask("search=a%00b", |params| params.text("search", 10)).1, ["search"]);
        let long = format!("search={}", "x".repeat(501));
        assert_eq!(ask(&long, |params| params.text("search", 1000)).1, ["search"]);
        assert_eq!(ask("n=5", |params| params.number("n", 1..=4)).1, ["n"]);
    }

    #[test]
    fn pages_are_clamped_or_refused() {
        for (query, number, size, wrong) in [
            ("", 1, 20, &[][..]),
            ("page=3&page_size=50", 3, 50, &[]),
            ("page_size=1000", 1, 100, &[]),
            ("page_size=99999999999999999999999", 1, 100, &[]),
            ("page=0", 1, 20, &["page"]),
            ("page=-1&page_size=x", 1, 20, &["page", "page_size"]),
            ("page=1.5", 1, 20, &["page"]),
        ] {
            let (page, errors) = ask(query, |params| params.page("page_size", 20, 100));
            assert_eq!(
                (page, errors),
                (PageRequest { number, size }, wrong.iter().map(ToString::to_string).collect())
            );
        }
    }

    #[test]
    fn choices_and_ordering() {
        let choices = [("created_at", 1), ("name", 2)];
        let order = |query| ask(query, |params| params.ordering(&choices));
        assert_eq!(order("ordering=-name").0, Some((2, Direction::Descending)));
        assert_eq!(order("ordering=created_at").0, Some((1, Direction::Ascending)));
        assert_eq!(order("ordering=--name").1, ["ordering"]);
        assert_eq!(order("ordering=password").1, ["ordering"]);
        assert_eq!(ask("status=name", |params| params.choice("status", &choices)).0, Some(2));
    }
}
