//! A treatment is added to a chart.

use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use jiff::civil::Date;
use ward_domain::calendar::Appointment;
use ward_domain::chart::{Edition, Treatment};
use ward_domain::id::{AppointmentId, Id, UserId};
use ward_domain::policy::{Action, Resource, Role};
use ward_domain::refusal::Refusal;

/// What a doctor does about something.
#[derive(Debug, Clone, Default)]
pub struct NewTreatment {
    /// For whom.
    pub patient: Id,
    /// By whom: the caller, where it is said.
    pub doctor: Option<Id>,
    /// The appointment that it belongs to.
    pub appointment: Option<Id>,
    /// As sent.
    pub diagnosis: String,
    /// As sent.
    pub treatment_plan: String,
    /// As sent.
    pub notes: String,
    /// Whether the patient is to come again.
    pub follow_up_required: bool,
    /// When.
    pub follow_up_date: Option<Date>,
}

/// Adds a treatment, in the calling doctor's own name.
pub async fn treat(house: &House, ctx: &Ctx, new: NewTreatment) -> Result<Versioned<Treatment>, Fail> {
    house.permit(ctx, Resource::Treatment, Action::Create, false).await?;
    let patient = house.named(ctx, Role::Patient, new.patient).await?.id;
    if let Some(doctor) = new.doctor
        && doctor != ctx.user.id()
    {
        house.named(ctx, Role::Doctor, doctor).await?;
        return Err(Refusal::field("doctor", "A treatment is recorded by the doctor who treats.").into());
    }
    let appointment = match new.appointment {
        Some(id) => Some(house.appointment_of(ctx, patient, id).await?),
        None => None,
    };
    let day = house.zone(ctx).await.date(ctx.now);
    let document = |id: Id| Treatment {
        id: id.into(),
        patient,
        kept_by: None,
        author: ctx.user,
        appointment,
        day,
        diagnosis: new.diagnosis,
        treatment_plan: new.treatment_plan,
        notes: new.notes,
        follow_up_required: new.follow_up_required,
        follow_up_date: new.follow_up_date,
        edition: Edition::first(ctx.user, ctx.now),
        created_at: ctx.now,
    };
    house.add_to_chart(ctx, document).await
}

impl House {
    /// The caller's appointment with a patient, that a field names.
    async fn appointment_of(&self, ctx: &Ctx, patient: UserId, id: Id) -> Result<AppointmentId, Fail> {
        let found = self.find::<Appointment>(&ctx.scope, id).await?.map(|found| found.document);
        let theirs = found.filter(|found| found.patient == patient && found.doctor == ctx.user);
        let missing =
            || Refusal::field("appointment", "The patient has no such appointment with this doctor.");
        Ok(theirs.ok_or_else(missing)?.id)
    }
}
