//! Who someone is: registration, log-in, tokens, one's own profile.

pub(crate) mod ask_password_reset;
pub(crate) mod change_password;
pub(crate) mod edit_profile;
pub(crate) mod log_in;
pub(crate) mod log_out;
pub(crate) mod read_profile;
pub(crate) mod refresh;
pub(crate) mod register;
pub(crate) mod reset_password;
pub(crate) mod sessions;
pub(crate) mod totp;
pub(crate) mod verify_email;

use serde::Serialize;
use utoipa::ToSchema;

/// A sentence that says that it worked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Message {
    message: &'static str,
}

/// Longest token that is read, in bytes.
const MAX_TOKEN_BYTES: usize = 4_096;
