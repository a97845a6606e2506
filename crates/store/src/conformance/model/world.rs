//! The reference: what a store promises, in plain maps. Where it and a back end differ, one of them is wrong; it is
//! kept so simple that it is seldom this one. Every map is walked in full: it is not meant to be fast.

use super::claims::Claims;
use crate::commit::{REMEMBERED_COMMITS, Version};
use crate::moving::{AggregateState, Item, Part};
use crate::query::MAX_PAGE;
use crate::{
    AggregateRef, Bounds, Commit, CommitError, Committed, ListQuery, Outcome, Page, Place, PlatformRow,
    RawBody, Row, Slice, Stored, StoredEvent, Swap,
};
use std::collections::{BTreeMap, BTreeSet};
use ward_domain::decision::Change;
use ward_domain::id::{CommitId, EventId, Id};
use ward_domain::record::{IndexRow, Key, List, RecordKind};
use ward_domain::tenancy::TenantId;

/// Everything of every tenant.
pub(super) type World = BTreeMap<TenantId, Tenant>;

/// Everything of one tenant.
#[derive(Debug, Clone, Default)]
pub(super) struct Tenant {
    versions: BTreeMap<AggregateRef, Version>,
    commits: BTreeMap<(AggregateRef, CommitId), Version>,
    documents: BTreeMap<Place, Stored>,
    rows: BTreeSet<(IndexRow, Id)>,
    pub(super) claims: Claims,
    events: BTreeMap<EventId, StoredEvent>,
}

impl Tenant {
    pub(super) fn is_empty(&self) -> bool {
        let Self { versions, commits, documents, rows, claims, events } = self;
        versions.is_empty()
            && commits.is_empty()
            && documents.is_empty()
            && rows.is_empty()
            && claims.is_empty()
            && events.is_empty()
    }

    /// Everything of one part, in some order.
    pub(super) fn items(&self, part: Part) -> Vec<Item> {
        match part {
            Part::Aggregates => self.versions.keys().map(|at| Item::Aggregate(self.state(*at))).collect(),
            Part::Documents => self.bodies(None, usize::MAX).into_iter().map(Item::Document).collect(),
            Part::Rows => self.rows.iter().map(|(row, id)| Item::Row { row: row.clone(), id: *id }).collect(),
            Part::Claims => self.claims.items(),
            Part::Events => self.events.values().cloned().map(Item::Event).collect(),
        }
    }

    fn state(&self, aggregate: AggregateRef) -> AggregateState {
        let version = self.version(aggregate);
        let mut commits: Vec<(Version, CommitId)> = self
            .commits
            .iter()
            .filter(|((at, _), _)| *at == aggregate)
            .map(|((_, id), version)| (*version, *id))
            .collect();
        commits.sort_unstable();
        let forgotten = commits.len().saturating_sub(REMEMBERED_COMMITS);
        let commits = commits.split_off(forgotten).into_iter().map(|(_, id)| id).collect();
        AggregateState { aggregate, version, commits }
    }

    pub(super) fn import(&mut self, item: Item) {
        match item {
            Item::Aggregate(AggregateState { aggregate, version, commits }) => {
                self.versions.insert(aggregate, version);
                for (version, id) in (1..=version).rev().zip(commits.into_iter().rev()) {
                    self.commits.insert((aggregate, id), version);
                }
            }
            Item::Document(RawBody { place, aggregate, version, body }) => {
                let Place { kind, id } = place;
                let stored = Stored { kind, id, aggregate, version, body: body.into() };
                self.documents.insert(place, stored);
            }
            Item::Row { row, id } => drop(self.rows.insert((row, id))),
            Item::Claim(claim) => self.claims.put(claim),
            Item::Span(span) => self.claims.put_span(span),
            Item::Event(stored) => drop(self.events.insert(stored.event.id, stored)),
        }
    }

    pub(super) fn version(&self, aggregate: AggregateRef) -> Version {
        self.versions.get(&aggregate).copied().unwrap_or(0)
    }

    pub(super) fn commit(&mut self, commit: &Commit) -> Result<Committed, CommitError> {
        commit.check_size()?;
        let Commit { aggregate, expected, .. } = *commit;
        if let Some(version) = self.commits.get(&(aggregate, commit.id)) {
            return Ok(Committed { version: *version });
        }
        let actual = self.version(aggregate);
        if actual != expected {
            return Err(CommitError::Version { actual });
        }
        let mut claims = self.claims.clone();
        for op in &commit.claims {
            claims.apply(aggregate, op, commit.at)?;
        }

        // Nothing can refuse any more.
        let version = actual + 1;
        self.claims = claims;
        for change in &commit.changes {
            self.change(aggregate, version, change);
        }
        for event in &commit.events {
            self.events.insert(event.id, StoredEvent { aggregate, event: event.clone() });
        }
        self.versions.insert(aggregate, version);
        self.commits.insert((aggregate, commit.id), version);
        Ok(Committed { version })
    }

