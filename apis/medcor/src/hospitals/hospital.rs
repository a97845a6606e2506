//! A hospital on the wire: as it is answered, and what can be set of it.

use axum::Json;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use ward_domain::contact::{MAX_EMAIL, MAX_NAME, MAX_PHONE};
use ward_domain::hospital::{self, HospitalProfile, HospitalStatus};
use ward_domain::refusal::FieldErrors;
use ward_domain::time::Time;
use ward_http::Given;
use ward_http::extract::etag;
use ward_services::house::Versioned;

/// A hospital. Text that was never set is `""`.
#[derive(Debug, Serialize, ToSchema)]
#[allow(clippy::struct_field_names)] // the document's names
pub(crate) struct Hospital {
    /// The tenant id too.
    id: u64,
    name: String,
    address: String,
    city: String,
    state: String,
    country: String,
    #[schema(example = "general")]
    hospital_type: String,
    contact_email: String,
    /// As sent.
    contact_phone: String,
    website: String,
    /// IANA name.
    #[schema(example = "America/New_York")]
    time_zone: String,
    /// Host names that are the hospital's own. (Not in the document.)
    domains: Vec<String>,
    is_active: bool,
    /// `active`, `suspended` or `deleted`.
    status: &'static str,
    subscription_plan: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
}

impl From<hospital::Hospital> for Hospital {
    fn from(hospital: hospital::Hospital) -> Self {
        let profile = hospital.profile;
        Self {
            id: hospital.id.get(),
            name: profile.name,
            address: profile.address,
            city: profile.city,
            state: profile.state,
            country: profile.country,
            hospital_type: profile.hospital_type,
            contact_email: profile.contact_email,
            contact_phone: profile.contact_phone,
            website: profile.website,
            time_zone: profile.time_zone,
            domains: profile.domains,
            is_active: hospital.status == HospitalStatus::Active,
            status: match hospital.status {
                HospitalStatus::Active => "active",
                HospitalStatus::Suspended => "suspended",
                HospitalStatus::Deleted => "deleted",
            },
            subscription_plan: hospital.plan.code,
            created_at: hospital.created_at,
            updated_at: hospital.updated_at,
        }
    }
}

/// A hospital as an answer, with its version.
pub(super) fn one(found: Versioned<hospital::Hospital>) -> impl IntoResponse {
    (etag(found.version), Json(Hospital::from(found.document)))
}

/// What can be set of a hospital. On an edit, what is missing stays as it is and null clears.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Settings {
    #[schema(value_type = Option<String>, example = "City General Hospital")]
    name: Given<String>,
    #[schema(value_type = Option<String>)]
    address: Given<String>,
    #[schema(value_type = Option<String>, example = "New York")]
    city: Given<String>,
    #[schema(value_type = Option<String>, example = "NY")]
    state: Given<String>,
    #[schema(value_type = Option<String>, example = "USA")]
    country: Given<String>,
    #[schema(value_type = Option<String>, example = "general")]
    hospital_type: Given<String>,
    #[schema(value_type = Option<String>, example = "admin@citygeneral.com")]
    contact_email: Given<String>,
    #[schema(value_type = Option<String>, example = "+1-212-555-0100")]
    contact_phone: Given<String>,
    #[schema(value_type = Option<String>)]
    website: Given<String>,
    /// IANA name; UTC where none was given.
    #[schema(value_type = Option<String>, example = "America/New_York")]
    time_zone: Given<String>,
    /// Host names that are the hospital's own, at most 16; given whole. A request to one of them that has no token is for
    /// this hospital. A name that another hospital has answers 409. (Not in the document.)
    #[schema(value_type = Option<Vec<String>>, example = json!(["care.citygeneral.example"]), max_items = 16)]
    domains: Given<Vec<String>>,
}

/// Longest place, in characters.
const MAX_PLACE: usize = 250;
const UTC: &str = "UTC";

impl Settings {
    /// A new hospital's: a name and an e-mail address are needed.
    pub fn new_profile(self, errors: &mut FieldErrors) -> HospitalProfile {
        for (name, given) in [("name", &self.name), ("contact_email", &self.contact_email)] {
            if matches!(given, Given::Missing | Given::Null) {
                given.clone().required(name, errors);
            }
        }
        let mut profile = HospitalProfile { time_zone: UTC.to_owned(), ..HospitalProfile::default() };
        self.changes(errors).apply(&mut profile);
        profile
    }

