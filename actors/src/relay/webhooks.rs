//! An event is not settled before the hospital's webhooks have it. They mostly had it long before, from who committed it.

use crate::Actors;
use crate::shell::Turn;
use crate::webhooks::WebhookMessage;
use std::collections::BTreeSet;
use std::time::Duration;
use ward_domain::decision::Event;
use ward_domain::id::EventId;
use ward_domain::webhook::HookEvent;
use ward_store::StoredEvent;

/// How long the webhooks may take.
const DEADLINE: Duration = Duration::from_secs(30);

/// The pending events that a hospital's webhooks must have: none where it has no webhooks. `None` where that is not to
/// be found out now.
pub(super) async fn concerned(turn: &Turn, pending: &[StoredEvent]) -> Option<Vec<HookEvent>> {
    let actors = turn.env.actors()?;
    match actors.has_webhooks(&turn.scope).await {
        Ok(false) => Some(Vec::new()),
        Ok(true) => {
            let read = |stored: &StoredEvent| {
                let event: Event = serde_json::from_slice(&stored.event.body).ok()?;
                HookEvent::of(stored.aggregate.id, &event)
            };
            Some(pending.iter().filter_map(read).collect())
        }
        Err(failure) => {
            tracing::warn!(%failure, "whether a hospital has webhooks is not to be found out; events wait");
            None
        }
    }
}

/// Gives the webhooks what is about to be settled, and leaves out what they did not take.
pub(super) async fn keep_what_they_have(
    turn: &Turn,
    concerned: Option<&[HookEvent]>,
    done: &mut Vec<EventId>,
) {
    let (Some(concerned), Some(actors)) = (concerned, turn.env.actors()) else {
        done.clear();
        return;
    };
    let about: BTreeSet<EventId> = done.iter().copied().collect();
    let offered: Vec<_> = concerned.iter().filter(|event| about.contains(&event.id)).cloned().collect();
    if offered.is_empty() {
        return;
    }
    let ids: BTreeSet<EventId> = offered.iter().map(|event| event.id).collect();
    let have = WebhookMessage::Have(offered);
    if let Err(failure) =
        actors.webhooks.ask(&turn.scope, Actors::of_hospital(&turn.scope), DEADLINE, have).await
    {
        tracing::warn!(%failure, "the webhooks did not take events; they are offered again");
        done.retain(|id| !ids.contains(id));
    }
}
