//! A store's snapshot into a file.

use crate::chunks::Sealer;
use crate::record::{self, Record};
use crate::tally::Tally;
use crate::{BackupError, Listener, PROGRESS_ITEMS, Progress, ScopeOf, Secrets, Summary};
use std::io::Write;
use ward_domain::record::List;
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;
use ward_store::Snapshot;
use ward_store::moving::{Item, Part};

/// Items of a page.
const PAGE: usize = 1000;

/// Writes everything that a snapshot shows to `file`: the platform, and every hospital that the platform's register
/// names in the same snapshot. What is written is not on the disk before the caller syncs it.
pub async fn backup<W: Write + Send>(
    snapshot: &dyn Snapshot,
    scope_of: ScopeOf<'_>,
    secrets: &Secrets,
    made_at: Time,
    file: W,
    heard: Listener<'_>,
) -> Result<(W, Summary), BackupError> {
    let (header, key) = secrets.lock()?;
    let opening = Record::Opening {
        made_at,
        floor: snapshot.floor().await?,
        master: secrets.master_mark(header),
        program: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let sealer = Sealer::new(file, header, &key)?;
    let mut writer = Writer { sealer, buffer: Vec::new(), items: 0, done: 0, heard };
    writer.put(&opening)?;
    let (mut tallies, mut versions, mut tenants) = (Vec::new(), Vec::new(), vec![TenantId::PLATFORM]);
    let mut next = 0;
    while let Some(tenant) = tenants.get(next).copied() {
        let met = writer.tenant(snapshot, &scope_of(tenant)).await?;
        tenants.extend(met.hospitals);
        tallies.push((tenant, met.tally));
        versions.push((tenant, met.versions));
        next += 1;
    }
    if !snapshot.is_one_moment() {
        stayed(snapshot, scope_of, &versions).await?;
    }
    for (tenant, tally) in &tallies {
        writer.put(&Record::Summary(*tenant, *tally))?;
    }
    writer.put(&Record::End(tallies.len() as u64, writer.items))?;
    Ok((writer.sealer.finish()?, Summary::of(&tallies)))
}

/// What was met of a tenant.
#[derive(Default)]
struct Met {
    tally: Tally,
    /// Of its aggregates alone.
    versions: Tally,
    /// Of the platform: the hospitals that its register names.
    hospitals: Vec<TenantId>,
}

struct Writer<'a, W> {
    sealer: Sealer<W>,
    buffer: Vec<u8>,
    items: u64,
    done: u64,
    heard: Listener<'a>,
}

impl<W: Write> Writer<'_, W> {
    fn put(&mut self, record: &Record) -> Result<(), BackupError> {
        self.buffer.clear();
        record::record(record, &mut self.buffer);
        self.sealer.push(&self.buffer)
    }

    fn say(&mut self) {
        (self.heard)(Progress { what: "written", tenants: self.done, items: self.items });
    }

    /// A tenant's items.
    async fn tenant(&mut self, snapshot: &dyn Snapshot, scope: &TenantScope) -> Result<Met, BackupError> {
        self.put(&Record::Tenant(scope.tenant()))?;
        let mut met = Met::default();
        for part in Part::ALL {
            let mut after = None;
            loop {
                let page = snapshot.export(scope, part, after.as_ref(), PAGE).await?;
                for item in &page.items {
                    if let (true, Item::Row { row, id }) = (scope.is_platform(), item)
                        && row.list == List::Hospitals
                    {
                        met.hospitals.push(TenantId::from_number(id.get()));
                    }
                    self.buffer.clear();
                    record::item(item, &mut self.buffer);
                    met.tally.add(item, &self.buffer);
                    self.sealer.push(&self.buffer)?;
                    self.items += 1;
                    if self.items.is_multiple_of(PROGRESS_ITEMS) {
                        self.say();
                    }
                }
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            if part == Part::Aggregates {
                met.versions = met.tally;
            }
        }
        self.done += 1;
        self.say();
        Ok(met)
    }
}

/// Looks at all versions again. Of each tenant they are those of before its first document was read: so between the last
/// page and the first look nothing was committed anywhere, and the file is of that moment.
async fn stayed(
    snapshot: &dyn Snapshot,
    scope_of: ScopeOf<'_>,
    versions: &[(TenantId, Tally)],
) -> Result<(), BackupError> {
    let mut buffer = Vec::new();
    for (tenant, before) in versions {
        let (scope, mut now, mut after) = (scope_of(*tenant), Tally::default(), None);
        loop {
            let page = snapshot.export(&scope, Part::Aggregates, after.as_ref(), PAGE).await?;
            for item in &page.items {
                now.add_item(item, &mut buffer);
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        if now != *before {
            return Err(BackupError::Changed { tenant: tenant.get() });
        }
    }
    Ok(())
}
