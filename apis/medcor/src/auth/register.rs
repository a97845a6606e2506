//! `POST /api/auth/register/`

use crate::Desk;
use crate::description::Open;
use crate::users::person::ROLES;
use crate::users::{Person, User};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use ward_domain::id::Id;
use ward_domain::policy::Role;
use ward_domain::refusal::FieldErrors;
use ward_http::log_in::MAX_PASSWORD_BYTES;
use ward_http::{Given, JsonBody, Meta, Outcome};
use ward_services::auth::{self, Registration};
use ward_services::user::NewUser;

/// Somebody who registers.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Register {
    #[schema(value_type = String, format = Password)]
    password: Given<String>,
    /// The same once more.
    #[schema(value_type = String, format = Password)]
    password_confirm: Given<String>,
    /// `patient` unless it is said; `admin` for a hospital's first administrator.
    #[schema(value_type = Option<String>, example = "patient")]
    role: Given<String>,
    /// The hospital's id. Not needed where the request's host name is a domain of the hospital, or where the server has
    /// a default hospital.
    #[schema(value_type = Option<u64>)]
    hospital: Given<Id>,
    /// The one-time code of the hospital's creation, for its first administrator.
    #[schema(value_type = Option<String>)]
    setup_code: Given<String>,
    #[serde(flatten)]
    person: Person,
}

impl Register {
    fn read(self) -> Outcome<Registration> {
        let mut errors = FieldErrors::default();
        let password = self.password.secret(MAX_PASSWORD_BYTES).required("password", &mut errors);
        let confirm = self.password_confirm.required("password_confirm", &mut errors);
        if let (Some(password), Some(confirm)) = (&password, &confirm) {
            errors.check(password == confirm, "password_confirm", "Must be the same as password.");
        }
        let role = self.role.choice(&ROLES).optional("role", &mut errors).unwrap_or(Role::Patient);
        let hospital = self.hospital.optional("hospital", &mut errors);
        let setup_code = self.setup_code.line(100).optional("setup_code", &mut errors);
        let profile = self.person.new_profile(&mut errors)?;
        errors.finish()?;
        let Some(password) = password else { unreachable!("noted above") };
        Ok(Registration { user: NewUser { role, profile, password }, hospital, setup_code })
    }
}

/// Registers a new user
///
/// Without a log-in: a patient, or the first administrator of a hospital that has none yet. Repeated under its
/// `Idempotency-Key` within a day, it answers the account that stands; the key with another body answers 422.
#[utoipa::path(
    post,
    path = "/api/auth/register/",
    operation_id = "register",
    tag = "Authentication",
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once")),
    request_body = Register,
    responses((status = 201, body = User), Open),
    security(())
)]
pub(crate) async fn register(
    State(house): Desk,
    Meta(meta): Meta,
    JsonBody(body): JsonBody<Register>,
) -> Outcome<impl IntoResponse> {
    let registration = body.read()?;
    let registered = auth::register(&house, &meta, registration).await?;
    Ok((StatusCode::CREATED, Json(User::new(registered.account, registered.tenant))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use ward_services::Fail;

    fn read(body: Value) -> Result<Registration, Vec<String>> {
        let body: Register = serde_json::from_value(body).unwrap();
        body.read().map_err(|failure| match failure.fail() {
            Fail::Refused(refusal) => refusal.fields.iter().map(|field| field.field.to_string()).collect(),
            Fail::Fault(fault) => vec![fault.clone()],
        })
    }

    #[test]
    fn the_documented_first_administrator_is_read() {
        let registration = read(json!({
            "email": "admin@hospital.com", "password": "SecurePassword123!", "password_confirm": "SecurePassword123!",
            "first_name": "John", "last_name": "Admin", "role": "admin", "hospital": 1,
            "phone_number": "+1-212-555-0101",
        }))
        .ok()
        .unwrap();
        assert_eq!((registration.user.role, registration.hospital), (Role::HospitalAdmin, Id::new(1)));
        assert_eq!(registration.user.profile.phone_number, "+1-212-555-0101");
    }

    #[test]
    fn wrong_fields_are_named() {
        for (more, expected) in [
            (json!({"password_confirm": "other pass"}), "password_confirm"),
            (json!({"password": null}), "password"),
            (json!({"role": "platform_admin"}), "role"),
            (json!({"hospital": -1, "setup_code": 5}), "hospital,setup_code"),
            (json!({"first_name": " "}), "first_name"),
        ] {
            let mut body = json!({"password": "some pass", "password_confirm": "some pass", "first_name": "A", "last_name": "B"});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            assert_eq!(read(body).err().map(|names| names.join(",")).as_deref(), Some(expected), "{more}");
        }
    }

    #[test]
    fn who_says_no_role_is_a_patient() {
        let body = json!({"password": "some pass", "password_confirm": "some pass", "first_name": "A", "last_name": "B"});
        assert_eq!(read(body).ok().unwrap().user.role, Role::Patient);
    }
}
