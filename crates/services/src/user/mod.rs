//! Accounts of a hospital's people.

mod create;
mod duplicates;
mod edit;
mod list;
mod merge;
mod named;
mod read;
mod set_active;
mod validate;

pub use create::create;
pub use duplicates::{Doubles, duplicates};
pub use edit::{ProfileEdit, edit};
pub use list::{UserOrder, UserQuery, list};
pub use merge::{Merging, merge, merges};
pub use read::{me, read};
pub use set_active::set_active;
pub use validate::NewUser;
pub use ward_search::TextField;
