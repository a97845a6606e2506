//! What a body says of a person: the same fields on registration, creation and edit.

use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use ward_domain::account::Profile;
use ward_domain::contact::{MAX_EMAIL, MAX_NAME, MAX_PHONE};
use ward_domain::policy::Role;
use ward_domain::refusal::FieldErrors;
use ward_http::{Failure, Given, Outcome};

/// The roles that this API gives.
pub(crate) const ROLES: [(&str, Role); 4] = [
    ("admin", Role::HospitalAdmin),
    ("doctor", Role::Doctor),
    ("staff", Role::Staff),
    ("patient", Role::Patient),
];

/// Longest free text, in characters.
const MAX_TEXT: usize = 2_000;

/// Fields of a person. On an edit, what is missing stays as it is and null clears.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Person {
    #[schema(value_type = Option<String>, example = "dr.smith@hospital.com")]
    email: Given<String>,
    /// The e-mail address where none is given.
    #[schema(value_type = Option<String>, example = "drsmith")]
    username: Given<String>,
    #[schema(value_type = Option<String>, example = "Jane")]
    first_name: Given<String>,
    #[schema(value_type = Option<String>, example = "Smith")]
    last_name: Given<String>,
    /// Kept as sent.
    #[schema(value_type = Option<String>, example = "+1-212-555-0101")]
    phone_number: Given<String>,
    #[schema(value_type = Option<String>)]
    department: Given<String>,
    #[schema(value_type = Option<String>)]
    license_number: Given<String>,
    /// 0 to 80.
    #[schema(value_type = Option<u32>)]
    years_of_experience: Given<i64>,
    #[schema(value_type = Option<String>)]
    specialty: Given<String>,
    #[schema(value_type = Option<String>, format = Date)]
    date_of_birth: Given<String>,
    #[schema(value_type = Option<String>)]
    gender: Given<String>,
    #[schema(value_type = Option<String>)]
    address: Given<String>,
    #[schema(value_type = Option<String>, example = "O+")]
    blood_type: Given<String>,
    /// Text, such as `Penicillin`.
    #[schema(value_type = Option<String>)]
    allergies: Given<String>,
    #[schema(value_type = Option<String>)]
    emergency_contact_name: Given<String>,
    #[schema(value_type = Option<String>)]
    emergency_contact_phone: Given<String>,
}

impl Person {
    /// Somebody new: they need a first and a last name.
    pub fn new_profile(self, errors: &mut FieldErrors) -> Outcome<Profile> {
        for (name, given) in [("first_name", &self.first_name), ("last_name", &self.last_name)] {
            if matches!(given, Given::Missing | Given::Null) {
                given.clone().required(name, errors);
            }
        }
        let fields = Value::Object(self.changes(errors));
        serde_json::from_value(fields)
            .map_err(|error| Failure::fault(format!("a person has no profile: {error}")))
    }

    /// The fields that are there, by their names in [`Profile`]; null becomes what stands for nothing.
    pub fn changes(self, errors: &mut FieldErrors) -> Map<String, Value> {
        let mut changes = Map::new();
        for (name, given) in [
            ("email", self.email.line(MAX_EMAIL)),
            ("username", self.username.line(MAX_NAME)),
            ("first_name", self.first_name.line(MAX_NAME).not_blank()),
            ("last_name", self.last_name.line(MAX_NAME).not_blank()),
            ("phone_number", self.phone_number.line(MAX_PHONE)),
            ("department", self.department.line(MAX_NAME)),
            ("license_number", self.license_number.line(MAX_NAME)),
            ("specialty", self.specialty.line(MAX_NAME)),
            ("date_of_birth", self.date_of_birth.line(10)),
            ("gender", self.gender.line(MAX_NAME)),
            ("address", self.address.lines(MAX_TEXT)),
            ("blood_type", self.blood_type.line(MAX_NAME)),
            ("allergies", self.allergies.lines(MAX_TEXT)),
            ("emergency_contact_name", self.emergency_contact_name.line(MAX_NAME)),
            ("emergency_contact_phone", self.emergency_contact_phone.line(MAX_NAME)),
        ] {
            if let Some(text) = given.patch(name, errors) {
                changes.insert(name.to_owned(), text.unwrap_or_default().into());
            }
        }
        let years = "years_of_experience";
        if let Some(number) = self.years_of_experience.within(0..=80).patch(years, errors) {
            changes.insert(years.to_owned(), number.into());
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn person(body: Value) -> Person {
        serde_json::from_value(body).unwrap()
    }

    fn wrong(errors: FieldErrors) -> Vec<String> {
        let fields = errors.finish().err().map(|refusal| refusal.fields).unwrap_or_default();
        fields.into_iter().map(|field| field.field.into_owned()).collect()
    }

    #[test]
    fn an_edit_holds_what_was_sent_and_nothing_else() {
        for (body, expected) in [
            (json!({}), json!({})),
            (json!({"first_name": " Jane "}), json!({"first_name": "Jane"})),
            (json!({"allergies": null}), json!({"allergies": ""})),
            (json!({"years_of_experience": null}), json!({"years_of_experience": null})),
            (json!({"years_of_experience": "10"}), json!({"years_of_experience": 10})),
            // Neither the role nor the hospital nor the log-in state can be edited here.
            (json!({"role": "admin", "hospital": 1, "is_active": false, "password_hash": "x"}), json!({})),
        ] {
            let mut errors = FieldErrors::default();
            let changes = person(body.clone()).changes(&mut errors);
            assert_eq!((Value::Object(changes), wrong(errors).len()), (expected, 0), "{body}");
        }
    }

    #[test]
    fn wrong_fields_are_named_all_at_once() {
        for (body, expected) in [
            (json!({"first_name": ""}), vec!["first_name"]),
            (json!({"email": 5, "allergies": ["Penicillin"]}), vec!["email", "allergies"]),
            (json!({"years_of_experience": 81, "gender": "a\nb"}), vec!["gender", "years_of_experience"]),
            (json!({"address": "x".repeat(2001)}), vec!["address"]),
        ] {
            let mut errors = FieldErrors::default();
            person(body.clone()).changes(&mut errors);
            assert_eq!(wrong(errors), expected, "{body}");
        }
    }

    #[test]
    fn somebody_new_has_a_name() {
        let mut errors = FieldErrors::default();
        let documented = json!({"first_name": "Alice", "last_name": "Johnson", "blood_type": "O+"});
        let profile = person(documented).new_profile(&mut errors).unwrap();
        assert_eq!((profile.full_name().as_str(), profile.blood_type.as_str()), ("Alice Johnson", "O+"));
        assert!(wrong(errors).is_empty());
        for body in [json!({}), json!({"first_name": null, "last_name": "  "})] {
            let mut errors = FieldErrors::default();
            person(body.clone()).new_profile(&mut errors).unwrap();
            assert!(wrong(errors).contains(&"first_name".to_owned()), "{body}");
        }
    }
}
