//! An attachment is deleted.

use crate::chart::access::Door;
use crate::{Ctx, Fail, House};
use ward_domain::chart::{Attachment, AttachmentCommand, ChartCommand, ChartDocument as _, MedicalRecord};
use ward_domain::id::Id;
use ward_domain::policy::{self, Action, Grant, Resource};
use ward_domain::refusal::Refusal;

/// Deletes an attachment: the doctor who added it, or who wrote the record. It is shown to nobody, its links lead nowhere,
/// and it goes for good, with its file, when the time of retention is over.
pub async fn delete(house: &House, ctx: &Ctx, record: Id, id: Id) -> Result<(), Fail> {
    let (action, resource) = (Action::Delete, Resource::Attachment);
    if policy::grant(ctx.role, resource, action) == Grant::Never {
        house.permit(ctx, resource, action, false).await?;
    }
    let found = house.find::<MedicalRecord>(&ctx.scope, record).await?.map(|found| found.document);
    let found = found.filter(|found| found.deleted.is_none());
    let found = found.ok_or_else(|| Refusal::not_found("Medical record"))?;
    let attachment = house.attachment(ctx, record, id).await?;
    let author = if found.author == ctx.user { found.author } else { attachment.author };
    let (patient, author) = (found.patient, Some(author));
    let door = Door { action, resource, what: Attachment::WHAT, patient, author, id: Some(id) };
    house.chart_access(ctx, &door).await?;
    let command = AttachmentCommand::Delete {
        id,
        record: found.id,
        by: ctx.user,
        reason: String::new(),
        retention_years: house.settings.chart_retention_years,
    };
    let told = house.tell_chart(ctx, found.chart(), ChartCommand::Attachment(command)).await;
    house.refusable(ctx, &door.attempt(), told).await?;
    house.trace_one(ctx, action, resource, id, &[patient]).await
}
