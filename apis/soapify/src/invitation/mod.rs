//! Invitations on the wire: ours, in the document's style. An administrator invites a telephone number into a role.

pub mod create;
pub mod end;
pub mod list;

use crate::account::Role;
use crate::moment::Moment;
use serde::Serialize;
use utoipa::ToSchema;

/// An invitation that stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invitation {
    id: u64,
    #[schema(example = "+989123456789")]
    phone_number: String,
    role: Role,
    first_name: String,
    last_name: String,
    /// The user who invites.
    invited_by: u64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Moment,
    /// Until when whoever shows the number's code gets the role.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Moment,
}

impl From<ward_domain::phone::Invitation> for Invitation {
    fn from(invitation: ward_domain::phone::Invitation) -> Self {
        Self {
            id: invitation.id.get(),
            phone_number: invitation.phone_number,
            role: invitation.role.word(),
            first_name: invitation.first_name,
            last_name: invitation.last_name,
            invited_by: invitation.by.get(),
            created_at: invitation.created_at.into(),
            expires_at: invitation.until.into(),
        }
    }
}
