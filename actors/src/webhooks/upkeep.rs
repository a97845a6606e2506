//! Upkeep: the log of an endpoint that is gone, deliveries of one that was disabled, and what has lain in the log for long
//! enough. Done bit by bit, and begun again where it was cut off: nothing rests on its being done at once.

use super::{BATCH, WebhookMessage, Webhooks};
use crate::shell::{Failure, Turn};
use std::time::Duration;
use tokio::time::Instant;
use ward_domain::id::{DeliveryId, WebhookId};
use ward_domain::record::{Key, List};
use ward_domain::refusal::Refusal;
use ward_domain::webhook::{DeliveryStatus, WebhookCommand, WebhookStatus};
use ward_store::{Bounds, ListQuery, MAX_PAGE, Slice};

/// How often the logs are looked through.
const EVERY: Duration = Duration::from_hours(1);
/// Commits of upkeep before other messages have their turn.
const STEPS: usize = 16;
/// Deliveries of one replay.
const MAX_REPLAYED: u64 = 10_000;

/// The oldest deliveries of a list of an endpoint.
async fn oldest(turn: &Turn, list: List, eq: Key, until: u64) -> Result<Vec<DeliveryId>, Failure> {
    let bounds = Bounds { from: 0, until };
    let query = ListQuery { bounds, limit: BATCH, ..ListQuery::all(list, eq) };
    let page = turn.env.store.list(&turn.scope, &query).await?;
    Ok(page.rows.iter().map(|row| row.id.into()).collect())
}

/// Deliveries of an endpoint that happened within a time and have ended, oldest first.
pub(super) async fn ended_within(
    turn: &Turn,
    webhook: WebhookId,
    bounds: Bounds,
    status: Option<DeliveryStatus>,
) -> Result<Vec<DeliveryId>, Failure> {
    let mut found = Vec::new();
    for status in
        DeliveryStatus::ALL.into_iter().filter(|one| status.map_or(!one.is_open(), |only| only == *one))
    {
        let eq = Key::of(webhook.get()).and(status.code());
        let mut query =
            ListQuery { bounds, limit: MAX_PAGE, ..ListQuery::all(List::DeliveriesByWebhookStatus, eq) };
        loop {
            let page = turn.env.store.list(&turn.scope, &query).await?;
            if page.total + found.len() as u64 > MAX_REPLAYED {
                return Err(Refusal::field(
                    "since",
                    "More than 10000 deliveries lie in this time: narrow it.",
                )
                .into());
            }
            let Some(last) = page.rows.last() else { break };
            query.slice = Slice::After { sort: last.sort, id: last.id };
            found.extend(page.rows.iter().map(|row| (row.sort, row.id)));
        }
    }
    found.sort_unstable();
    Ok(found.into_iter().map(|(_, id)| id.into()).collect())
}

impl Webhooks {
    /// Looks through everything once an hour, and when this activation began.
    pub(super) async fn tidy_if_due(&mut self, turn: &Turn) -> Result<(), Failure> {
        if self.tidied.is_some_and(|last| last.elapsed() < EVERY) {
            return Ok(());
        }
        self.tidied = Some(Instant::now());
        self.tidy(turn).await
    }

    /// Does some of what there is to be done, and tells itself to go on where it is not all.
    pub(super) async fn tidy(&mut self, turn: &Turn) -> Result<(), Failure> {
        for _ in 0..STEPS {
            if !self.tidy_some(turn).await? {
                return Ok(());
            }
        }
        if let Some(actors) = turn.env.actors() {
            actors.webhooks.tell(turn.scope, turn.id, WebhookMessage::Tidy);
        }
        Ok(())
    }

    /// One step; says whether there was anything to do.
    async fn tidy_some(&mut self, turn: &Turn) -> Result<bool, Failure> {
        let old = turn.now().plus(-turn.env.hook_terms.keep).sort_key();
        let endpoints: Vec<_> =
            self.state.endpoints.iter().map(|one| (one.webhook.id, one.webhook.status)).collect();
        for (id, status) in endpoints {
            let eq = Key::of(id.get());
            let command = match status {
                WebhookStatus::Deleted => {
                    match oldest(turn, List::DeliveriesByWebhook, eq, u64::MAX).await? {
                        left if left.is_empty() => WebhookCommand::Remove(id),
                        left => WebhookCommand::Forget(left),
                    }
                }
                WebhookStatus::Disabled | WebhookStatus::Active => {
                    let mut open = Vec::new();
                    if status == WebhookStatus::Disabled {
                        for status in DeliveryStatus::ALL.into_iter().filter(|one| one.is_open()) {
                            let eq = eq.clone().and(status.code());
                            open.extend(oldest(turn, List::DeliveriesByWebhookStatus, eq, u64::MAX).await?);
                        }
                    }
                    if open.is_empty() {
                        WebhookCommand::Forget(oldest(turn, List::DeliveriesByWebhook, eq, old).await?)
                    } else {
                        open.truncate(BATCH);
                        WebhookCommand::GiveUp(open)
                    }
                }
            };
            let answer = self.run(turn, &command).await?;
            if !answer.touched.is_empty() || matches!(command, WebhookCommand::Remove(_)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
