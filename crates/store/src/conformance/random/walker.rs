//! One walk: what step comes next, and taking it on both sides.

use super::client;
use super::compare::{same_events, same_refusal};
use super::draw::{AGGREGATES, Draw, TENANTS};
use crate::conformance::Model;
use crate::conformance::fixture::{Draft, at, calendar, draft, id, tenant};
use crate::conformance::subject::Subject;
use crate::{Bounds, Commit, DynStore, OutboxEvent, Outcome, Place};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use ward_domain::decision::Change;
use ward_domain::id::EventId;
use ward_domain::record::{IndexRow, Key, List};
use ward_domain::tenancy::{TenantId, TenantScope};

/// Commits of an aggregate that may be sent again: fewer than a store has to remember.
const RECENT: usize = 5;

pub(super) struct Walker<'a> {
    pub(super) store: &'a DynStore,
    pub(super) model: DynStore,
    pub(super) draw: Draw,
    pub(super) now_ms: i64,
    seed: u64,
    /// The rows that documents have, so that an update can name what differs.
    rows: BTreeMap<(TenantId, Place), BTreeSet<IndexRow>>,
    /// The latest commits that stand.
    recent: BTreeMap<(TenantId, u64), Vec<Commit>>,
    events: BTreeSet<u64>,
    met: BTreeMap<&'static str, u64>,
}

impl<'a> Walker<'a> {
    pub(super) fn new(subject: &'a Subject, seed: u64) -> Self {
        Self {
            store: &subject.store,
            model: Arc::new(Model::new()),
            draw: Draw::new(seed),
            now_ms: 0,
            seed,
            rows: BTreeMap::new(),
            recent: BTreeMap::new(),
            events: BTreeSet::new(),
            met: BTreeMap::new(),
        }
    }

    fn meet(&mut self, what: &'static str) {
        *self.met.entry(what).or_default() += 1;
    }

    /// A walk that never saw a refusal, or never a retry, has shown nothing about them.
    pub(super) fn must_have_met_everything(&self, steps: u64) {
        for what in ["commit", "stale version", "claim taken", "sent again", "settled"] {
            assert!(steps < 300 || self.met.contains_key(what), "seed {} met no {what}", self.seed);
        }
    }

    pub(super) async fn step(&mut self, step: u64) {
        self.now_ms += i64::try_from(self.draw.below(4)).expect("small");
        let scope = tenant(1 + self.draw.below(TENANTS));
        let what = format!("seed {}, step {step}, {scope:?}", self.seed);
        match self.draw.below(100) {
            0..55 => self.commit(&what, &scope, step).await,
            55..62 => self.send_again(&what, &scope).await,
            62..82 => self.list(&what, &scope).await,
            82..88 => self.documents(&what, &scope).await,
            88..91 => self.claim(&what, &scope).await,
            91..96 => self.settle(&what, &scope).await,
            96..99 => self.platform(&what).await,
            _ => self.destroy(&scope).await,
        }
    }

    async fn commit(&mut self, what: &str, scope: &TenantScope, step: u64) {
        let number = 1 + self.draw.below(AGGREGATES);
        let version = client::version(&self.model, scope, calendar(number)).await;
        let stale = self.draw.once_in(8);
        let mut next = draft(calendar(number), if stale { version.wrapping_sub(1) } else { version });
        next.0.at = at(self.now_ms);
        let after = self.draw_changes(*scope, number, step, &mut next);
        if !stale {
            // A commit refused for two reasons may name either; so one that is stale takes no claims.
            for _ in 0..self.draw.below(3) {
                next.0.claims.push(self.draw.claim_op(step, self.now_ms));
            }
        }
        for _ in 0..self.draw.below(3) {
            let event = self.draw_event(step);
            next.0.events.push(event);
        }

        let ours = client::commit(self.store, scope, &next.0).await;
        let reference = client::commit(&self.model, scope, &next.0).await;
        match (&ours, &reference) {
            (Ok(ours), Ok(reference)) => {
                assert_eq!(ours, reference, "{what}: {next:?}");
                self.meet("commit");
                self.rows.extend(after);
                let recent = self.recent.entry((scope.tenant(), number)).or_default();
                recent.push(next.0);
                if recent.len() > RECENT {
                    recent.remove(0);
                }
            }
            (Err(ours), Err(reference)) if same_refusal(ours, reference) => {
                self.meet(if stale { "stale version" } else { "claim taken" });
            }
            _ => panic!("{what}: the store says {ours:?}, the reference {reference:?}, of {next:?}"),
        }
    }

