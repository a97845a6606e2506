//! Accounts of a hospital's people.

mod create;
mod edit;
mod list;
mod named;
mod read;
mod set_active;
mod validate;

pub use create::create;
pub use edit::{ProfileEdit, edit};
pub use list::{UserOrder, UserQuery, list};
pub use read::{me, read};
pub use set_active::set_active;
pub use validate::NewUser;
pub use ward_search::TextField;
