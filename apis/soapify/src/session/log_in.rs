//! `POST /api/auth/login/`: a session for a telephone number (or user name, or e-mail address) and a password.

use super::Opened;
use crate::answer::{Answer, Errors};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::id::Id;
use ward_domain::refusal::FieldErrors;
use ward_http::{Given, JsonBody, Meta, Outcome};
use ward_services::House;
use ward_services::auth::{self, Credentials};

/// Longest log-in, in characters: an e-mail address.
const MAX_LOG_IN: usize = 254;
/// Longest password that is looked at, in bytes.
const MAX_PASSWORD_BYTES: usize = 4096;

/// One of the four names, and the password.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LogIn {
    /// As in the document's flow.
    #[schema(value_type = Option<String>, example = "+989123456789")]
    phone: Given<String>,
    /// The same.
    #[schema(value_type = Option<String>)]
    phone_number: Given<String>,
    /// As before version 1.0.
    #[schema(value_type = Option<String>)]
    username: Given<String>,
    #[schema(value_type = Option<String>)]
    email: Given<String>,
    #[schema(value_type = String, format = Password)]
    password: Given<String>,
    /// Which hospital, for those who have an account at several.
    #[schema(value_type = Option<u64>)]
    hospital: Given<Id>,
}

/// Log in with a password.
///
/// An `Idempotency-Key` changes nothing here: tokens are not kept, so a log-in that is repeated opens a session of its
/// own.
#[utoipa::path(
    post, path = "/api/auth/login/", tag = "Authentication", request_body = LogIn,
    responses((status = 200, description = "A session.", body = Answer<Opened>), Errors)
)]
pub async fn log_in(
    State(house): State<Arc<House>>,
    Meta(meta): Meta,
    JsonBody(body): JsonBody<LogIn>,
) -> Outcome<Json<Answer<Opened>>> {
    let opened = auth::log_in(&house, &meta, read(body)?).await?;
    Ok(Json(Answer::new(Opened::new(opened, house.settings.window_minutes), house.env.now())))
}

fn read(body: LogIn) -> Outcome<Credentials> {
    let mut errors = FieldErrors::default();
    let names = [
        ("phone_number", body.phone_number),
        ("phone", body.phone),
        ("username", body.username),
        ("email", body.email),
    ];
    let given = names.into_iter().find(|(_, given)| given.is_given());
    // Without any of them the one that the document asks for is missing.
    let (name, given) = given.unwrap_or(("phone_number", Given::Missing));
    let log_in = given.line(MAX_LOG_IN).not_blank().required(name, &mut errors);
    let password = body.password.secret(MAX_PASSWORD_BYTES).required("password", &mut errors);
    let hospital = body.hospital.optional("hospital", &mut errors);
    errors.finish()?;
    Ok(Credentials { log_in: log_in.unwrap_or_default(), password: password.unwrap_or_default(), hospital })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use ward_services::Fail;

    #[test]
    fn one_name_and_the_password_are_needed() {
        for (body, expected) in [
            (json!({"phone": "+98 912", "password": "x"}), Ok("+98 912")),
            (json!({"phone_number": "+98912", "email": "a@b.c", "password": "x"}), Ok("+98912")),
            (json!({"username": "dr_smith", "password": "x"}), Ok("dr_smith")),
            (json!({"email": "a@b.c", "password": "x"}), Ok("a@b.c")),
            (json!({"email": "a@b.c"}), Err(vec!["password"])),
            (json!({"phone": 5, "password": ""}), Err(vec!["phone", "password"])),
            (json!({}), Err(vec!["phone_number", "password"])),
        ] {
            let read = read(serde_json::from_value(body.clone()).unwrap());
            match (read, expected) {
                (Ok(credentials), Ok(log_in)) => assert_eq!(credentials.log_in, log_in, "{body}"),
                (Err(failure), Err(wrong)) => {
                    let Fail::Refused(refusal) = failure.fail() else { panic!("a fault") };
                    let fields: Vec<&str> = refusal.fields.iter().map(|field| field.field.as_ref()).collect();
                    assert_eq!(fields, wrong, "{body}");
                }
                (read, _) => panic!("{body}: {read:?}"),
            }
        }
    }
}