    /// Documents put and removed; gives back the rows that they have afterwards.
    fn draw_changes(
        &mut self,
        scope: TenantScope,
        aggregate: u64,
        step: u64,
        next: &mut Draft,
    ) -> BTreeMap<(TenantId, Place), BTreeSet<IndexRow>> {
        let mut after = BTreeMap::new();
        for _ in 0..self.draw.below(4) {
            let place = self.draw.place_of(aggregate);
            let name = (scope.tenant(), place);
            if after.contains_key(&name) {
                continue;
            }
            let old = self.rows.get(&name).cloned().unwrap_or_default();
            let removed = self.draw.once_in(5);
            let new = if removed { BTreeSet::new() } else { self.draw.rows() };
            next.0.changes.push(Change {
                kind: place.kind,
                id: place.id,
                body: (!removed).then(|| self.draw.body(step)),
                put_rows: new.difference(&old).cloned().collect(),
                drop_rows: old.difference(&new).cloned().collect(),
            });
            after.insert(name, new);
        }
        after
    }

    /// An event with an id of its own, older or younger than those before.
    fn draw_event(&mut self, step: u64) -> OutboxEvent {
        loop {
            let number = 1 + self.draw.below(1 << 20);
            if self.events.insert(number) {
                let ms = i64::try_from(number).expect("small");
                return OutboxEvent { id: id(number).into(), at: at(ms), body: self.draw.body(step) };
            }
        }
    }

    async fn send_again(&mut self, what: &str, scope: &TenantScope) {
        let number = 1 + self.draw.below(AGGREGATES);
        let recent = self.recent.get(&(scope.tenant(), number)).map_or(&[][..], Vec::as_slice);
        let Some(old) = self.draw.pick(recent).cloned() else { return };
        self.meet("sent again");
        let expected = client::outcome(&self.model, scope, &old).await;
        assert_eq!(client::outcome(self.store, scope, &old).await, expected, "{what}: {old:?}");
        let ours = client::commit(self.store, scope, &old).await;
        assert_eq!(ours, client::commit(&self.model, scope, &old).await, "{what}: {old:?}");
        // After a tenant was destroyed an old commit can be its first: what it does to rows is to be known.
        if ours.is_ok() && expected == Outcome::Absent {
            for Change { kind, id, put_rows, drop_rows, .. } in old.changes {
                let rows = self.rows.entry((scope.tenant(), Place { kind, id })).or_default();
                rows.retain(|row| !drop_rows.contains(row));
                rows.extend(put_rows);
            }
        }
    }

    async fn list(&mut self, what: &str, scope: &TenantScope) {
        let query = self.draw.list_query();
        let ours = client::list(self.store, scope, &query).await;
        assert_eq!(ours, client::list(&self.model, scope, &query).await, "{what}: {query:?}");
        let count = client::count(self.store, scope, &query).await;
        assert_eq!(count, ours.total, "{what}: count of {query:?}");
    }

    async fn documents(&mut self, what: &str, scope: &TenantScope) {
        let places: Vec<Place> = (1..=AGGREGATES).map(|number| self.draw.place_of(number)).collect();
        let kind = places[0].kind;
        let ids: Vec<_> = places.iter().map(|place| place.id).collect();
        let ours = client::get_many(self.store, scope, kind, &ids).await;
        assert_eq!(ours, client::get_many(&self.model, scope, kind, &ids).await, "{what}: {kind:?} {ids:?}");
    }

    async fn claim(&mut self, what: &str, scope: &TenantScope) {
        let key = self.draw.claim_key();
        let now = at(self.now_ms + i64::try_from(self.draw.below(30)).expect("small"));
        let ours = client::claim(self.store, scope, &key, now).await;
        assert_eq!(ours, client::claim(&self.model, scope, &key, now).await, "{what}: {key:?} at {now}");
    }

    async fn settle(&mut self, what: &str, scope: &TenantScope) {
        let limit = usize::try_from(1 + self.draw.below(10)).expect("small");
        same_events(what, self.store, &self.model, scope, limit).await;
        let mut ids: Vec<EventId> = Vec::new();
        for stored in client::pending_events(&self.model, scope, 100).await {
            if self.draw.once_in(2) {
                ids.push(stored.event.id);
            }
        }
        if !ids.is_empty() {
            self.meet("settled");
        }
        client::settle_events(self.store, scope, &ids).await;
        client::settle_events(&self.model, scope, &ids).await;
    }

    async fn platform(&mut self, what: &str) {
        let bounds = if self.draw.once_in(2) { Bounds::ALL } else { self.draw.bounds(40) };
        let (list, eq) = (List::RemindersDue, Key::all());
        let ours = client::platform_list(self.store, list, &eq, bounds, 1000).await;
        let reference = client::platform_list(&self.model, list, &eq, bounds, 1000).await;
        super::compare::same_platform_rows(what, ours, &reference);
    }

    async fn destroy(&mut self, scope: &TenantScope) {
        client::destroy(self.store, scope).await;
        client::destroy(&self.model, scope).await;
        self.rows.retain(|(tenant, _), _| *tenant != scope.tenant());
        self.recent.retain(|(tenant, _), _| *tenant != scope.tenant());
    }

    pub(super) fn here(&self) -> String {
        format!("seed {}, at {} ms", self.seed, self.now_ms)
    }
}
