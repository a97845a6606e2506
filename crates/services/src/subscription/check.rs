//! What may be said of a plan.

use ward_domain::contact::{line, paragraph};
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_domain::subscription::{MAX_CODE, MAX_DESCRIPTION, MAX_FEATURE, MAX_FEATURES, MAX_NAME, PlanText};

/// Refuses words that are not in order.
pub(super) fn text(text: &PlanText, code: Option<&str>) -> Result<(), Refusal> {
    let mut errors = FieldErrors::default();
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    errors.check(
        code.is_none_or(|code| (1..=MAX_CODE).contains(&code.len()) && code.chars().all(word)),
        "code",
        "Must be 1 to 50 small letters, digits, - and _.",
    );
    let name = text.name.as_ref().is_none_or(|name| line(name, MAX_NAME).is_some());
    errors.check(name, "name", "Must be one line of 1 to 100 characters.");
    let about = text.description.as_ref().is_none_or(|about| paragraph(about, MAX_DESCRIPTION).is_some());
    errors.check(about, "description", "Must be text of at most 2000 characters.");
    let features = text.features.as_ref().is_none_or(|features| {
        features.len() <= MAX_FEATURES && features.iter().all(|one| line(one, MAX_FEATURE).is_some())
    });
    errors.check(features, "features", "Must be at most 50 lines of 1 to 200 characters.");
    errors.finish()
}
