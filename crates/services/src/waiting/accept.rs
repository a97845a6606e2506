//! Accepting an offer.

use crate::appointment::{self, Booking};
use crate::audit::Attempt;
use crate::house::Versioned;
use crate::request::Known;
use crate::{Ctx, Fail, House};
use ward_domain::calendar::{Appointment, no_offer};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};

/// Books the slot that is offered. The slot is held for the patient, so this is a booking like any other, and the
/// booking says that the wait is over.
pub async fn accept(house: &House, ctx: &Ctx, id: Id) -> Result<Versioned<Appointment>, Fail> {
    let entry = house.waiting_entry(ctx, id, Action::Update).await?.document;
    // Sent again, the entry has no offer any more: what was made then is the answer.
    if let Known::Done(made) = house.known(ctx, &[]).await? {
        return appointment::read(house, ctx, made.first().copied().unwrap_or_default()).await;
    }
    let attempt = Attempt {
        action: Action::Update,
        resource: Resource::WaitingEntry,
        id: Some(id),
        patients: vec![entry.patient],
    };
    let offer = entry.live_offer(ctx.now).copied().ok_or_else(no_offer);
    let offer = house.refusable(ctx, &attempt, offer).await?;
    let booking = Booking {
        patient: entry.patient.id(),
        doctor: Some(entry.doctor.id()),
        slot: offer.slot.id(),
        appointment_type: entry.appointment_type,
        reason: String::new(),
        notes: entry.notes,
    };
    appointment::book(house, ctx, booking).await
}
