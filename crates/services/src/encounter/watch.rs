//! Watching encounters: who may read one is told when it changes, and shown its newest state.

use crate::{Ctx, Fail, House};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use ward_actors::updates::Watch;
use ward_domain::encounter::Encounter;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::record::AggregateKind;
use ward_domain::refusal::{Kind, Refusal};
use ward_store::AggregateRef;

/// The most encounters that one connection watches.
pub const MAX_WATCHED: usize = 100;
/// How often is looked what other processes have committed, where the store is shared.
const LOOK: Duration = Duration::from_secs(1);

/// An encounter as it is now, for who watches it.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// The encounter.
    pub encounter: Encounter,
    /// What was heard so far; how the transcript begins, once there is one.
    pub partial: String,
}

/// One who watches encounters.
pub struct Watcher {
    house: Arc<House>,
    watch: Arc<Watch>,
    /// What is watched, with the version that was shown last.
    watched: BTreeMap<Id, u64>,
    ctx: Ctx,
}

impl Watcher {
    /// One who watches nothing yet.
    pub fn new(house: Arc<House>, ctx: Ctx) -> Self {
        Self { house, watch: Arc::default(), watched: BTreeMap::new(), ctx }
    }

    /// Watches an encounter that the caller may read, and shows it.
    pub async fn follow(&mut self, id: Id) -> Result<Seen, Fail> {
        if self.watched.len() >= MAX_WATCHED && !self.watched.contains_key(&id) {
            let message = format!("One connection watches at most {MAX_WATCHED} encounters.");
            return Err(Refusal::new(Kind::Limited, "too_many_watched", message).into());
        }
        self.ctx.now = self.house.env.now();
        let found = self.house.encounter(&self.ctx, id, Action::Read).await?;
        // Before it is shown: what changes in between is told.
        self.house.env.updates.follow(&self.watch, self.ctx.scope.tenant(), id);
        self.watched.insert(id, found.version);
        self.house.trace_one(&self.ctx, Action::Read, Resource::Encounter, id, &[]).await?;
        Ok(self.seen(found.document))
    }

    /// Watches it no more.
    pub fn leave(&mut self, id: Id) {
        if self.watched.remove(&id).is_some() {
            self.house.env.updates.leave(&self.watch, self.ctx.scope.tenant(), id);
        }
    }

    /// Waits until something that is watched may have changed; the ids of it.
    pub async fn changed(&self) -> Vec<Id> {
        if !self.house.env.store.is_shared() {
            return self.watch.changed().await;
        }
        loop {
            if let Ok(ids) = tokio::time::timeout(LOOK, self.watch.changed()).await {
                return ids;
            }
            let mut changed = Vec::new();
            for (id, shown) in &self.watched {
                let aggregate = AggregateRef { kind: AggregateKind::Encounter, id: *id };
                let version = self.house.env.store.version(&self.ctx.scope, aggregate).await;
                if version.is_ok_and(|version| version != *shown) {
                    changed.push(*id);
                }
            }
            if !changed.is_empty() {
                return changed;
            }
        }
    }

    /// An encounter as it is now; an error where the caller may not read it any more.
    pub async fn look(&mut self, id: Id) -> Result<Option<Seen>, Fail> {
        if !self.watched.contains_key(&id) {
            return Ok(None);
        }
        self.ctx.now = self.house.env.now();
        // First: what changes between the two is shown, and looked at once more.
        let aggregate = AggregateRef { kind: AggregateKind::Encounter, id };
        if let Ok(version) = self.house.env.store.version(&self.ctx.scope, aggregate).await {
            self.watched.insert(id, version);
        }
        let found = self.house.encounter(&self.ctx, id, Action::Read).await?;
        self.house.trace_one(&self.ctx, Action::Read, Resource::Encounter, id, &[]).await?;
        Ok(Some(self.seen(found.document)))
    }

    fn seen(&self, encounter: Encounter) -> Seen {
        let heard = self.house.env.hearing.partial(self.ctx.scope.tenant(), encounter.id.id());
        let partial = if heard.is_empty() || encounter.is_written_down() {
            encounter.transcript_preview.clone()
        } else {
            heard
        };
        Seen { encounter, partial }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        for id in self.watched.keys() {
            self.house.env.updates.leave(&self.watch, self.ctx.scope.tenant(), *id);
        }
    }
}
