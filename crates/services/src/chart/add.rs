//! A medical record is added to a chart.

use crate::audit::Attempt;
use crate::house::Versioned;
use crate::request::Known;
use crate::{Ctx, Fail, House};
use ward_domain::chart::{ChartCommand, ChartDocument, Edition, MedicalRecord, OpenObject};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource, Role};

/// What a doctor notes of a patient.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "the fields of MedicalRecord, as sent")]
pub struct NewRecord {
    pub patient: Id,
    pub record_type: String,
    pub title: String,
    pub description: String,
    pub diagnosis: String,
    pub symptoms: String,
    pub vital_signs: OpenObject,
}

/// Adds a medical record: a doctor to any chart of the hospital.
pub async fn add_record(house: &House, ctx: &Ctx, new: NewRecord) -> Result<Versioned<MedicalRecord>, Fail> {
    house.permit(ctx, Resource::MedicalRecord, Action::Create, false).await?;
    let patient = house.named(ctx, Role::Patient, new.patient).await?;
    let document = |id: Id| MedicalRecord {
        id: id.into(),
        patient: patient.id,
        kept_by: None,
        author: ctx.user,
        record_type: new.record_type.trim().to_owned(),
        title: new.title.trim().to_owned(),
        description: new.description,
        diagnosis: new.diagnosis,
        symptoms: new.symptoms,
        vital_signs: new.vital_signs,
        edition: Edition::first(ctx.user, ctx.now),
        created_at: ctx.now,
        deleted: None,
    };
    house.add_to_chart(ctx, document).await
}

impl House {
    /// Adds a document, once for each request's key. `document` makes it, with its id.
    pub(crate) async fn add_to_chart<D: ChartDocument>(
        &self,
        ctx: &Ctx,
        document: impl FnOnce(Id) -> D,
    ) -> Result<Versioned<D>, Fail> {
        let id = self.new_id()?;
        let claims = match self.known(ctx, &[id]).await? {
            Known::New(claims) => claims,
            Known::Done(made) => {
                let made = made.first().copied().unwrap_or_default();
                return Ok(self.chart_document(ctx, made, D::RESOURCE, Action::Read).await?.0);
            }
        };
        let document = document(id);
        let (content, version) = (Box::new(document.content()), self.new_id()?);
        let (action, resource, patients) = (Action::Create, D::RESOURCE, vec![document.patient()]);
        let attempt = Attempt { action, resource, id: None, patients };
        let command = ChartCommand::Add { content, version, claims };
        let told = self.tell_chart(ctx, document.chart(), command).await;
        self.refusable(ctx, &attempt, told).await?;
        self.trace_one(ctx, action, resource, id, &attempt.patients).await?;
        self.standing(ctx, id).await
    }
}
