//! A file into an empty store.

use crate::open::{Backup, Met};
use crate::tally::Tally;
use crate::{BackupError, Listener, PROGRESS_ITEMS, Progress, ScopeOf, Secrets, Summary, verify};
use std::io::{Read, Seek, SeekFrom};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_store::moving::{Item, Part};
use ward_store::{ImportState, Snapshot, Store};

/// Items and bytes of one import.
const BATCH_ITEMS: usize = 512;
const BATCH_BYTES: usize = 2 << 20;
/// Items of a page that is read back.
const PAGE: usize = 1000;

/// Fills an empty store, or one that an unfinished restore left, from a file. Three walks: the file is read whole and
/// checked before the store is touched; then it is read again into the store; then the store is read back and held
/// against the file's manifest. Only then does the store serve. A restore that is cut off leaves a store that says so
/// and serves nothing, and can be started over.
pub async fn restore<F: Read + Seek + Send>(
    store: &dyn Store,
    scope_of: ScopeOf<'_>,
    secrets: &Secrets,
    file: &mut F,
    heard: Listener<'_>,
) -> Result<Summary, BackupError> {
    if !Backup::open(&mut *file, secrets)?.fits(secrets) {
        return Err(BackupError::OtherMaster);
    }
    if store.import_state().await? == ImportState::InUse {
        return Err(BackupError::NotEmpty);
    }
    file.seek(SeekFrom::Start(0))?;
    let checked = verify(&mut *file, secrets, heard).await?;
    file.seek(SeekFrom::Start(0))?;
    let backup = Backup::open(&mut *file, secrets)?;
    store.begin_import(backup.floor()).await?;
    let mut filler = Filler { store, scope_of, scope: None, items: Vec::new(), bytes: 0 };
    let tallies = backup.read("restored", async |met| filler.meet(met).await, heard).await?;
    filler.pour().await?;
    if Summary::of(&tallies) != checked {
        return Err(BackupError::Contradiction("it changed while it was read"));
    }
    read_back(&*store.snapshot().await?, scope_of, &tallies, heard).await?;
    store.end_import().await?;
    Ok(checked)
}

struct Filler<'a> {
    store: &'a dyn Store,
    scope_of: ScopeOf<'a>,
    scope: Option<TenantScope>,
    items: Vec<Item>,
    bytes: usize,
}

impl Filler<'_> {
    async fn meet(&mut self, met: Met) -> Result<(), BackupError> {
        match met {
            Met::Tenant(tenant) => {
                self.pour().await?;
                self.scope = Some((self.scope_of)(tenant));
            }
            Met::Item(item) => {
                self.bytes += item.weight();
                self.items.push(*item);
                if self.items.len() >= BATCH_ITEMS || self.bytes >= BATCH_BYTES {
                    self.pour().await?;
                }
            }
        }
        Ok(())
    }

    async fn pour(&mut self) -> Result<(), BackupError> {
        self.bytes = 0;
        let items = std::mem::take(&mut self.items);
        if let (Some(scope), false) = (&self.scope, items.is_empty()) {
            self.store.import(scope, items).await?;
        }
        Ok(())
    }
}

async fn read_back(
    snapshot: &dyn Snapshot,
    scope_of: ScopeOf<'_>,
    tallies: &[(TenantId, Tally)],
    heard: Listener<'_>,
) -> Result<(), BackupError> {
    let (mut items, mut buffer) = (0_u64, Vec::new());
    for (done, (tenant, expected)) in (1..).zip(tallies) {
        let (scope, mut found) = (scope_of(*tenant), Tally::default());
        for part in Part::ALL {
            let mut after = None;
            loop {
                let page = snapshot.export(&scope, part, after.as_ref(), PAGE).await?;
                for item in &page.items {
                    found.add_item(item, &mut buffer);
                    items += 1;
                    if items.is_multiple_of(PROGRESS_ITEMS) {
                        heard(Progress { what: "read back", tenants: done - 1, items });
                    }
                }
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
        if found != *expected {
            return Err(BackupError::ReadBack { tenant: tenant.get() });
        }
        heard(Progress { what: "read back", tenants: done, items });
    }
    Ok(())
}