    fn change(&mut self, aggregate: AggregateRef, version: Version, change: &Change) {
        let Change { kind, id, .. } = *change;
        match &change.body {
            Some(body) => {
                let stored = Stored { kind, id, aggregate, version, body: body.clone().into() };
                self.documents.insert(Place { kind, id }, stored);
            }
            None => {
                self.documents.remove(&Place { kind, id });
            }
        }
        for row in &change.drop_rows {
            self.rows.remove(&(row.clone(), id));
        }
        for row in &change.put_rows {
            self.rows.insert((row.clone(), id));
        }
    }

    pub(super) fn outcome(&self, aggregate: AggregateRef, commit: CommitId) -> Outcome {
        self.commits.get(&(aggregate, commit)).map_or(Outcome::Absent, |version| Outcome::Applied(*version))
    }

    pub(super) fn get(&self, kind: RecordKind, id: Id) -> Option<Stored> {
        self.documents.get(&Place { kind, id }).cloned()
    }

    /// Rows within bounds, by sort key, then id.
    fn rows(&self, list: List, eq: &Key, bounds: Bounds) -> Vec<Row> {
        let mut rows: Vec<Row> = self
            .rows
            .iter()
            .filter(|(row, _)| row.list == list && row.eq == *eq)
            .filter(|(row, _)| bounds.from <= row.sort && row.sort <= bounds.until)
            .map(|(row, id)| Row { sort: row.sort, id: *id })
            .collect();
        rows.sort_by_key(|row| (row.sort, row.id));
        rows
    }

    pub(super) fn list(&self, query: &ListQuery) -> Page {
        let mut rows = self.rows(query.list, &query.eq, query.bounds);
        let total = rows.len() as u64;
        if query.descending {
            rows.reverse();
        }
        match query.slice {
            Slice::Offset(skip) => {
                rows = rows.into_iter().skip(usize::try_from(skip).unwrap_or(usize::MAX)).collect();
            }
            Slice::After { sort, id } if query.descending => {
                rows.retain(|row| (row.sort, row.id) < (sort, id));
            }
            Slice::After { sort, id } => rows.retain(|row| (row.sort, row.id) > (sort, id)),
        }
        rows.truncate(query.limit.min(MAX_PAGE));
        Page { rows, total }
    }

    pub(super) fn count(&self, list: List, eq: &Key, bounds: Bounds) -> u64 {
        self.rows(list, eq, bounds).len() as u64
    }

    pub(super) fn pending(&self, limit: usize) -> Vec<StoredEvent> {
        self.events.values().take(limit).cloned().collect()
    }

    pub(super) fn settle(&mut self, ids: &[EventId]) {
        self.events.retain(|id, _| !ids.contains(id));
    }

    pub(super) fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    pub(super) fn bodies(&self, after: Option<Place>, limit: usize) -> Vec<RawBody> {
        self.documents
            .iter()
            .filter(|(place, _)| after.is_none_or(|after| **place > after))
            .take(limit)
            .map(|(place, stored)| RawBody {
                place: *place,
                aggregate: stored.aggregate,
                version: stored.version,
                body: stored.body.to_vec(),
            })
            .collect()
    }

    pub(super) fn swap(&mut self, swaps: Vec<Swap>) -> usize {
        let mut swapped = 0;
        for swap in swaps {
            if let Some(stored) = self.documents.get_mut(&swap.place)
                && *stored.body == *swap.old
            {
                stored.body = swap.new.into();
                swapped += 1;
            }
        }
        swapped
    }
}

/// Rows of a list across tenants, by sort key, then tenant, then id.
pub(super) fn platform_rows(world: &World, list: List, eq: &Key, bounds: Bounds) -> Vec<PlatformRow> {
    let mut rows = Vec::new();
    for (tenant, kept) in world {
        for row in kept.rows(list, eq, bounds) {
            rows.push(PlatformRow { tenant: *tenant, sort: row.sort, id: row.id });
        }
    }
    rows.sort_by_key(|row| (row.sort, row.tenant, row.id));
    rows
}
