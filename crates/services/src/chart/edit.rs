//! A document of a chart is changed; what stood stays as a version.

use crate::audit::Attempt;
use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use ward_domain::chart::{ChartCommand, ChartDocument, ChartEdit, Editing, MAX_EDIT_REASON, Subject};
use ward_domain::contact::paragraph;
use ward_domain::id::Id;
use ward_domain::policy::Action;
use ward_domain::refusal::Refusal;

/// Why something is changed, and on which version.
#[derive(Debug, Clone, Default)]
pub struct Why {
    /// May be empty.
    pub reason: String,
    /// The version that the caller edits, if they said.
    pub if_version: Option<u64>,
}

/// Changes a document; only who wrote it may.
pub async fn edit<D: ChartDocument>(
    house: &House,
    ctx: &Ctx,
    edit: ChartEdit,
    why: Why,
) -> Result<Versioned<D>, Fail> {
    let id: Id = match edit.subject() {
        Subject::Record(id) => id.into(),
        Subject::Treatment(id) => id.into(),
        Subject::Prescription(id) => id.into(),
    };
    let reason = checked_reason("edit_reason", &why.reason)?;
    let (found, _) = house.chart_document::<D>(ctx, id, D::RESOURCE, Action::Update).await?;
    let (patient, chart) = (found.document.patient(), found.document.chart());
    let attempt =
        Attempt { action: Action::Update, resource: D::RESOURCE, id: Some(id), patients: vec![patient] };
    let editing = Editing { by: ctx.user, reason, version: house.new_id()?, if_version: why.if_version };
    let told = house.tell_chart(ctx, chart, ChartCommand::Edit { edit, editing }).await;
    house.refusable(ctx, &attempt, told).await?;
    house.trace_one(ctx, attempt.action, attempt.resource, id, &attempt.patients).await?;
    house.standing(ctx, id).await
}

/// A reason within its limits.
pub(super) fn checked_reason(field: &'static str, reason: &str) -> Result<String, Refusal> {
    paragraph(reason, MAX_EDIT_REASON).ok_or_else(|| {
        Refusal::field(field, format!("Must be text of at most {MAX_EDIT_REASON} characters."))
    })
}
