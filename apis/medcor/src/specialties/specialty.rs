//! A specialty on the wire: as it is answered, and what can be set of it.

use axum::Json;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use ward_domain::refusal::FieldErrors;
use ward_domain::specialty::{self, MAX_CODE, MAX_DESCRIPTION, MAX_NAME, SpecialtyText};
use ward_domain::time::Time;
use ward_http::Given;
use ward_http::extract::etag;
use ward_services::house::Versioned;

/// A specialty of the hospital.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Specialty {
    id: u64,
    #[schema(example = "Cardiology")]
    name: String,
    /// `""` where there is none.
    #[schema(example = "cardiology")]
    code: String,
    description: String,
    /// Whether doctors can be given it.
    is_active: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
}

impl From<specialty::Specialty> for Specialty {
    fn from(specialty: specialty::Specialty) -> Self {
        Self {
            id: specialty.id.get(),
            name: specialty.name,
            code: specialty.code,
            description: specialty.description,
            is_active: specialty.active,
            created_at: specialty.created_at,
            updated_at: specialty.updated_at,
        }
    }
}

/// A specialty as an answer, with its version.
pub(super) fn one(found: Versioned<specialty::Specialty>) -> impl IntoResponse {
    (etag(found.version), Json(Specialty::from(found.document)))
}

/// What can be set of a specialty. On an edit, what is missing stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct SpecialtySettings {
    /// Unique in the hospital, in any case.
    #[schema(value_type = Option<String>, example = "Sleep Medicine")]
    name: Given<String>,
    /// Unique in the hospital where there is one, in any case.
    #[schema(value_type = Option<String>, example = "sleep-medicine")]
    code: Given<String>,
    #[schema(value_type = Option<String>, example = "Disorders of sleep")]
    description: Given<String>,
    /// True unless it is said.
    #[schema(value_type = Option<bool>, default = true)]
    is_active: Given<bool>,
}

impl SpecialtySettings {
    /// A new one's: a name is needed.
    pub fn new_text(self, errors: &mut FieldErrors) -> SpecialtyText {
        if matches!(self.name, Given::Missing | Given::Null) {
            self.name.clone().required("name", errors);
        }
        self.text(errors)
    }

    /// What was sent.
    pub fn text(self, errors: &mut FieldErrors) -> SpecialtyText {
        let cleared = Option::unwrap_or_default;
        SpecialtyText {
            name: self.name.line(MAX_NAME).not_blank().optional("name", errors),
            code: self.code.line(MAX_CODE).patch("code", errors).map(cleared),
            description: self.description.lines(MAX_DESCRIPTION).patch("description", errors).map(cleared),
            active: self.is_active.optional("is_active", errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(body: Value, new: bool) -> Result<SpecialtyText, String> {
        let settings: SpecialtySettings = serde_json::from_value(body).unwrap();
        let mut errors = FieldErrors::default();
        let text = if new { settings.new_text(&mut errors) } else { settings.text(&mut errors) };
        errors.finish().map(|()| text).map_err(|refusal| {
            refusal.fields.iter().map(|error| error.field.to_string()).collect::<Vec<_>>().join(",")
        })
    }

    #[test]
    fn a_new_one_needs_a_name_and_an_edit_holds_what_was_sent() {
        for (body, new, expected) in [
            (json!({}), true, Err("name".to_owned())),
            (json!({"name": " ", "code": 5, "is_active": "maybe"}), true, Err("name,code,is_active".into())),
            (
                json!({"code": null}),
                false,
                Ok(SpecialtyText { code: Some(String::new()), ..Default::default() }),
            ),
            (
                json!({"name": "Sleep", "is_active": "False"}),
                true,
                Ok(SpecialtyText { name: Some("Sleep".into()), active: Some(false), ..Default::default() }),
            ),
        ] {
            assert_eq!(read(body.clone(), new), expected, "{body}");
        }
    }
}
