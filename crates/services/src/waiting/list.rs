//! Places on waiting lists that the caller may see.

use crate::house::Versioned;
use crate::list::Question;
use crate::{Ctx, Fail, House, Listed, PageRequest};
use ward_domain::calendar::{WaitingEntry, WaitingStatus};
use ward_domain::id::{Id, UserId};
use ward_domain::policy::{Action, Grant, Resource, Role};
use ward_domain::record::{Key, List};
use ward_store::Bounds;

/// Which entries.
#[derive(Debug, Clone, Copy, Default)]
pub struct WaitingQuery {
    /// For one doctor.
    pub doctor: Option<Id>,
    /// In one status.
    pub status: Option<WaitingStatus>,
}

/// A page of entries, who joined first in front: one's own for doctors and patients, the hospital's for its administrator
/// and staff.
pub async fn list(
    house: &House,
    ctx: &Ctx,
    query: WaitingQuery,
    page: PageRequest,
) -> Result<Listed<Versioned<WaitingEntry>>, Fail> {
    let grant = house.reach(ctx, Resource::WaitingEntry, Action::List).await?;
    house.check_filter(ctx, Role::Doctor, query.doctor).await?;
    let own = grant == Grant::Own;
    let (list, eq) = match (own, ctx.role, query.doctor) {
        (true, Role::Doctor, Some(other)) if other != ctx.user.id() => {
            return Ok(Listed { items: Vec::new(), total: 0 });
        }
        (true, Role::Doctor, _) => (List::WaitingListByDoctor, Key::of(ctx.user.get())),
        (true, ..) => (List::WaitingListByPatient, Key::of(ctx.user.get())),
        (false, _, Some(doctor)) => (List::WaitingListByDoctor, Key::of(doctor.get())),
        (false, _, None) => (List::WaitingList, Key::all()),
    };
    let question = Question { list, eq, bounds: Bounds::ALL, descending: false };
    let by_doctor = query.doctor.filter(|_| list == List::WaitingListByPatient);
    let listed = if query.status.is_none() && by_doctor.is_none() {
        house.page(ctx, question, page).await?
    } else {
        house
            .filtered(ctx, question, page, move |entry: &WaitingEntry| {
                query.status.is_none_or(|status| status == entry.status)
                    && by_doctor.is_none_or(|doctor| doctor == entry.doctor.id())
            })
            .await?
    };
    let mut patients: Vec<UserId> = listed.items.iter().map(|item| item.document.patient).collect();
    patients.sort_unstable();
    patients.dedup();
    house.trace_list(ctx, Resource::WaitingEntry, patients).await?;
    Ok(listed)
}
