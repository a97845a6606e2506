//! What a group has decided so far, over what the database holds.

use crate::engine::{Engine, Table, read_error};
use fjall::OwnedWriteBatch;
use std::borrow::Cow;
use std::collections::BTreeMap;
use ward_store::StoreError;

/// Puts (`Some`) and removals (`None`) by key: each key once, the last word counts.
#[derive(Debug, Default)]
pub(crate) struct Overlay {
    tables: [BTreeMap<Vec<u8>, Option<Vec<u8>>>; 7],
}

impl Overlay {
    pub(crate) fn is_empty(&self) -> bool {
        self.tables.iter().all(BTreeMap::is_empty)
    }

    pub(crate) fn set(&mut self, table: Table, key: Vec<u8>, value: Option<Vec<u8>>) {
        self.tables[table as usize].insert(key, value);
    }

    /// A value as it will be after this group so far.
    pub(crate) fn get(
        &self,
        engine: &Engine,
        table: Table,
        key: &[u8],
    ) -> Result<Option<Cow<'_, [u8]>>, StoreError> {
        match self.tables[table as usize].get(key) {
            Some(value) => Ok(value.as_deref().map(Cow::Borrowed)),
            None => Ok(engine.get(table, key)?.map(|value| Cow::Owned(value.to_vec()))),
        }
    }

    /// Whether this group so far has decided that a key will be there.
    pub(crate) fn decided(&self, table: Table, key: &[u8]) -> Option<bool> {
        self.tables[table as usize].get(key).map(Option::is_some)
    }

    /// Whether a key will be there after this group so far.
    pub(crate) fn has(&self, engine: &Engine, table: Table, key: &[u8]) -> Result<bool, StoreError> {
        match self.tables[table as usize].get(key) {
            Some(value) => Ok(value.is_some()),
            None => engine.table(table).contains_key(key).map_err(|error| read_error(&error)),
        }
    }

    /// All keys with a prefix as they will be after this group so far, in order.
    pub(crate) fn prefix(
        &self,
        engine: &Engine,
        table: Table,
        prefix: &[u8],
    ) -> Result<BTreeMap<Vec<u8>, Vec<u8>>, StoreError> {
        let mut found = BTreeMap::new();
        for entry in engine.table(table).prefix(prefix) {
            let (key, value) = entry.into_inner().map_err(|error| read_error(&error))?;
            found.insert(key.to_vec(), value.to_vec());
        }
        let decided = self.tables[table as usize].range(prefix.to_vec()..);
        for (key, value) in decided.take_while(|(key, _)| key.starts_with(prefix)) {
            match value {
                Some(value) => found.insert(key.clone(), value.clone()),
                None => found.remove(key),
            };
        }
        Ok(found)
    }

    /// Everything as one batch.
    pub(crate) fn into_batch(self, engine: &Engine) -> OwnedWriteBatch {
        let length = self.tables.iter().map(BTreeMap::len).sum();
        let mut batch = OwnedWriteBatch::with_capacity(engine.db.clone(), length);
        for (table, entries) in Table::ALL.into_iter().zip(self.tables) {
            let table = engine.table(table);
            for (key, value) in entries {
                match value {
                    Some(value) => batch.insert(table, key, value),
                    None => batch.remove(table, key),
                }
            }
        }
        batch
    }
}
