//! What may be said of a transaction.

use ward_domain::contact::paragraph;
use ward_domain::ledger::{MAX_DESCRIPTION, Money, Terms};
use ward_domain::refusal::FieldErrors;

/// An amount within the terms. One that is no amount is noted, and stands as nothing.
pub(super) fn amount(terms: &Terms, minor: i64, errors: &mut FieldErrors) -> Money {
    terms.amount(minor).unwrap_or_else(|wrong| {
        errors.add("amount", wrong);
        Money::of(0, terms.currency)
    })
}

/// Notes words that are not in order.
pub(super) fn words(text: &str, field: &'static str, errors: &mut FieldErrors) {
    let good = paragraph(text, MAX_DESCRIPTION).is_some();
    errors.check(good, field, "Must be text of at most 500 characters.");
}
