//! What a command of the webhooks needs beyond their state, read before every decision.

use crate::shell::{Failure, Turn};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use std::collections::{BTreeMap, BTreeSet};
use ward_domain::id::{DeliveryId, EventId, Id};
use ward_domain::record::{ClaimKey, Document as _, Key, List};
use ward_domain::webhook::rules::View;
use ward_domain::webhook::{Delivery, HookEvent, QueueKey, WebhookCommand, WebhookState, WebhookStatus};
use ward_store::ListQuery;

/// Reads of the store at once.
const READS: usize = 32;

/// The view of a command.
pub(super) async fn view(
    turn: &Turn,
    state: &WebhookState,
    command: &WebhookCommand,
) -> Result<View, Failure> {
    let mut view = View::default();
    match command {
        WebhookCommand::Enqueue(events) => {
            let living = state.endpoints.iter().filter(|one| one.webhook.status != WebhookStatus::Deleted);
            let living: Vec<_> = living.map(|one| &one.webhook).collect();
            view.had = had(turn, events).await?;
            let mut lines = BTreeMap::new();
            let mut count = 0;
            for event in events.iter().filter(|event| !view.had.contains(&event.id)) {
                for webhook in living.iter().filter(|webhook| webhook.events.contains(&event.kind)) {
                    lines.insert((webhook.id, event.subject), 1);
                    count += 1;
                }
            }
            look(turn, &mut view, lines).await?;
            view.ids = ids(turn, count)?;
        }
        WebhookCommand::Ping { webhook, event, .. } => {
            look(turn, &mut view, BTreeMap::from([((*webhook, event.subject), 1)])).await?;
            view.ids = ids(turn, 1)?;
        }
        WebhookCommand::Ended(all) => {
            let named: Vec<_> = all.iter().map(|ended| ended.delivery).collect();
            load(turn, &mut view, named).await?;
            let mut lines = BTreeMap::new();
            // Behind each that may end, the one that goes next.
            for delivery in view.deliveries.values().filter(|delivery| delivery.status.is_open()) {
                *lines.entry((delivery.webhook, delivery.subject)).or_insert(1) += 1;
            }
            look(turn, &mut view, lines).await?;
        }
        WebhookCommand::Replay { deliveries, .. } => {
            load(turn, &mut view, deliveries.clone()).await?;
            let of = |delivery: &Delivery| ((delivery.webhook, delivery.subject), 1);
            let lines = view.deliveries.values().map(of).collect();
            look(turn, &mut view, lines).await?;
            view.ids = ids(turn, deliveries.len())?;
        }
        WebhookCommand::Begin { deliveries, .. }
        | WebhookCommand::GiveUp(deliveries)
        | WebhookCommand::Forget(deliveries) => load(turn, &mut view, deliveries.clone()).await?,
        _ => {}
    }
    Ok(view)
}

/// Which events were taken on before.
async fn had(turn: &Turn, events: &[HookEvent]) -> Result<BTreeSet<EventId>, Failure> {
    let now = turn.now();
    let one = |id: EventId| async move {
        let claim = turn.env.store.claim(&turn.scope, &ClaimKey::webhook_event(id), now).await;
        claim.map(|claim| claim.map(|_| id))
    };
    let ids: Vec<_> = events.iter().map(|event| event.id).collect();
    let known: Vec<_> = stream::iter(ids.into_iter().map(one)).buffered(READS).try_collect().await?;
    Ok(known.into_iter().flatten().collect())
}

fn ids(turn: &Turn, count: usize) -> Result<Vec<Id>, Failure> {
    (0..count).map(|_| Ok(turn.env.ids.next()?)).collect()
}

async fn load(turn: &Turn, view: &mut View, named: Vec<DeliveryId>) -> Result<(), Failure> {
    let missing: BTreeSet<Id> =
        named.into_iter().filter(|id| !view.deliveries.contains_key(id)).map(DeliveryId::id).collect();
    let missing: Vec<Id> = missing.into_iter().collect();
    if missing.is_empty() {
        return Ok(());
    }
    for stored in turn.env.store.get_many(&turn.scope, Delivery::KIND, &missing).await? {
        let delivery: Delivery = stored.document()?;
        view.deliveries.insert(delivery.id, delivery);
    }
    Ok(())
}

/// Reads the first of each line, so many as are asked for.
async fn look(turn: &Turn, view: &mut View, lines: BTreeMap<QueueKey, usize>) -> Result<(), Failure> {
    let one = |(line, limit): (QueueKey, usize)| async move {
        let eq = Key::of(line.0.get()).and(line.1.get());
        let query = ListQuery { limit, ..ListQuery::all(List::WebhookLines, eq) };
        turn.env.store.list(&turn.scope, &query).await.map(|page| (line, page))
    };
    let mut all = Vec::new();
    let mut reads = stream::iter(lines.into_iter().map(one)).buffered(READS);
    while let Some((line, page)) = reads.try_next().await? {
        let ids: Vec<DeliveryId> = page.rows.iter().map(|row| row.id.into()).collect();
        all.extend(&ids);
        view.lines.insert(line, ids);
    }
    drop(reads);
    load(turn, view, all).await
}
