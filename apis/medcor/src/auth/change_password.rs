//! `POST /api/auth/change-password/`

use super::Message;
use crate::Desk;
use crate::description::Writing;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_http::log_in::MAX_PASSWORD_BYTES;
use ward_http::{Caller, Given, JsonBody, Outcome};
use ward_services::auth::{self, ChangePassword};

/// The password in use and the one to be.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(clippy::struct_field_names)] // the document's names
pub(crate) struct NewPassword {
    #[schema(value_type = String, format = Password)]
    old_password: Given<String>,
    #[schema(value_type = String, format = Password)]
    new_password: Given<String>,
    /// The new one once more, if at all.
    #[schema(value_type = Option<String>, format = Password)]
    new_password_confirm: Given<String>,
}

impl NewPassword {
    fn read(self) -> Result<ChangePassword, Refusal> {
        let mut errors = FieldErrors::default();
        let old = self.old_password.secret(MAX_PASSWORD_BYTES).required("old_password", &mut errors);
        let new = self.new_password.secret(MAX_PASSWORD_BYTES).required("new_password", &mut errors);
        let confirm = self.new_password_confirm.optional("new_password_confirm", &mut errors);
        if let (Some(new), Some(confirm)) = (&new, confirm) {
            errors.check(*new == confirm, "new_password_confirm", "Must be the same as new_password.");
        }
        errors.finish()?;
        let (Some(old), Some(new)) = (old, new) else { unreachable!("noted above") };
        Ok(ChangePassword { old, new })
    }
}

/// Changes the password
///
/// Every other session of the user ends.
#[utoipa::path(
    post,
    path = "/api/auth/change-password/",
    operation_id = "change_password",
    tag = "Authentication",
    request_body = NewPassword,
    responses((status = 200, body = Message), Writing)
)]
pub(crate) async fn change_password(
    State(house): Desk,
    Caller(ctx): Caller,
    JsonBody(body): JsonBody<NewPassword>,
) -> Outcome<Json<Message>> {
    auth::change_password(&house, &ctx, body.read()?).await?;
    Ok(Json(Message { message: "Password changed successfully" }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn wrong(body: &Value) -> Vec<String> {
        let body: NewPassword = serde_json::from_value(body.clone()).unwrap();
        let fields = body.read().err().map(|refusal| refusal.fields).unwrap_or_default();
        fields.into_iter().map(|error| error.field.into_owned()).collect()
    }

    #[test]
    fn the_confirmation_may_be_missing_but_not_different() {
        for (body, expected) in [
            (json!({"old_password": "a", "new_password": "b"}), &[][..]),
            (json!({"old_password": "a", "new_password": "b", "new_password_confirm": "b"}), &[]),
            (
                json!({"old_password": "a", "new_password": "b", "new_password_confirm": "c"}),
                &["new_password_confirm"],
            ),
            (json!({"old_password": "", "new_password": 5}), &["old_password", "new_password"]),
            (json!({}), &["old_password", "new_password"]),
        ] {
            assert_eq!(wrong(&body), expected, "{body}");
        }
    }
}
