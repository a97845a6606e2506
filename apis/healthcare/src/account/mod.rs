//! The caller's own account on the wire.

pub mod edit;
pub mod me;
pub mod profile;

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use ward_domain::account::Account;
use ward_domain::time::Time;

/// Who someone is.
#[derive(Debug, Serialize, ToSchema)]
pub struct User {
    id: u64,
    email: String,
    username: String,
    phone_number: String,
    first_name: String,
    last_name: String,
    /// `patient`, `doctor`, `admin`, ….
    #[schema(example = "patient")]
    role: &'static str,
    is_active: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
}

/// Who someone is, and what they say of themself. What was never said is empty.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserProfile {
    #[serde(flatten)]
    user: User,
    /// `YYYY-MM-DD`.
    date_of_birth: String,
    gender: String,
    address: String,
    blood_type: String,
    allergies: String,
    emergency_contact_name: String,
    emergency_contact_phone: String,
    department: String,
    specialty: String,
    license_number: String,
    /// Null where it was never said.
    years_of_experience: Option<u32>,
    bio: String,
    /// Keys that stay open.
    #[schema(value_type = Object)]
    extra: Map<String, Value>,
}

impl From<&Account> for User {
    fn from(account: &Account) -> Self {
        let profile = &account.profile;
        Self {
            id: account.id.get(),
            email: profile.email.clone(),
            username: profile.username.clone(),
            phone_number: profile.phone_number.clone(),
            first_name: profile.first_name.clone(),
            last_name: profile.last_name.clone(),
            role: account.role.word(),
            is_active: account.active,
            created_at: account.created_at,
            updated_at: account.updated_at,
        }
    }
}

impl From<Account> for UserProfile {
    fn from(account: Account) -> Self {
        let user = User::from(&account);
        let profile = account.profile;
        Self {
            user,
            date_of_birth: profile.date_of_birth,
            gender: profile.gender,
            address: profile.address,
            blood_type: profile.blood_type,
            allergies: profile.allergies,
            emergency_contact_name: profile.emergency_contact_name,
            emergency_contact_phone: profile.emergency_contact_phone,
            department: profile.department,
            specialty: profile.specialty,
            license_number: profile.license_number,
            years_of_experience: profile.years_of_experience,
            bio: profile.bio,
            extra: profile.extra,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_profile_is_the_user_and_more_and_never_the_password() {
        let account: Account = serde_json::from_value(json!({
            "id": 7, "role": "patient", "active": true, "password_hash": "$argon2id$", "log_ins": ["00"],
            "created_at": "2024-01-01T00:00:00Z", "updated_at": "2024-01-02T00:00:00Z", "last_log_in": null,
            "profile": {"email": "sara@example.com", "first_name": "Sara", "blood_type": "O+", "extra": {"a": 1}}
        }))
        .unwrap();
        let user = json!({
            "id": 7, "email": "sara@example.com", "username": "", "phone_number": "", "first_name": "Sara",
            "last_name": "", "role": "patient", "is_active": true, "created_at": "2024-01-01T00:00:00Z",
            "updated_at": "2024-01-02T00:00:00Z"
        });
        assert_eq!(serde_json::to_value(User::from(&account)).unwrap(), user);
        let profile = serde_json::to_value(UserProfile::from(account)).unwrap();
        for (key, value) in user.as_object().unwrap() {
            assert_eq!(&profile[key], value, "{key}");
        }
        assert_eq!((&profile["blood_type"], &profile["extra"]), (&json!("O+"), &json!({"a": 1})));
        assert!(!profile.to_string().contains("argon2id"));
    }
}
