//! Booking a slot.

use crate::audit::Attempt;
use crate::house::Versioned;
use crate::request::Known;
use crate::{Ctx, Fail, House};
use ward_actors::Failure;
use ward_domain::account::Account;
use ward_domain::calendar::{Answer, Appointment, CalendarCommand, NewAppointment, Slot};
use ward_domain::contact::paragraph;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource, Role};
use ward_domain::record::{Document as _, Key, List};
use ward_domain::refusal::{Alternative, FieldErrors, Kind, Refusal};
use ward_store::{Bounds, ListQuery};

/// How a slot is to be booked.
#[derive(Debug, Clone)]
pub struct Booking {
    /// For whom; a patient books for themself.
    pub patient: Id,
    /// With whom; must be the slot's doctor where it is said.
    pub doctor: Option<Id>,
    /// Which slot.
    pub slot: Id,
    /// As sent.
    pub appointment_type: String,
    /// As sent.
    pub reason: String,
    /// As sent.
    pub notes: String,
}

/// Free slots offered after a clash.
const ALTERNATIVES: usize = 3;

/// Books a slot. A clash names up to three free slots of the same doctor, the nearest after it first.
pub async fn book(house: &House, ctx: &Ctx, booking: Booking) -> Result<Versioned<Appointment>, Fail> {
    check_words(&booking.appointment_type, &booking.reason, &booking.notes)?;
    let slot = house.find::<Slot>(&ctx.scope, booking.slot).await?.map(|found| found.document);
    let slot = slot.ok_or_else(|| Refusal::field("slot", "There is no such slot."))?;
    let own = booking.patient == ctx.user.id() || slot.doctor == ctx.user;
    house.permit(ctx, Resource::Appointment, Action::Create, own).await?;
    let patient = house.named(ctx, Role::Patient, booking.patient).await?;
    let (action, resource) = (Action::Create, Resource::Appointment);
    let attempt = Attempt { action, resource, id: None, patients: vec![patient.id] };
    match house.refusable(ctx, &attempt, make(house, ctx, booking, &slot, &patient).await).await? {
        Made::Now(id, answer) => {
            metrics::counter!("ward_appointments_booked_total").increment(1);
            house.trace_one(ctx, action, resource, id, &attempt.patients).await?;
            house.answered(ctx, answer).await
        }
        Made::Before(id) => super::read(house, ctx, id).await,
    }
}

/// What a booking came to.
enum Made {
    /// It made this appointment.
    Now(Id, Answer),
    /// It is a repeated request, which made this appointment the first time.
    Before(Id),
}

async fn make(
    house: &House,
    ctx: &Ctx,
    booking: Booking,
    slot: &Slot,
    patient: &Account,
) -> Result<Made, Fail> {
    if let Some(doctor) = booking.doctor
        && doctor != slot.doctor.id()
    {
        house.named(ctx, Role::Doctor, doctor).await?;
        return Err(Refusal::field("slot", "This is not a slot of that doctor.").into());
    }
    house.active_doctor(ctx, slot.doctor.id()).await?;
    if !patient.active {
        return Err(Refusal::field("patient", "This patient's account is not active.").into());
    }
    let id = house.new_id()?;
    let claims = match house.known(ctx, &[id]).await? {
        Known::New(claims) => claims,
        Known::Done(made) => return Ok(Made::Before(made.first().copied().unwrap_or_default())),
    };
    // Held until the appointment stands and counts by itself.
    let _seat = house.tenancy.seat_for_appointment(&ctx.scope).await?;
    let new = NewAppointment {
        id: id.into(),
        patient: patient.id,
        slot: slot.id,
        appointment_type: booking.appointment_type,
        reason: booking.reason,
        notes: booking.notes,
        by: ctx.user,
    };
    let command = CalendarCommand::Book { new, claims };
    match house.actors.calendars.ask(&ctx.scope, slot.doctor.id(), ctx.deadline, command).await {
        Ok(answer) => Ok(Made::Now(id, answer)),
        Err(Failure::Refused(refusal)) => Err(house.with_alternatives(ctx, slot, refusal).await?.into()),
        Err(other) => Err(House::in_flight(other)),
    }
}

/// Notes what is wrong with an appointment's words.
pub(crate) fn check_words(kind: &str, reason: &str, notes: &str) -> Result<(), Refusal> {
    let mut errors = FieldErrors::default();
    errors.check(
        paragraph(kind, 100).is_some(),
        "appointment_type",
        "Must be text of at most 100 characters.",
    );
    errors.check(paragraph(reason, 2_000).is_some(), "reason", "Must be text of at most 2000 characters.");
    errors.check(paragraph(notes, 10_000).is_some(), "notes", "Must be text of at most 10000 characters.");
    errors.finish()
}

impl House {
    /// What a calendar answered, with the version that stands.
    pub(crate) async fn answered(&self, ctx: &Ctx, answer: Answer) -> Result<Versioned<Appointment>, Fail> {
        let Answer::Appointment(appointment) = answer else {
            return Err(Fail::Fault("a calendar answered something else".to_owned()));
        };
        let stored = self.env.store.get(&ctx.scope, Appointment::KIND, appointment.id.id()).await?;
        let version = stored.map_or(0, |stored| stored.version);
        Ok(Versioned { document: *appointment, version })
    }

    /// Adds free slots to a clash.
    pub(crate) async fn with_alternatives(
        &self,
        ctx: &Ctx,
        slot: &Slot,
        mut refusal: Refusal,
    ) -> Result<Refusal, Fail> {
        if refusal.kind != Kind::Conflict {
            return Ok(refusal);
        }
        let from = slot.start.max(ctx.now.plus(1)).sort_key();
        let bounds = Bounds { from, until: u64::MAX };
        let eq = Key::of(slot.doctor.get());
        let query =
            ListQuery { bounds, limit: ALTERNATIVES + 1, ..ListQuery::all(List::OpenSlotsByDoctor, eq) };
        let ids: Vec<Id> =
            self.env.store.list(&ctx.scope, &query).await?.rows.iter().map(|row| row.id).collect();
        let free = self.find_many::<Slot>(&ctx.scope, &ids).await?;
        let free = free
            .into_iter()
            .map(|found| found.document)
            .filter(|free| free.id != slot.id && free.is_free(ctx.now, None));
        refusal.alternatives = free
            .take(ALTERNATIVES)
            .map(|free| Alternative { slot: free.id, start: free.start, end: free.end })
            .collect();
        Ok(refusal)
    }
}
