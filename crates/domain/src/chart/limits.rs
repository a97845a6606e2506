//! How long the texts of a chart may be, by the names of their fields.

use crate::contact::{line, paragraph};
use crate::refusal::{FieldErrors, Refusal};

/// The longest reason of an edit or a deletion, in characters.
pub const MAX_EDIT_REASON: usize = 1_000;

/// What holds for a text.
enum Text {
    /// One line, which must be there.
    Needed,
    /// One line.
    Line,
    /// Lines.
    Lines,
}

/// Field, characters, and what else holds.
const LIMITS: &[(&str, usize, Text)] = &[
    ("record_type", 100, Text::Needed),
    ("title", 200, Text::Needed),
    ("description", 20_000, Text::Lines),
    ("diagnosis", 5_000, Text::Lines),
    ("symptoms", 10_000, Text::Lines),
    ("treatment_plan", 20_000, Text::Lines),
    ("notes", 10_000, Text::Lines),
    ("medication_name", 200, Text::Needed),
    ("dosage", 200, Text::Line),
    ("frequency", 200, Text::Line),
    ("duration", 200, Text::Line),
    ("instructions", 5_000, Text::Lines),
];

/// The most characters of a field.
pub fn longest(field: &str) -> usize {
    LIMITS.iter().find(|(name, ..)| *name == field).map_or(0, |(_, max, _)| *max)
}

/// Refuses texts that are too long, hold control characters, or are not there and must be.
pub(super) fn check(fields: &[(&'static str, String)]) -> Result<(), Refusal> {
    let mut errors = FieldErrors::default();
    for (name, text) in fields {
        let Some((_, max, kind)) = LIMITS.iter().find(|(limited, ..)| limited == name) else { continue };
        let (good, what) = match kind {
            Text::Needed => (line(text, *max).is_some(), "one line of 1"),
            Text::Line => (text.trim().is_empty() || line(text, *max).is_some(), "one line of 0"),
            Text::Lines => (paragraph(text, *max).is_some(), "text of 0"),
        };
        if !good {
            errors.add(*name, format!("Must be {what} to {max} characters."));
        }
    }
    errors.finish()
}
