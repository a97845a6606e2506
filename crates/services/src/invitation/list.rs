//! Looking at invitations.

use crate::house::Versioned;
use crate::list::Question;
use crate::{Ctx, Fail, House, Listed, PageRequest};
use ward_domain::phone::Invitation;
use ward_domain::policy::{Action, Resource};
use ward_domain::record::{Key, List};
use ward_store::Bounds;

/// A page of the invitations that stand, newest first.
pub async fn list(
    house: &House,
    ctx: &Ctx,
    page: PageRequest,
) -> Result<Listed<Versioned<Invitation>>, Fail> {
    house.permit(ctx, Resource::Invitation, Action::List, false).await?;
    let question =
        Question { list: List::Invitations, eq: Key::all(), bounds: Bounds::ALL, descending: true };
    let listed = house.page::<Invitation>(ctx, question, page).await?;
    house.trace_list(ctx, Resource::Invitation, Vec::new()).await?;
    Ok(listed)
}
