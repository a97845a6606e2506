//! Prescriptions: written, changed and read, each with what it is warned of.

use super::{Warned, Why, edit};
use crate::list::Question;
use crate::{Ctx, Fail, House, Listed, PageRequest};
use ward_domain::chart::{ChartEdit, Edition, Prescription, PrescriptionEdit, PrescriptionStatus, Treatment};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::record::{Key, List};
use ward_store::Bounds;

/// A medicine that a treatment asks for.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "the fields of Prescription, as sent")]
pub struct NewPrescription {
    pub medication_name: String,
    pub dosage: String,
    pub frequency: String,
    pub duration: String,
    pub instructions: String,
}

/// Adds a prescription to a treatment that the calling doctor may read. Warnings are advice: they hold nothing back.
pub async fn prescribe(
    house: &House,
    ctx: &Ctx,
    treatment: Id,
    new: NewPrescription,
) -> Result<Warned, Fail> {
    house.permit(ctx, Resource::MedicationRequest, Action::Create, false).await?;
    let (found, opening) =
        house.chart_document::<Treatment>(ctx, treatment, Resource::Treatment, Action::Read).await?;
    let Treatment { id: treatment, patient, kept_by, .. } = found.document;
    let document = |id: Id| Prescription {
        id: id.into(),
        treatment,
        patient,
        // One chart writes a treatment and what it asks for.
        kept_by,
        author: ctx.user,
        medication_name: new.medication_name.trim().to_owned(),
        dosage: new.dosage,
        frequency: new.frequency,
        duration: new.duration,
        instructions: new.instructions,
        status: PrescriptionStatus::Active,
        edition: Edition::first(ctx.user, ctx.now),
        created_at: ctx.now,
    };
    let added = house.add_to_chart(ctx, document).await?;
    house.warned_one(ctx, added, opening).await
}

/// Changes a prescription; only who wrote it may.
pub async fn edit_prescription(
    house: &House,
    ctx: &Ctx,
    id: Id,
    change: PrescriptionEdit,
    why: Why,
) -> Result<Warned, Fail> {
    let edited = edit::<Prescription>(house, ctx, ChartEdit::Prescription(id.into(), change), why).await?;
    house.warned_one(ctx, edited, ward_domain::chart::access::Opening::Author).await
}

/// A prescription that the caller may read.
pub async fn read_prescription(house: &House, ctx: &Ctx, id: Id) -> Result<Warned, Fail> {
    let (found, opening) = house.chart_document(ctx, id, Resource::MedicationRequest, Action::Read).await?;
    house.warned_one(ctx, found, opening).await
}

/// A page of the prescriptions of a treatment, newest first unless asked otherwise.
pub async fn list_prescriptions(
    house: &House,
    ctx: &Ctx,
    treatment: Id,
    descending: bool,
    page: PageRequest,
) -> Result<Listed<Warned>, Fail> {
    let (found, opening) =
        house.chart_document::<Treatment>(ctx, treatment, Resource::MedicationRequest, Action::List).await?;
    let (list, eq) = (List::PrescriptionsByTreatment, Key::of(treatment.get()));
    let question = Question { list, eq, bounds: Bounds::ALL, descending };
    let listed = house.page::<Prescription>(ctx, question, page).await?;
    let items = house.warned(ctx, found.document.patient, listed.items, opening).await?;
    Ok(Listed { items, total: listed.total })
}
