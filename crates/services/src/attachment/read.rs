//! One attachment.

use super::{Linked, linked};
use crate::{Ctx, Fail, House};
use ward_domain::chart::{Attachment, MedicalRecord};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::Refusal;

/// An attachment of a record that is open to the caller.
pub async fn read(house: &House, ctx: &Ctx, record: Id, id: Id) -> Result<Linked, Fail> {
    house.chart_document::<MedicalRecord>(ctx, record, Resource::Attachment, Action::Read).await?;
    Ok(linked(house, ctx, house.attachment(ctx, record, id).await?))
}

impl House {
    /// An attachment of a record; what was deleted is there for nobody.
    pub(super) async fn attachment(&self, ctx: &Ctx, record: Id, id: Id) -> Result<Attachment, Fail> {
        let found = self.find::<Attachment>(&ctx.scope, id).await?.map(|found| found.document);
        let found = found.filter(|found| found.record.id() == record && found.deleted.is_none());
        found.ok_or_else(|| Refusal::not_found(Attachment::WHAT).into())
    }
}
