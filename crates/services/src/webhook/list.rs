//! A hospital's endpoints.

use crate::house::Versioned;
use crate::list::Question;
use crate::{Ctx, Fail, House, Listed, PageRequest};
use ward_domain::face::Face;
use ward_domain::policy::{Action, Resource};
use ward_domain::record::{Key, List};
use ward_domain::webhook::{Webhook, WebhookStatus};
use ward_store::Bounds;

/// A page of endpoints, the newest first.
pub async fn list(
    house: &House,
    ctx: &Ctx,
    face: Face,
    page: PageRequest,
) -> Result<Listed<Versioned<Webhook>>, Fail> {
    house.reach(ctx, Resource::Webhook, Action::List).await?;
    let question = Question { list: List::Webhooks, eq: Key::all(), bounds: Bounds::ALL, descending: true };
    let there = |webhook: &Webhook| webhook.face == face && webhook.status != WebhookStatus::Deleted;
    let listed = house.filtered(ctx, question, page, there).await?;
    house.trace_list(ctx, Resource::Webhook, Vec::new()).await?;
    Ok(listed)
}
