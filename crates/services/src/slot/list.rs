//! Slots of the caller's hospital.

use crate::house::Versioned;
use crate::list::Question;
use crate::{Ctx, Fail, Filters, House, Listed, PageRequest};
use ward_domain::calendar::Slot;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource, Role};
use ward_domain::record::{Key, List};

/// Which slots.
#[derive(Debug, Clone, Default)]
pub struct SlotQuery {
    /// Of one doctor.
    pub doctor: Option<Id>,
    /// That can be booked: open, not taken, not past, not held. `false` finds those that the caller cannot book; what the
    /// caller holds is in neither.
    pub available: Option<bool>,
    /// Beginning within.
    pub start: Filters,
    /// Latest first; soonest first otherwise.
    pub descending: bool,
}

/// A page of slots.
pub async fn list(
    house: &House,
    ctx: &Ctx,
    query: SlotQuery,
    page: PageRequest,
) -> Result<Listed<Versioned<Slot>>, Fail> {
    house.permit(ctx, Resource::Slot, Action::List, false).await?;
    house.check_filter(ctx, Role::Doctor, query.doctor).await?;
    let (mut bounds, descending) = (query.start.bounds(), query.descending);
    let eq = query.doctor.map_or_else(Key::all, |doctor| Key::of(doctor.get()));
    let any = if query.doctor.is_some() { List::SlotsByDoctor } else { List::Slots };
    let open = if query.doctor.is_some() { List::OpenSlotsByDoctor } else { List::OpenSlots };
    let (now, caller) = (ctx.now, ctx.user);
    match query.available {
        None => house.page(ctx, Question { list: any, eq, bounds, descending }, page).await,
        Some(true) => {
            bounds.from = bounds.from.max(now.sort_key() + 1);
            house.page(ctx, Question { list: open, eq, bounds, descending }, page).await
        }
        Some(false) => {
            house
                .filtered(ctx, Question { list: any, eq, bounds, descending }, page, move |slot: &Slot| {
                    !slot.is_free(now, Some(caller))
                })
                .await
        }
    }
}
