//! `POST /api/auth/password-reset/confirm/`

use super::Message;
use crate::Desk;
use crate::description::Open;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use ward_domain::id::Id;
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_http::log_in::{MAX_CODE, MAX_PASSWORD_BYTES, log_in_of};
use ward_http::{Given, JsonBody, Meta, Outcome};
use ward_services::auth::{self, NewPassword};

/// The name that the code was asked for with, the code, and the password to be.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ResetPassword {
    #[schema(value_type = Option<String>, example = "admin@hospital.com")]
    email: Given<String>,
    #[schema(value_type = Option<String>)]
    username: Given<String>,
    #[schema(value_type = Option<String>)]
    phone_number: Given<String>,
    #[schema(value_type = Option<u64>)]
    hospital: Given<Id>,
    /// As it came by mail; capitals, dashes and spaces do not matter.
    #[schema(value_type = String, example = "7KQM-2XWA")]
    code: Given<String>,
    #[schema(value_type = String, format = Password)]
    password: Given<String>,
    /// The same once more.
    #[schema(value_type = String, format = Password)]
    password_confirm: Given<String>,
}

impl ResetPassword {
    fn read(self) -> Result<NewPassword, Refusal> {
        let names = [("email", self.email), ("username", self.username), ("phone_number", self.phone_number)];
        let mut errors = FieldErrors::default();
        let log_in = log_in_of(names, &mut errors);
        let hospital = self.hospital.optional("hospital", &mut errors);
        let code = self.code.line(MAX_CODE).not_blank().required("code", &mut errors);
        let password = self.password.secret(MAX_PASSWORD_BYTES).required("password", &mut errors);
        let confirm = self.password_confirm.required("password_confirm", &mut errors);
        if let (Some(password), Some(confirm)) = (&password, &confirm) {
            errors.check(password == confirm, "password_confirm", "Must be the same as password.");
        }
        errors.finish()?;
        let (Some(code), Some(password)) = (code, password) else { unreachable!("noted above") };
        Ok(NewPassword { log_in, hospital, code, password })
    }
}

/// Sets a new password by a code
///
/// Every session of the account ends, wrong passwords before are forgotten, and its owner is told by mail. A second
/// factor stays. A wrong code and an account that is not there are answered alike.
#[utoipa::path(
    post,
    path = "/api/auth/password-reset/confirm/",
    operation_id = "reset_password",
    tag = "Authentication",
    request_body = ResetPassword,
    responses((status = 200, body = Message), Open),
    security(())
)]
pub(crate) async fn reset_password(
    State(house): Desk,
    Meta(meta): Meta,
    JsonBody(body): JsonBody<ResetPassword>,
) -> Outcome<Json<Message>> {
    auth::reset_password(&house, &meta, body.read()?).await?;
    Ok(Json(Message { message: "Password changed successfully" }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn wrong(body: &Value) -> String {
        let body: ResetPassword = serde_json::from_value(body.clone()).unwrap();
        let fields = body.read().err().map(|refusal| refusal.fields).unwrap_or_default();
        fields.iter().map(|error| error.field.to_string()).collect::<Vec<_>>().join(",")
    }

    #[test]
    fn wrong_fields_are_named() {
        for (body, expected) in [
            (
                json!({"email": "a@b.example", "code": "x", "password": "pass", "password_confirm": "pass"}),
                "",
            ),
            (json!({"code": "x", "password": "pass", "password_confirm": "pass"}), "email"),
            (
                json!({"email": "a", "code": " ", "password": "a", "password_confirm": "b"}),
                "code,password_confirm",
            ),
            (json!({"username": 5}), "username,code,password,password_confirm"),
        ] {
            assert_eq!(wrong(&body), expected, "{body}");
        }
    }
}
