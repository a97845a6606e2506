//! Items of another store, put as they are.

use super::Group;
use crate::engine::Table;
use crate::job::Job;
use crate::keys::{self, Position};
use crate::lists::edit::RowEdit;
use crate::value::{self, ClaimValue, Fence, NEVER};
use ward_domain::tenancy::TenantId;
use ward_domain::time::Time;
use ward_store::moving::{Item, NOT_IMPORTING, UNFINISHED};
use ward_store::{RawBody, StoreError};

impl Group<'_> {
    /// Refuses what an unfinished import does not serve, and imports where there is none.
    pub(super) fn only_what_is_served(&self, job: Job) -> Option<Job> {
        let import = matches!(job, Job::Import { .. } | Job::EndImport { .. });
        if import == self.carry.importing {
            return Some(job);
        }
        let reason = if import { NOT_IMPORTING } else { UNFINISHED };
        job.refuse_with(StoreError::Unusable(reason.to_owned()));
        None
    }

    pub(super) fn import(&mut self, tenant: TenantId, items: Vec<Item>) -> Result<(), StoreError> {
        for item in items {
            self.item(tenant, item).inspect_err(|error| drop(self.give_up(error)))?;
        }
        Ok(())
    }

    fn item(&mut self, tenant: TenantId, item: Item) -> Result<(), StoreError> {
        match item {
            Item::Aggregate(state) => {
                let fence = Fence::restored(state.version, &state.commits);
                self.overlay.set(
                    Table::Aggregates,
                    keys::aggregate(tenant, state.aggregate),
                    Some(fence.encode()),
                );
            }
            Item::Document(RawBody { place, aggregate, version, body }) => {
                let record = value::record(aggregate, version, &body);
                self.overlay.set(Table::Records, keys::record(tenant, place.kind, place.id), Some(record));
            }
            Item::Row { row, id } => {
                let (list, at) = (keys::list(tenant, row.list, &row.eq), Position::new(row.sort, id));
                self.lists.row(self.engine, &mut self.overlay, &list, at, RowEdit::Put)?;
            }
            Item::Claim(claim) => {
                let key = keys::claim(tenant, &claim.key);
                let expires = claim.expires.map_or(NEVER, Time::sort_key);
                if expires != NEVER {
                    self.overlay.set(Table::Platform, keys::expiry(expires, &key), Some(Vec::new()));
                }
                let value = ClaimValue { owner: claim.owner, expires, body: claim.body };
                self.overlay.set(Table::Claims, key, Some(value.encode()));
            }
            Item::Span(span) => {
                let key = keys::span(&keys::spans(tenant, &span.key), span.start);
                let until = span.end.sort_key().max(span.start.sort_key() + 1);
                self.overlay.set(Table::Claims, key, Some(value::span(span.owner, until)));
            }
            Item::Event(stored) => {
                let id = stored.event.id.get();
                let value = value::event(stored.aggregate, &stored.event);
                self.overlay.set(Table::Outbox, keys::event(tenant, id), Some(value));
                self.events.push((tenant, id));
            }
        }
        Ok(())
    }
}
