//! Links that the caller may revoke.

use crate::house::Versioned;
use crate::list::Question;
use crate::{Ctx, Fail, House, Listed, PageRequest};
use ward_domain::account::CalendarLink;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Grant, Resource, Role};
use ward_domain::record::{Key, List};
use ward_store::Bounds;

/// A page of links, the newest first: to one's own calendar, or of the hospital for its administrator.
pub async fn list(
    house: &House,
    ctx: &Ctx,
    doctor: Option<Id>,
    page: PageRequest,
) -> Result<Listed<Versioned<CalendarLink>>, Fail> {
    let grant = house.reach(ctx, Resource::CalendarLink, Action::List).await?;
    house.check_filter(ctx, Role::Doctor, doctor).await?;
    let mine = ctx.user.id();
    let (list, eq) = match (grant, doctor) {
        (Grant::Own, Some(other)) if other != mine => return Ok(Listed { items: Vec::new(), total: 0 }),
        (Grant::Own, _) => (List::CalendarLinksByUser, Key::of(mine.get())),
        (_, Some(doctor)) => (List::CalendarLinksByUser, Key::of(doctor.get())),
        (_, None) => (List::CalendarLinks, Key::all()),
    };
    let question = Question { list, eq, bounds: Bounds::ALL, descending: true };
    let listed = house.page(ctx, question, page).await?;
    house.trace_list(ctx, Resource::CalendarLink, Vec::new()).await?;
    Ok(listed)
}
