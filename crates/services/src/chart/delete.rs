//! A medical record is deleted: shown to nobody from now on, and gone for good when its time of retention is over.

use super::edit::checked_reason;
use crate::audit::Attempt;
use crate::{Ctx, Fail, House};
use ward_domain::chart::{ChartCommand, ChartDocument as _, MedicalRecord};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};

/// Deletes a medical record; only who wrote it may. `reason` may be empty.
pub async fn delete_record(house: &House, ctx: &Ctx, id: Id, reason: &str) -> Result<(), Fail> {
    let reason = checked_reason("reason", reason)?;
    let (action, resource) = (Action::Delete, Resource::MedicalRecord);
    let (found, _) = house.chart_document::<MedicalRecord>(ctx, id, resource, action).await?;
    let (patient, record) = (found.document.patient, found.document.id);
    let attempt = Attempt { action, resource, id: Some(id), patients: vec![patient] };
    let retention_years = house.settings.chart_retention_years;
    let command = ChartCommand::Delete { record, by: ctx.user, reason, retention_years };
    let told = house.tell_chart(ctx, found.document.chart(), command).await;
    house.refusable(ctx, &attempt, told).await?;
    house.trace_one(ctx, action, resource, id, &attempt.patients).await
}
