//! A link to a calendar as this API spells it.

use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::account;
use ward_domain::time::Time;

/// A link to a calendar. Its address is shown once, when it is made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CalendarLink {
    id: u64,
    /// Whose calendar it shows.
    user: u64,
    /// Whether it names patients.
    with_names: bool,
    /// Who made it.
    created_by: u64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
}

impl From<account::CalendarLink> for CalendarLink {
    fn from(link: account::CalendarLink) -> Self {
        Self {
            id: link.id.get(),
            user: link.user.get(),
            with_names: link.with_names,
            created_by: link.created_by.get(),
            created_at: link.created_at,
        }
    }
}
