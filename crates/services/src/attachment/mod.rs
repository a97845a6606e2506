//! Attachments of medical records: who may read the record may add to it and read what was added, but for the
//! administrator, who only reads.

mod add;
mod delete;
mod list;
mod read;

pub use add::add;
pub use delete::delete;
pub use list::list;
pub use read::read;

use crate::{Ctx, House, object};
use ward_domain::chart::Attachment;
use ward_domain::time::{MINUTE, Time};
use ward_domain::upload::ObjectKind;
use ward_gateways::objects::ObjectKey;

/// An attachment, with the right to read its file for a while.
#[derive(Debug, Clone)]
pub struct Linked {
    /// The attachment.
    pub attachment: Attachment,
    /// The path of a link to its file, below the server's address.
    pub link: String,
    /// The moment from which it is good no more.
    pub until: Time,
}

/// Gives a link out. The caller has left the entry that says who saw the attachment.
fn linked(house: &House, ctx: &Ctx, attachment: Attachment) -> Linked {
    let until = house.env.now().plus(house.uploads.settings.link_minutes * MINUTE);
    let key = ObjectKey { kind: ObjectKind::Attachment, id: attachment.id };
    let link = object::link(house, &ctx.scope, key, attachment.media, until);
    Linked { attachment, link, until }
}
