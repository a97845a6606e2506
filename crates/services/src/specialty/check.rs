//! What may be said of a specialty, and of how a doctor has it.

use ward_domain::contact::{line, paragraph};
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_domain::specialty::{Assignment, MAX_CODE, MAX_DESCRIPTION, MAX_NAME, MAX_YEARS, SpecialtyText};
use ward_domain::time::Time;
use ward_domain::zone::Zone;

/// Refuses words that are not in order. `new` ones need a name.
pub(super) fn text(text: &SpecialtyText, new: bool) -> Result<(), Refusal> {
    let mut errors = FieldErrors::default();
    errors.check(!new || text.name.is_some(), "name", "This field is required.");
    let name = text.name.as_ref().is_none_or(|name| line(name, MAX_NAME).is_some());
    errors.check(name, "name", "Must be one line of 1 to 100 characters.");
    let code = text.code.as_ref().is_none_or(|code| code.is_empty() || line(code, MAX_CODE).is_some());
    errors.check(code, "code", "Must be one line of at most 50 characters.");
    let about = text.description.as_ref().is_none_or(|about| paragraph(about, MAX_DESCRIPTION).is_some());
    errors.check(about, "description", "Must be text of at most 2000 characters.");
    errors.finish()
}

/// Refuses years and dates that cannot be. A date is one of the hospital's days.
pub(super) fn assignment(with: &Assignment, now: Time, zone: &Zone) -> Result<(), Refusal> {
    let mut errors = FieldErrors::default();
    let years = with.years.flatten().is_none_or(|years| i64::from(years) <= MAX_YEARS);
    errors.check(years, "years_of_experience", "Must be 0 to 80.");
    if let Some(date) = with.certified.as_ref().filter(|date| !date.is_empty()) {
        match date.parse::<jiff::civil::Date>().ok().filter(|_| date.len() == 10) {
            None => errors.add("certification_date", "Must be a date such as 2025-01-20."),
            Some(date) => {
                errors.check(date <= zone.date(now), "certification_date", "Must not be in the future.");
            }
        }
    }
    errors.finish()
}
