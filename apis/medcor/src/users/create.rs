//! `POST /api/auth/users/`

use super::person::{Person, ROLES};
use super::user::{User, one};
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use ward_domain::id::Id;
use ward_domain::refusal::FieldErrors;
use ward_domain::tenancy::TenantId;
use ward_http::{Caller, Given, JsonBody, Outcome};
use ward_services::user::{self, NewUser};

/// Somebody to be given an account.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CreateUser {
    #[schema(value_type = String, format = Password)]
    password: Given<String>,
    /// `admin`, `doctor`, `staff` or `patient`.
    #[schema(value_type = String, example = "doctor")]
    role: Given<String>,
    /// The caller's own, if it is said at all.
    #[schema(value_type = Option<u64>)]
    hospital: Given<Id>,
    #[serde(flatten)]
    person: Person,
}

impl CreateUser {
    /// `tenant` is the caller's.
    fn read(self, tenant: TenantId) -> Outcome<NewUser> {
        let mut errors = FieldErrors::default();
        let password = self.password.secret(1_024).required("password", &mut errors);
        let role = self.role.choice(&ROLES).required("role", &mut errors);
        let own = self.hospital.check(|id| id.get() == tenant.get(), "This is not your hospital.");
        own.optional("hospital", &mut errors);
        let profile = self.person.new_profile(&mut errors)?;
        errors.finish()?;
        let (Some(password), Some(role)) = (password, role) else { unreachable!("noted above") };
        Ok(NewUser { role, profile, password })
    }
}

/// Creates a user
///
/// In the caller's hospital; for its administrator.
#[utoipa::path(
    post,
    path = "/api/auth/users/",
    operation_id = "create_user",
    tag = "Users",
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once")),
    request_body = CreateUser,
    responses((status = 201, body = User), Writing)
)]
pub(crate) async fn create(
    State(house): Desk,
    Caller(ctx): Caller,
    JsonBody(body): JsonBody<CreateUser>,
) -> Outcome<impl IntoResponse> {
    let new = body.read(ctx.scope.tenant())?;
    let created = user::create(&house, &ctx, new).await?;
    Ok((StatusCode::CREATED, one(&ctx, created)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use ward_domain::policy::Role;
    use ward_services::Fail;

    fn read(body: Value) -> Result<NewUser, Vec<String>> {
        let body: CreateUser = serde_json::from_value(body).unwrap();
        body.read(TenantId::from_number(1)).map_err(|failure| match failure.fail() {
            Fail::Refused(refusal) => refusal.fields.iter().map(|field| field.field.to_string()).collect(),
            Fail::Fault(fault) => vec![fault.clone()],
        })
    }

    #[test]
    fn the_documented_doctor_is_read() {
        let new = read(json!({
            "email": "dr.smith@hospital.com", "username": "drsmith", "password": "DoctorPass123!",
            "first_name": "Jane", "last_name": "Smith", "role": "doctor", "hospital": 1,
            "department": "Cardiology", "license_number": "MD123456", "years_of_experience": 10,
        }))
        .unwrap();
        assert_eq!((new.role, new.password.as_str()), (Role::Doctor, "DoctorPass123!"));
        assert_eq!(
            (new.profile.department.as_str(), new.profile.years_of_experience),
            ("Cardiology", Some(10))
        );
    }

    #[test]
    fn wrong_fields_are_named() {
        let names = json!({"first_name": "A", "last_name": "B"});
        for (more, expected) in [
            (json!({}), vec!["password", "role"]),
            (json!({"password": "longenough", "role": "platform_admin"}), vec!["role"]),
            (json!({"password": "longenough", "role": "staff", "hospital": 2}), vec!["hospital"]),
            (json!({"password": "", "role": "staff", "hospital": "one"}), vec!["password", "hospital"]),
        ] {
            let mut body = names.clone();
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            assert_eq!(read(body).err(), Some(expected.into_iter().map(str::to_owned).collect()), "{more}");
        }
    }
}
