//! The log of an endpoint.

use crate::house::Versioned;
use crate::list::Question;
use crate::{Ctx, Fail, Filters, House, Listed, PageRequest};
use ward_domain::face::Face;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::record::{Key, List};
use ward_domain::refusal::Refusal;
use ward_domain::webhook::{Delivery, DeliveryStatus, EventKind};
use ward_store::ListQuery;

/// A delivery with the version that wrote it.
pub type Sent = Versioned<Delivery>;

/// Which deliveries.
#[derive(Debug, Clone, Copy, Default)]
pub struct DeliveryQuery {
    /// Those that stand so.
    pub status: Option<DeliveryStatus>,
    /// Of what happened within.
    pub happened: Filters,
}

/// A page of an endpoint's deliveries, of what happened last first.
pub async fn deliveries(
    house: &House,
    ctx: &Ctx,
    face: Face,
    webhook: Id,
    query: DeliveryQuery,
    page: PageRequest,
) -> Result<Listed<Sent>, Fail> {
    house.webhook(ctx, face, webhook, Action::Read).await?;
    let of_webhook = Key::of(webhook.get());
    let (list, eq) = match query.status {
        Some(status) => (List::DeliveriesByWebhookStatus, of_webhook.and(status.code())),
        None => (List::DeliveriesByWebhook, of_webhook),
    };
    let question = Question { list, eq, bounds: query.happened.bounds(), descending: true };
    let listed = house.page(ctx, question, page).await?;
    house.trace_one(ctx, Action::Read, Resource::Webhook, webhook, &[]).await?;
    Ok(listed)
}

/// One delivery. What it says may be about a patient.
pub async fn delivery(house: &House, ctx: &Ctx, face: Face, webhook: Id, id: Id) -> Result<Sent, Fail> {
    house.webhook(ctx, face, webhook, Action::Read).await?;
    let found = house.sent(ctx, webhook, id).await?;
    let patients: Vec<_> = found.document.facts.patient().into_iter().collect();
    house.trace_one(ctx, Action::Read, Resource::Webhook, webhook, &patients).await?;
    Ok(found)
}

impl House {
    /// A delivery of an endpoint.
    pub(super) async fn sent(&self, ctx: &Ctx, webhook: Id, id: Id) -> Result<Sent, Fail> {
        let found = self.find::<Delivery>(&ctx.scope, id).await?;
        let found = found.filter(|found| found.document.webhook.id() == webhook);
        Ok(found.ok_or_else(|| Refusal::not_found("Delivery"))?)
    }

    /// The latest ping of an endpoint.
    pub(super) async fn latest_ping(&self, ctx: &Ctx, webhook: Id) -> Result<Sent, Fail> {
        const LOOKED_AT: usize = 100;
        let eq = Key::of(webhook.get());
        let query =
            ListQuery { descending: true, limit: LOOKED_AT, ..ListQuery::all(List::DeliveriesByWebhook, eq) };
        let page = self.env.store.list(&ctx.scope, &query).await?;
        let ids: Vec<Id> = page.rows.iter().map(|row| row.id).collect();
        let found = self.find_many::<Delivery>(&ctx.scope, &ids).await?;
        let ping = found.into_iter().find(|found| found.document.kind == EventKind::Ping);
        Ok(ping.ok_or_else(|| Refusal::not_found("Delivery"))?)
    }
}
