//! Log-in sessions on the wire (document 000, *Verify OTP & Login*, *Extend Session*).

pub mod extend;
pub mod log_in;
pub mod log_out;
pub mod refresh;
pub mod send_code;
pub mod verify_code;

use crate::account::Role;
use crate::moment::Moment;
use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::account::Account;
use ward_domain::id::IdKind;
use ward_services::auth::{LoggedIn, Refreshed};

/// A session that was opened.
#[derive(Debug, Serialize, ToSchema)]
pub struct Opened {
    /// Good for requests.
    jwt_token: String,
    /// Good for new tokens until the session ends.
    refresh_token: String,
    /// A UUID.
    session_id: String,
    /// When `jwt_token` expires.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Moment,
    /// By how much the session slides when it is renewed: how long the new token is then good.
    window_duration_minutes: u32,
    user: SessionUser,
}

/// Who logged in.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionUser {
    id: u64,
    username: String,
    phone_number: String,
    role: Role,
    profile: SessionProfile,
}

/// What a log-in says of a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionProfile {
    full_name: String,
    specialty: String,
    license_number: String,
}

/// A new token of a session.
#[derive(Debug, Serialize, ToSchema)]
pub struct Renewed {
    /// Good for requests.
    jwt_token: String,
    /// When it expires.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Moment,
    /// By how much the session slides when it is renewed: how long the new token is then good.
    window_duration_minutes: u32,
}

impl Opened {
    /// `window` is by how many minutes sessions slide.
    fn new(log_in: LoggedIn, window: u32) -> Self {
        Self {
            jwt_token: log_in.access,
            refresh_token: log_in.refresh,
            session_id: log_in.session.id.id().to_uuid(IdKind::Session),
            expires_at: log_in.access_expires.into(),
            window_duration_minutes: window,
            user: (&log_in.account).into(),
        }
    }
}

impl From<&Account> for SessionUser {
    fn from(account: &Account) -> Self {
        let profile = &account.profile;
        Self {
            id: account.id.get(),
            username: profile.username.clone(),
            phone_number: profile.phone_number.clone(),
            role: account.role.word(),
            profile: SessionProfile {
                full_name: profile.full_name(),
                specialty: profile.specialty.clone(),
                license_number: profile.license_number.clone(),
            },
        }
    }
}

impl Renewed {
    /// `window` is by how many minutes sessions slide.
    fn new(refreshed: Refreshed, window: u32) -> Self {
        Self {
            jwt_token: refreshed.access,
            expires_at: refreshed.access_expires.into(),
            window_duration_minutes: window,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use ward_domain::time::Time;

    #[test]
    fn a_session_has_the_documented_form() {
        let account = crate::account::tests::doctor();
        let opened = Opened {
            jwt_token: "a.b.c".into(),
            refresh_token: "d.e.f".into(),
            session_id: "s".into(),
            expires_at: Time::parse("2024-01-20T11:30:00Z").unwrap().into(),
            window_duration_minutes: 30,
            user: (&account).into(),
        };
        let expected = json!({
            "jwt_token": "a.b.c",
            "refresh_token": "d.e.f",
            "session_id": "s",
            "expires_at": "2024-01-20T11:30:00Z",
            "window_duration_minutes": 30,
            "user": {
                "id": 1,
                "username": "dr_smith",
                "phone_number": "+989123456789",
                "role": "doctor",
                "profile": {
                    "full_name": "Dr. John Smith", "specialty": "General Practice", "license_number": "12345"
                }
            }
        });
        assert_eq!(serde_json::to_value(opened).unwrap(), expected);
    }
}
