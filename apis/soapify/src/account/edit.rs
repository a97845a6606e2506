//! `PATCH /api/accounts/me/`: changes what is sent, also within `profile`.

use super::User;
use crate::answer::{Answer, Errors, Refused, respelled};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::refusal::FieldErrors;
use ward_http::extract::etag;
use ward_http::{Caller, Given, IfMatch, JsonBody, Nested, Outcome};
use ward_services::House;
use ward_services::user::{self, ProfileEdit};

/// Longest line and longest text that are looked at, in characters; the rules are narrower.
const MAX_LINE: usize = 300;
const MAX_TEXT: usize = 2_000;

/// What is to change. Null empties a field.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Edit {
    #[schema(value_type = Option<String>)]
    username: Given<String>,
    #[schema(value_type = Option<String>)]
    email: Given<String>,
    #[schema(value_type = Option<String>)]
    phone_number: Given<String>,
    #[schema(value_type = Option<EditProfile>)]
    profile: Given<Nested<EditProfile>>,
}

/// What is to change in the profile.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct EditProfile {
    /// The last word is the family name.
    #[schema(value_type = Option<String>)]
    full_name: Given<String>,
    #[schema(value_type = Option<String>)]
    specialty: Given<String>,
    #[schema(value_type = Option<String>)]
    license_number: Given<String>,
    #[schema(value_type = Option<u32>, maximum = 80)]
    years_of_experience: Given<i64>,
    #[schema(value_type = Option<String>)]
    bio: Given<String>,
}

/// Change the caller's own account.
#[utoipa::path(
    patch, path = "/api/accounts/me/", tag = "User Management", request_body = Edit, security(("bearer" = [])),
    params(("If-Match" = Option<String>, Header, description = "The version that is edited, as its ETag.")),
    responses(
        (status = 200, description = "The account as it stands then.", body = Answer<User>),
        (status = 409, description = "The log-in belongs to someone else.", body = Refused),
        (status = 412, description = "It was changed meanwhile.", body = Refused),
        Errors
    )
)]
pub async fn edit(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    IfMatch(if_version): IfMatch,
    JsonBody(body): JsonBody<Edit>,
) -> Outcome<impl IntoResponse> {
    let edit = ProfileEdit { fields: read(body)?, if_version };
    let edited = user::edit(&house, &ctx, ctx.user.id(), edit).await;
    let edited = edited.map_err(|fail| respelled(fail, spell))?;
    Ok((etag(edited.version), Json(Answer::new(User::from(&edited.document), ctx.now))))
}

/// The fields as the house names them.
fn read(body: Edit) -> Outcome<Map<String, Value>> {
    let mut errors = FieldErrors::default();
    let mut fields = Map::new();
    let profile = body.profile.optional("profile", &mut errors).unwrap_or_default().0;
    for (field, name, given) in [
        ("username", "username", body.username.line(MAX_LINE)),
        ("email", "email", body.email.line(MAX_LINE)),
        ("phone_number", "phone_number", body.phone_number.line(MAX_LINE)),
        ("specialty", "profile.specialty", profile.specialty.line(MAX_LINE)),
        ("license_number", "profile.license_number", profile.license_number.line(MAX_LINE)),
        ("bio", "profile.bio", profile.bio.lines(MAX_TEXT)),
    ] {
        if let Some(text) = given.patch(name, &mut errors) {
            fields.insert(field.to_owned(), text.unwrap_or_default().into());
        }
    }
    let years = profile.years_of_experience.within(0..=80).patch("profile.years_of_experience", &mut errors);
    if let Some(years) = years {
        fields.insert("years_of_experience".to_owned(), years.into());
    }
    if let Some(name) = profile.full_name.line(MAX_LINE).patch("profile.full_name", &mut errors) {
        let (first, last) = split(&name.unwrap_or_default());
        fields.insert("first_name".to_owned(), first.into());
        fields.insert("last_name".to_owned(), last.into());
    }
    errors.finish()?;
    Ok(fields)
}

/// Given names and family name. Put together again they are the full name, with single spaces.
fn split(name: &str) -> (String, String) {
    let mut words: Vec<&str> = name.split_whitespace().collect();
    let last = if words.len() > 1 { words.pop().unwrap_or_default() } else { "" };
    (words.join(" "), last.to_owned())
}

/// The document's name of a field.
fn spell(field: &str) -> Option<String> {
    match field {
        "first_name" | "last_name" => Some("profile.full_name".to_owned()),
        "specialty" | "license_number" | "years_of_experience" | "bio" => Some(format!("profile.{field}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_is_sent_changes() {
        let read = |body: Value| read(serde_json::from_value(body).unwrap()).map(Value::Object);
        let document = json!({
            "email": "newemail@example.com",
            "profile": {"full_name": "Dr. John Smith Jr.", "bio": "Updated bio text"}
        });
        let expected = json!({
            "email": "newemail@example.com", "bio": "Updated bio text",
            "first_name": "Dr. John Smith", "last_name": "Jr."
        });
        assert_eq!(read(document).unwrap(), expected);
        assert_eq!(read(json!({"profile": null})).unwrap(), json!({}));
        let emptied = json!({"profile": {"bio": null, "years_of_experience": null}});
        assert_eq!(read(emptied).unwrap(), json!({"bio": "", "years_of_experience": null}));
        assert!(read(json!({"profile": {"years_of_experience": 81}})).is_err());
        assert!(read(json!({"profile": []})).is_err());
    }

    #[test]
    fn a_name_comes_back_as_it_was_sent() {
        for (name, first, last) in
            [("", "", ""), ("Sara", "Sara", ""), ("Sara  Ahmadi", "Sara", "Ahmadi"), ("A B C", "A B", "C")]
        {
            assert_eq!(split(name), (first.to_owned(), last.to_owned()));
        }
    }
}
