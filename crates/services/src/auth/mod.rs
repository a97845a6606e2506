//! Who someone is: registration, log-in, tokens, sessions.

mod authenticate;
mod change_password;
pub(crate) mod code;
mod guard;
mod log_in;
mod log_out;
mod open_sessions;
mod passwords;
mod phone;
mod refresh;
mod register;
mod reset_password;
mod sessions;
mod tenant;
mod tokens;
mod totp;
mod verify_email;

pub use change_password::{ChangePassword, change_password};
pub use code::Second;
pub use guard::LogInGuard;
pub use log_in::{Credentials, LoggedIn, log_in};
pub use log_out::log_out;
pub use open_sessions::{end_other_sessions, end_session, list_sessions};
pub use passwords::{PasswordCost, Passwords};
pub use phone::{AskedCode, CodeSent, ShownCode, log_in_by_code, send_code};
pub use refresh::{Refreshed, extend, refresh, slide};
pub use register::{Registered, Registration, register};
pub use reset_password::{Forgotten, NewPassword, ask_reset, reset_password};
pub use sessions::Sessions;
pub use tokens::{Claims, TokenKind, Tokens};
pub use totp::{Enrolment, begin_totp, confirm_totp, remove_totp, renew_recovery_codes, reset_totp};
pub use verify_email::{ask_verify_email, verify_email};
