//! An account as this API spells it.

use axum::Json;
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::account::Account;
use ward_domain::id::{HospitalId, UserId};
use ward_domain::tenancy::TenantId;
use ward_domain::time::Time;
use ward_http::extract::etag;
use ward_services::Ctx;
use ward_services::house::Versioned;

/// A person with an account. Text that was never set is `""`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct User {
    id: u64,
    email: String,
    username: String,
    first_name: String,
    last_name: String,
    /// First and last name, or the user name where there is neither.
    full_name: String,
    /// `admin`, `doctor`, `staff`, `patient` or `platform_admin`.
    #[schema(example = "doctor")]
    role: &'static str,
    /// The tenant; null for a platform admin.
    hospital: Option<u64>,
    /// As sent.
    phone_number: String,
    /// Whether they may log in.
    is_active: bool,
    department: String,
    license_number: String,
    years_of_experience: Option<u32>,
    specialty: String,
    #[schema(format = Date)]
    date_of_birth: Option<String>,
    gender: String,
    address: String,
    blood_type: String,
    /// Text.
    allergies: String,
    emergency_contact_name: String,
    emergency_contact_phone: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
    #[schema(value_type = Option<String>, format = DateTime)]
    last_login: Option<Time>,
    /// Whether they have shown that the e-mail address is theirs.
    email_verified: bool,
    /// The patient whom this one was merged into, if they were.
    merged_into: Option<u64>,
}

impl User {
    /// What may leave of an account: no password hash, no log-in hashes.
    pub fn new(account: Account, tenant: TenantId) -> Self {
        let profile = account.profile;
        Self {
            id: account.id.get(),
            full_name: profile.full_name(),
            email: profile.email,
            username: profile.username,
            first_name: profile.first_name,
            last_name: profile.last_name,
            role: account.role.word(),
            hospital: tenant.hospital().map(HospitalId::get),
            phone_number: profile.phone_number,
            is_active: account.active,
            department: profile.department,
            license_number: profile.license_number,
            years_of_experience: profile.years_of_experience,
            specialty: profile.specialty,
            date_of_birth: Some(profile.date_of_birth).filter(|date| !date.is_empty()),
            gender: profile.gender,
            address: profile.address,
            blood_type: profile.blood_type,
            allergies: profile.allergies,
            emergency_contact_name: profile.emergency_contact_name,
            emergency_contact_phone: profile.emergency_contact_phone,
            created_at: account.created_at,
            updated_at: account.updated_at,
            last_login: account.last_log_in,
            email_verified: account.email_verified,
            merged_into: account.merged_into.map(UserId::get),
        }
    }
}

/// An account of the caller's tenant as an answer, with its version.
pub(crate) fn one(ctx: &Ctx, found: Versioned<Account>) -> impl IntoResponse + use<> {
    (etag(found.version), Json(User::new(found.document, ctx.scope.tenant())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use ward_domain::account::{Failures, Profile};
    use ward_domain::id::Id;
    use ward_domain::policy::Role;

    fn wire(role: Role, tenant: u64, profile: Profile) -> Value {
        let at = Time::parse("2025-01-20T09:00:00Z").unwrap();
        let account = Account {
            id: Id::new(5).unwrap().into(),
            role,
            active: true,
            profile,
            password_hash: "$argon2id$secret".into(),
            log_ins: vec!["00ff".into()],
            failures: Failures::default(),
            created_at: at,
            updated_at: at,
            last_log_in: None,
            email_verified: false,
            merged_into: None,
            fingerprints: vec!["n00".into()],
            phone_unproven: false,
        };
        serde_json::to_value(User::new(account, TenantId::from_number(tenant))).unwrap()
    }

    #[test]
    fn what_was_never_set_is_empty_text_or_null() {
        let empty =
            ["email", "username", "first_name", "last_name", "full_name", "phone_number", "department"];
        let more = ["license_number", "specialty", "gender", "address", "blood_type", "allergies"];
        let contact = ["emergency_contact_name", "emergency_contact_phone"];
        let mut expected = json!({
            "id": 5, "role": "patient", "hospital": 9, "is_active": true,
            "years_of_experience": null, "date_of_birth": null, "last_login": null,
            "created_at": "2025-01-20T09:00:00Z", "updated_at": "2025-01-20T09:00:00Z",
            "email_verified": false, "merged_into": null,
        });
        for name in empty.iter().chain(&more).chain(&contact) {
            expected[*name] = json!("");
        }
        // Equal as a whole: neither a hash nor anything else rides along.
        assert_eq!(wire(Role::Patient, 9, Profile::default()), expected);
    }

    #[test]
    fn a_platform_admin_has_no_hospital() {
        let profile = Profile { first_name: "Ada".into(), last_name: "Rey".into(), ..Profile::default() };
        let user = wire(Role::PlatformAdmin, 0, profile);
        assert_eq!((&user["hospital"], &user["full_name"]), (&Value::Null, &json!("Ada Rey")));
        assert_eq!(user["role"], "platform_admin");
    }
}
