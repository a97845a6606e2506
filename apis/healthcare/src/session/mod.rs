//! Log-in sessions on the wire.

pub mod log_in;
pub mod log_out;
pub mod refresh;

use crate::account::User;
use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::time::Time;
use ward_services::auth::{LoggedIn, Refreshed};

/// A session that was opened.
#[derive(Debug, Serialize, ToSchema)]
pub struct Opened {
    user: User,
    tokens: Tokens,
    /// The same as in `tokens`.
    access: String,
    /// The same as in `tokens`.
    refresh: String,
}

/// What a session is used with.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tokens {
    /// Good for requests.
    access: String,
    /// Good for new access tokens until the session ends.
    refresh: String,
}

/// A new access token.
#[derive(Debug, Serialize, ToSchema)]
pub struct Renewed {
    access: String,
    /// When it expires.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Time,
}

impl From<LoggedIn> for Opened {
    fn from(log_in: LoggedIn) -> Self {
        let LoggedIn { account, access, refresh, .. } = log_in;
        let tokens = Tokens { access: access.clone(), refresh: refresh.clone() };
        Self { user: (&account).into(), tokens, access, refresh }
    }
}

impl From<Refreshed> for Renewed {
    fn from(refreshed: Refreshed) -> Self {
        Self { access: refreshed.access, expires_at: refreshed.access_expires }
    }
}
