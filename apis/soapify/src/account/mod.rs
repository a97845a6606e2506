//! The caller's own account on the wire (document 000, *User Management*).

pub mod edit;
pub mod me;

use crate::moment::Moment;
use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::account::Account;

/// `doctor`, `admin`, ….
pub type Role = &'static str;

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub struct User {
    id: u64,
    username: String,
    email: String,
    phone_number: String,
    #[schema(example = "doctor")]
    role: Role,
    is_active: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Moment,
    profile: UserProfile,
}

/// What an account says of a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserProfile {
    full_name: String,
    specialty: String,
    license_number: String,
    /// Null where it was never said.
    years_of_experience: Option<u32>,
    bio: String,
    /// Empty without a picture.
    avatar_url: String,
}

impl From<&Account> for User {
    fn from(account: &Account) -> Self {
        let profile = &account.profile;
        Self {
            id: account.id.get(),
            username: profile.username.clone(),
            email: profile.email.clone(),
            phone_number: profile.phone_number.clone(),
            role: account.role.word(),
            is_active: account.active,
            created_at: account.created_at.into(),
            profile: UserProfile {
                full_name: profile.full_name(),
                specialty: profile.specialty.clone(),
                license_number: profile.license_number.clone(),
                years_of_experience: profile.years_of_experience,
                bio: profile.bio.clone(),
                avatar_url: String::new(),
            },
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use serde_json::json;

    /// The document's doctor.
    pub fn doctor() -> Account {
        serde_json::from_value(json!({
            "id": 1, "role": "doctor", "active": true, "password_hash": "", "log_ins": [],
            "created_at": "2024-01-01T00:00:00Z", "updated_at": "2024-01-01T00:00:00Z", "last_log_in": null,
            "profile": {
                "username": "dr_smith", "email": "smith@example.com", "phone_number": "+989123456789",
                "first_name": "Dr. John", "last_name": "Smith", "specialty": "General Practice",
                "license_number": "12345", "years_of_experience": 10, "bio": "Experienced general practitioner..."
            }
        }))
        .unwrap()
    }

    #[test]
    fn a_user_has_the_documented_form() {
        let expected = json!({
            "id": 1, "username": "dr_smith", "email": "smith@example.com", "phone_number": "+989123456789",
            "role": "doctor", "is_active": true, "created_at": "2024-01-01T00:00:00Z",
            "profile": {
                "full_name": "Dr. John Smith", "specialty": "General Practice", "license_number": "12345",
                "years_of_experience": 10, "bio": "Experienced general practitioner...", "avatar_url": ""
            }
        });
        assert_eq!(serde_json::to_value(User::from(&doctor())).unwrap(), expected);
    }
}
