//! `PUT /api/auth/profile/`: changes what is sent of the caller's profile.

use super::UserProfile;
use crate::answer::{Answer, Errors, Refused};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::refusal::FieldErrors;
use ward_http::extract::etag;
use ward_http::{Caller, Given, IfMatch, JsonBody, Outcome};
use ward_services::House;
use ward_services::user::{self, ProfileEdit};

/// Longest line and longest text that are looked at, in characters; the rules are narrower.
const MAX_LINE: usize = 300;
const MAX_TEXT: usize = 2_000;

/// What is to change. What is left out stays, null empties.
#[derive(Debug, Deserialize, ToSchema)]
pub struct EditProfile {
    #[schema(value_type = Option<String>)]
    email: Given<String>,
    #[schema(value_type = Option<String>)]
    username: Given<String>,
    #[schema(value_type = Option<String>)]
    phone_number: Given<String>,
    #[schema(value_type = Option<String>)]
    first_name: Given<String>,
    #[schema(value_type = Option<String>)]
    last_name: Given<String>,
    #[schema(value_type = Option<String>, format = Date)]
    date_of_birth: Given<String>,
    #[schema(value_type = Option<String>)]
    gender: Given<String>,
    #[schema(value_type = Option<String>)]
    address: Given<String>,
    #[schema(value_type = Option<String>)]
    blood_type: Given<String>,
    #[schema(value_type = Option<String>)]
    allergies: Given<String>,
    #[schema(value_type = Option<String>)]
    emergency_contact_name: Given<String>,
    #[schema(value_type = Option<String>)]
    emergency_contact_phone: Given<String>,
    #[schema(value_type = Option<String>)]
    department: Given<String>,
    #[schema(value_type = Option<String>)]
    specialty: Given<String>,
    #[schema(value_type = Option<String>)]
    license_number: Given<String>,
    #[schema(value_type = Option<u32>, maximum = 80)]
    years_of_experience: Given<i64>,
    #[schema(value_type = Option<String>)]
    bio: Given<String>,
    /// Replaced whole.
    #[schema(value_type = Option<Object>)]
    extra: Given<Map<String, Value>>,
}

/// Change the caller's profile.
#[utoipa::path(
    put, path = "/api/auth/profile/", tag = "Authentication", request_body = EditProfile,
    security(("bearer" = [])),
    params(("If-Match" = Option<String>, Header, description = "The version that is edited, as its ETag.")),
    responses(
        (status = 200, description = "The profile as it stands then.", body = Answer<UserProfile>),
        (status = 409, description = "The log-in belongs to someone else.", body = Refused),
        (status = 412, description = "It was changed meanwhile.", body = Refused),
        Errors
    )
)]
pub async fn edit(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    IfMatch(if_version): IfMatch,
    JsonBody(body): JsonBody<EditProfile>,
) -> Outcome<impl IntoResponse> {
    let edit = ProfileEdit { fields: read(body)?, if_version };
    let edited = user::edit(&house, &ctx, ctx.user.id(), edit).await?;
    Ok((etag(edited.version), Json(Answer::new("Profile updated.", UserProfile::from(edited.document)))))
}

/// The fields that were sent; the house names them the same.
fn read(body: EditProfile) -> Outcome<Map<String, Value>> {
    let mut errors = FieldErrors::default();
    let mut fields = Map::new();
    for (name, given) in [
        ("email", body.email.line(MAX_LINE)),
        ("username", body.username.line(MAX_LINE)),
        ("phone_number", body.phone_number.line(MAX_LINE)),
        ("first_name", body.first_name.line(MAX_LINE)),
        ("last_name", body.last_name.line(MAX_LINE)),
        ("date_of_birth", body.date_of_birth.line(MAX_LINE)),
        ("gender", body.gender.line(MAX_LINE)),
        ("address", body.address.lines(MAX_TEXT)),
        ("blood_type", body.blood_type.line(MAX_LINE)),
        ("allergies", body.allergies.lines(MAX_TEXT)),
        ("emergency_contact_name", body.emergency_contact_name.line(MAX_LINE)),
        ("emergency_contact_phone", body.emergency_contact_phone.line(MAX_LINE)),
        ("department", body.department.line(MAX_LINE)),
        ("specialty", body.specialty.line(MAX_LINE)),
        ("license_number", body.license_number.line(MAX_LINE)),
        ("bio", body.bio.lines(MAX_TEXT)),
    ] {
        if let Some(text) = given.patch(name, &mut errors) {
            fields.insert(name.to_owned(), text.unwrap_or_default().into());
        }
    }
    if let Some(years) = body.years_of_experience.within(0..=80).patch("years_of_experience", &mut errors) {
        fields.insert("years_of_experience".to_owned(), years.into());
    }
    if let Some(extra) = body.extra.patch("extra", &mut errors) {
        fields.insert("extra".to_owned(), extra.unwrap_or_default().into());
    }
    errors.finish()?;
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use ward_domain::account::Profile;

    fn of(body: Value) -> Outcome<Map<String, Value>> {
        read(serde_json::from_value(body).unwrap())
    }

    #[test]
    fn only_what_is_sent_changes_and_fits_the_record() {
        assert_eq!(of(json!({"role": "admin", "id": 5})).unwrap(), Map::new());
        let sent = json!({
            "first_name": " Sara ", "bio": null, "years_of_experience": "7", "extra": {"a": [1]}, "blood_type": "O+"
        });
        let fields = of(sent).unwrap();
        let profile: Profile = serde_json::from_value(Value::Object(fields)).unwrap();
        assert_eq!((profile.first_name.as_str(), profile.years_of_experience), ("Sara", Some(7)));
        assert_eq!(profile.extra["a"], json!([1]));
        for wrong in [json!({"email": 5}), json!({"years_of_experience": -1}), json!({"extra": "x"})] {
            assert!(of(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
