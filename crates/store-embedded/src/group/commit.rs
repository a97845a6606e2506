//! Decides and stages one commit.

use super::Group;
use super::claims::Trial;
use crate::engine::{Table, damaged, undecided};
use crate::keys::{self, Position};
use crate::lists::edit::RowEdit;
use crate::value::{self, Fence};
use ward_domain::decision::Change;
use ward_domain::tenancy::TenantId;
use ward_store::{Commit, CommitError, Committed, StoreError, Version};

impl Group<'_> {
    /// The verdict on a commit; if it is accepted, it is in the group.
    pub(super) fn commit(&mut self, tenant: TenantId, commit: &Commit) -> Result<Committed, CommitError> {
        if self.carry.removing.contains(&tenant) {
            return Err(CommitError::Unavailable("the tenant is being removed".to_owned()));
        }
        let key = keys::aggregate(tenant, commit.aggregate);
        let fence = self.fence(&key).map_err(|error| undecided(&error))?;
        if let Some(version) = fence.made_by(commit.id) {
            return Ok(Committed { version });
        }
        if fence.version != commit.expected {
            return Err(CommitError::Version { actual: fence.version });
        }
        let mut trial = Trial::new(self.engine, &self.overlay, tenant, commit);
        for op in &commit.claims {
            trial.apply(op)?;
        }
        let claims = trial.into_writes();
        let fence = fence.next(commit.id);
        let version = fence.version;

        // Decided: from here on an error would leave half a commit in the group.
        for (table, key, value) in claims {
            self.overlay.set(table, key, value);
        }
        self.overlay.set(Table::Aggregates, key, Some(fence.encode()));
        for change in &commit.changes {
            self.change(tenant, commit, version, change).map_err(|error| self.give_up(&error))?;
        }
        for event in &commit.events {
            let value = value::event(commit.aggregate, event);
            self.overlay.set(Table::Outbox, keys::event(tenant, event.id.get()), Some(value));
            self.events.push((tenant, event.id.get()));
        }
        // Lapsed claims go with whoever comes next; a failure here is the next commit's to find.
        if let Err(error) = self.carry.lapsed.sweep(self.engine, &mut self.overlay, commit.at) {
            tracing::warn!(%error, "lapsed claims could not be swept");
        }
        Ok(Committed { version })
    }

    fn fence(&self, key: &[u8]) -> Result<Fence, StoreError> {
        match self.overlay.get(self.engine, Table::Aggregates, key)? {
            Some(bytes) => Fence::decode(&bytes).ok_or_else(|| damaged("an aggregate's version")),
            None => Ok(Fence::default()),
        }
    }

    fn change(
        &mut self,
        tenant: TenantId,
        commit: &Commit,
        version: Version,
        change: &Change,
    ) -> Result<(), StoreError> {
        let key = keys::record(tenant, change.kind, change.id);
        // A new document has no rows yet: one look for it saves one for each of its rows.
        let put =
            if self.overlay.has(self.engine, Table::Records, &key)? { RowEdit::Put } else { RowEdit::PutNew };
        let body = change.body.as_ref().map(|body| value::record(commit.aggregate, version, body));
        self.overlay.set(Table::Records, key, body);
        let dropped = change.drop_rows.iter().map(|row| (row, RowEdit::Drop));
        // Drops first: a row that goes and comes stays.
        for (row, edit) in dropped.chain(change.put_rows.iter().map(|row| (row, put))) {
            let list = keys::list(tenant, row.list, &row.eq);
            let at = Position::new(row.sort, change.id);
            self.lists.row(self.engine, &mut self.overlay, &list, at, edit)?;
        }
        Ok(())
    }
}
