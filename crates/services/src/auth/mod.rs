//! Who someone is: registration, log-in, tokens, sessions.

mod authenticate;
mod change_password;
mod log_in;
mod log_out;
mod passwords;
mod refresh;
mod register;
mod sessions;
mod tenant;
mod tokens;

pub use change_password::{ChangePassword, change_password};
pub use log_in::{Credentials, LoggedIn, log_in};
pub use log_out::log_out;
pub use passwords::{PasswordCost, Passwords};
pub use refresh::{Refreshed, refresh, slide};
pub use register::{Registered, Registration, register};
pub use sessions::Sessions;
pub use tokens::{Claims, TokenKind, Tokens};
