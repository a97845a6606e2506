//! The attachments of a medical record.

use super::{Linked, linked};
use crate::list::Question;
use crate::{Ctx, Fail, House, Listed, PageRequest};
use ward_domain::chart::{Attachment, MedicalRecord};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::record::{Key, List};
use ward_store::Bounds;

/// A page of what was added to a record that is open to the caller, newest first.
pub async fn list(house: &House, ctx: &Ctx, record: Id, page: PageRequest) -> Result<Listed<Linked>, Fail> {
    house.chart_document::<MedicalRecord>(ctx, record, Resource::Attachment, Action::List).await?;
    let (list, eq) = (List::AttachmentsByRecord, Key::of(record.get()));
    let question = Question { list, eq, bounds: Bounds::ALL, descending: true };
    let listed = house.page::<Attachment>(ctx, question, page).await?;
    let items = listed.items.into_iter().map(|found| linked(house, ctx, found.document)).collect();
    Ok(Listed { items, total: listed.total })
}
