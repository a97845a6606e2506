//! `POST /api/auth/login/`

use super::MAX_PASSWORD_BYTES;
use crate::Desk;
use crate::description::Open;
use crate::users::User;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use ward_domain::id::Id;
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_http::{Given, JsonBody, Meta, Outcome};
use ward_services::auth::{self, Credentials};

/// One of e-mail address, user name and telephone number, with the password.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct LogIn {
    #[schema(value_type = Option<String>, example = "admin@hospital.com")]
    email: Given<String>,
    #[schema(value_type = Option<String>)]
    username: Given<String>,
    #[schema(value_type = Option<String>)]
    phone_number: Given<String>,
    #[schema(value_type = String, format = Password)]
    password: Given<String>,
    /// Which hospital, for those who have an account at several.
    #[schema(value_type = Option<u64>)]
    hospital: Given<Id>,
}

/// Who logged in, and their tokens.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LoggedIn {
    user: User,
    tokens: Tokens,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tokens {
    /// For the Authorization header; good for an hour.
    access: String,
    /// For new access tokens, until the session ends.
    refresh: String,
}

impl LogIn {
    fn read(self) -> Result<Credentials, Refusal> {
        let mut errors = FieldErrors::default();
        let mut log_in = None;
        let mut wrong = false;
        for (name, given) in
            [("email", self.email), ("username", self.username), ("phone_number", self.phone_number)]
        {
            wrong |= matches!(given, Given::Wrong(_));
            // The first that says something counts: forms send the other fields blank.
            let said = given.optional(name, &mut errors).filter(|text| !text.trim().is_empty());
            log_in = log_in.or(said);
        }
        errors.check(log_in.is_some() || wrong, "email", "Give an email, a username or a phone_number.");
        let password = self.password.secret(MAX_PASSWORD_BYTES).required("password", &mut errors);
        let hospital = self.hospital.optional("hospital", &mut errors);
        errors.finish()?;
        let (Some(log_in), Some(password)) = (log_in, password) else { unreachable!("noted above") };
        Ok(Credentials { log_in, password, hospital })
    }
}

/// Logs a user in
///
/// An `Idempotency-Key` changes nothing here: tokens are not kept, so a log-in that is repeated opens a session of its
/// own.
#[utoipa::path(
    post,
    path = "/api/auth/login/",
    operation_id = "log_in",
    tag = "Authentication",
    request_body = LogIn,
    responses((status = 200, body = LoggedIn), Open),
    security(())
)]
pub(crate) async fn log_in(
    State(house): Desk,
    Meta(meta): Meta,
    JsonBody(body): JsonBody<LogIn>,
) -> Outcome<Json<LoggedIn>> {
    let opened = auth::log_in(&house, &meta, body.read()?).await?;
    let tokens = Tokens { access: opened.access, refresh: opened.refresh };
    Ok(Json(LoggedIn { user: User::new(opened.account, opened.tenant), tokens }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(body: &Value) -> Result<(String, Option<Id>), String> {
        let body: LogIn = serde_json::from_value(body.clone()).unwrap();
        let names = |refusal: Refusal| {
            refusal.fields.iter().map(|error| error.field.to_string()).collect::<Vec<_>>().join(",")
        };
        body.read().map(|credentials| (credentials.log_in, credentials.hospital)).map_err(names)
    }

    #[test]
    fn the_first_log_in_that_is_given_counts() {
        for (body, expected) in [
            (json!({"email": "a@b.example", "username": "b", "password": "p"}), Ok(("a@b.example", None))),
            (json!({"email": "", "username": "b", "password": "p"}), Ok(("b", None))),
            (
                json!({"email": null, "phone_number": "+1-212", "password": "p", "hospital": "4"}),
                Ok(("+1-212", Id::new(4))),
            ),
            (json!({"password": "p"}), Err("email")),
            (json!({"email": " "}), Err("email,password")),
            (json!({"username": 7, "password": ""}), Err("username,password")),
            (json!({"email": "a", "password": "p", "hospital": "x"}), Err("hospital")),
        ] {
            let expected = expected.map(|(log_in, id)| (log_in.to_owned(), id)).map_err(str::to_owned);
            assert_eq!(read(&body), expected, "{body}");
        }
    }
}
