//! Joining a waiting list.

use crate::appointment::check_words;
use crate::audit::Attempt;
use crate::house::Versioned;
use crate::request::Known;
use crate::{Ctx, Fail, House};
use ward_domain::calendar::{CalendarCommand, WaitingEntry, WaitingStatus};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource, Role};
use ward_domain::refusal::Refusal;
use ward_domain::time::Time;

/// What is waited for.
#[derive(Debug, Clone)]
pub struct Joining {
    /// Whose time.
    pub doctor: Id,
    /// Who waits; a patient waits for themself.
    pub patient: Id,
    /// The first day, as asked, and its first moment.
    pub from: (String, Time),
    /// The last day, as asked, and its last moment.
    pub until: (String, Time),
    /// As sent.
    pub appointment_type: String,
    /// As sent.
    pub notes: String,
}

/// Puts a patient on a doctor's waiting list. What is free already can be booked: offers are of what becomes free.
pub async fn join(house: &House, ctx: &Ctx, joining: Joining) -> Result<Versioned<WaitingEntry>, Fail> {
    check_words(&joining.appointment_type, "", &joining.notes)?;
    let own = joining.patient == ctx.user.id() || joining.doctor == ctx.user.id();
    let (action, resource) = (Action::Create, Resource::WaitingEntry);
    house.permit(ctx, resource, action, own).await?;
    let patient = house.named(ctx, Role::Patient, joining.patient).await?;
    if !patient.active {
        return Err(Refusal::field("patient", "This patient's account is not active.").into());
    }
    let attempt = Attempt { action, resource, id: None, patients: vec![patient.id] };
    let id = house.refusable(ctx, &attempt, make(house, ctx, joining).await).await?;
    house.trace_one(ctx, action, resource, id, &attempt.patients).await?;
    let stands = house.find::<WaitingEntry>(&ctx.scope, id).await?;
    stands.ok_or_else(|| Fail::Fault("a waiting entry was made and is not there".to_owned()))
}

async fn make(house: &House, ctx: &Ctx, joining: Joining) -> Result<Id, Fail> {
    let doctor = house.active_doctor(ctx, joining.doctor).await?;
    let id = house.new_id()?;
    let claims = match house.known(ctx, &[id]).await? {
        Known::New(claims) => claims,
        Known::Done(made) => return Ok(made.first().copied().unwrap_or_default()),
    };
    let entry = Box::new(WaitingEntry {
        id: id.into(),
        doctor,
        patient: joining.patient.into(),
        from: joining.from.1,
        until: joining.until.1,
        first_day: joining.from.0,
        last_day: joining.until.0,
        appointment_type: joining.appointment_type,
        notes: joining.notes,
        status: WaitingStatus::Waiting,
        offer: None,
        passed: Vec::new(),
        appointment: None,
        requested_by: ctx.user,
        created_at: ctx.now,
        updated_at: ctx.now,
    });
    let command = CalendarCommand::Wait { entry, claims };
    let told = house.actors.calendars.ask(&ctx.scope, doctor.id(), ctx.deadline, command).await;
    told.map(|_| id).map_err(House::in_flight)
}
