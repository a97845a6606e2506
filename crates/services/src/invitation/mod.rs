//! Invitations: a telephone number that registers into a role which only an administrator gives.

mod create;
mod end;
mod list;

pub use create::{NewInvitation, create};
pub use end::end;
pub use list::list;