    /// What was sent.
    pub fn changes(self, errors: &mut FieldErrors) -> Changes {
        let mut changes = Changes {
            texts: Vec::new(),
            domains: self.domains.patch("domains", errors).map(Option::unwrap_or_default),
        };
        let mut note = |name, given: Given<String>, max_chars, field| {
            if let Some(text) = given.line(max_chars).patch(name, errors) {
                changes.texts.push((field, text.unwrap_or_default()));
            }
        };
        note("name", self.name.not_blank(), MAX_NAME, |profile| &mut profile.name);
        note("address", self.address, MAX_PLACE, |profile| &mut profile.address);
        note("city", self.city, MAX_PLACE, |profile| &mut profile.city);
        note("state", self.state, MAX_PLACE, |profile| &mut profile.state);
        note("country", self.country, MAX_PLACE, |profile| &mut profile.country);
        note("hospital_type", self.hospital_type, MAX_PLACE, |profile| &mut profile.hospital_type);
        note("contact_email", self.contact_email, MAX_EMAIL, |profile| &mut profile.contact_email);
        note("contact_phone", self.contact_phone, MAX_PHONE, |profile| &mut profile.contact_phone);
        note("website", self.website, MAX_PLACE, |profile| &mut profile.website);
        note("time_zone", self.time_zone, MAX_NAME, |profile| &mut profile.time_zone);
        changes
    }
}

/// Where a field lies in a profile.
type Field = fn(&mut HospitalProfile) -> &mut String;

/// Fields and what they are to be.
#[derive(Debug)]
pub(crate) struct Changes {
    texts: Vec<(Field, String)>,
    domains: Option<Vec<String>>,
}

impl Changes {
    /// Carries them out.
    pub fn apply(self, profile: &mut HospitalProfile) {
        for (field, text) in self.texts {
            *field(profile) = text;
        }
        if let Some(domains) = self.domains {
            profile.domains = domains;
        }
        if profile.time_zone.is_empty() {
            UTC.clone_into(&mut profile.time_zone);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn settings(body: Value) -> Settings {
        serde_json::from_value(body).unwrap()
    }

    fn wrong(errors: FieldErrors) -> Vec<String> {
        let fields = errors.finish().err().map(|refusal| refusal.fields).unwrap_or_default();
        fields.into_iter().map(|field| field.field.into_owned()).collect()
    }

    #[test]
    fn the_documented_hospital_is_read() {
        let mut errors = FieldErrors::default();
        let profile = settings(json!({
            "name": "City General Hospital", "city": "New York", "state": "NY", "country": "USA",
            "hospital_type": "general", "contact_email": "admin@citygeneral.com", "contact_phone": "+1-212-555-0100",
        }))
        .new_profile(&mut errors);
        let expected = HospitalProfile {
            name: "City General Hospital".into(),
            city: "New York".into(),
            state: "NY".into(),
            country: "USA".into(),
            hospital_type: "general".into(),
            contact_email: "admin@citygeneral.com".into(),
            contact_phone: "+1-212-555-0100".into(),
            time_zone: "UTC".into(),
            ..HospitalProfile::default()
        };
        assert_eq!((profile, wrong(errors)), (expected, vec![]));
    }

    #[test]
    fn wrong_fields_are_named() {
        for (body, expected) in [
            (json!({}), &["name", "contact_email"][..]),
            (json!({"name": "", "contact_email": "a@b.example", "city": 5}), &["name", "city"]),
            (json!({"name": "A", "contact_email": "a@b.example", "domains": ["a.example", 5]}), &["domains"]),
        ] {
            let mut errors = FieldErrors::default();
            settings(body.clone()).new_profile(&mut errors);
            assert_eq!(wrong(errors), expected, "{body}");
        }
    }

    #[test]
    fn an_edit_touches_what_was_sent() {
        let before = HospitalProfile {
            name: "A".into(),
            city: "B".into(),
            time_zone: "Asia/Tehran".into(),
            ..HospitalProfile::default()
        };
        let mut errors = FieldErrors::default();
        let mut after = before.clone();
        settings(json!({"city": null, "country": "Iran"})).changes(&mut errors).apply(&mut after);
        assert_eq!(after, HospitalProfile { city: String::new(), country: "Iran".into(), ..before });
        assert!(wrong(errors).is_empty());
    }
}
