//! A file, read from its beginning to its end.

use crate::chunks::Opener;
use crate::header::{Header, Unproven};
use crate::record::{self, Record};
use crate::tally::Tally;
use crate::{BackupError, Listener, PROGRESS_ITEMS, Progress, Secrets, Summary};
use std::io::Read;
use ward_domain::tenancy::TenantId;
use ward_domain::time::Time;
use ward_store::moving::Item;

/// A backup that opens with the secrets given.
pub struct Backup<R> {
    opener: Opener<R>,
    header: Header,
    opening: Opening,
    /// The chunk in hand, and how far it was read.
    chunk: Vec<u8>,
    at: usize,
}

/// How it begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opening {
    pub(crate) made_at: Time,
    pub(crate) floor: Time,
    pub(crate) master: [u8; 16],
}

/// What [`Backup::read`] meets.
pub(crate) enum Met {
    Tenant(TenantId),
    Item(Box<Item>),
}

impl<R: Read> Backup<R> {
    /// Reads the beginning.
    pub fn open(mut file: R, secrets: &Secrets) -> Result<Self, BackupError> {
        let unproven = Unproven::from(&mut file)?;
        let key = secrets.unlock(&unproven)?;
        let opener = Opener::new(file, &unproven, &key);
        let opening = Opening { made_at: Time::default(), floor: Time::default(), master: [0; 16] };
        let mut backup = Self { opener, header: unproven.header, opening, chunk: Vec::new(), at: 0 };
        let Some((Record::Opening { made_at, floor, master, .. }, _)) = backup.next()? else {
            return Err(BackupError::Contradiction("it does not begin with its beginning"));
        };
        backup.opening = Opening { made_at, floor, master };
        Ok(backup)
    }

    /// When it was made.
    pub const fn made_at(&self) -> Time {
        self.opening.made_at
    }

    pub(crate) const fn floor(&self) -> Time {
        self.opening.floor
    }

    /// True where the house in it opens with one of the master keys given.
    pub fn fits(&self, secrets: &Secrets) -> bool {
        secrets.has_master(self.header, self.opening.master)
    }

    /// The next record and its spelling; `None` after the last.
    fn next(&mut self) -> Result<Option<(Record, Vec<u8>)>, BackupError> {
        while self.at >= self.chunk.len() {
            self.at = 0;
            if !self.opener.next(&mut self.chunk)? {
                self.chunk.clear();
                return Ok(None);
            }
        }
        let mut rest = &self.chunk[self.at..];
        let (record, spelled) =
            record::take(&mut rest).ok_or(BackupError::Contradiction("a record does not read"))?;
        let spelled = spelled.to_vec();
        self.at = self.chunk.len() - rest.len();
        Ok(Some((record, spelled)))
    }

    /// Reads to the end, tells `met` of everything and holds it against the manifest. What `met` answers with an error
    /// ends it.
    pub(crate) async fn read<F>(
        mut self,
        what: &'static str,
        mut met: F,
        heard: Listener<'_>,
    ) -> Result<Vec<(TenantId, Tally)>, BackupError>
    where
        F: AsyncFnMut(Met) -> Result<(), BackupError>,
    {
        let mut tallies: Vec<(TenantId, Tally)> = Vec::new();
        let (mut items, mut summaries, mut ended) = (0_u64, 0_usize, false);
        while let Some((record, spelled)) = self.next()? {
            let early = summaries == 0 && !ended;
            match record {
                Record::Tenant(tenant) if early => {
                    tallies.push((tenant, Tally::default()));
                    met(Met::Tenant(tenant)).await?;
                }
                Record::Item(item) if early => {
                    let Some((_, tally)) = tallies.last_mut() else {
                        return Err(BackupError::Contradiction("an item is nobody's"));
                    };
                    tally.add(&item, &spelled);
                    items += 1;
                    met(Met::Item(Box::new(item))).await?;
                    if items.is_multiple_of(PROGRESS_ITEMS) {
                        heard(Progress { what, tenants: tallies.len() as u64 - 1, items });
                    }
                }
                Record::Summary(tenant, tally) if !ended => {
                    if tallies.get(summaries) != Some(&(tenant, tally)) {
                        return Err(BackupError::Contradiction("a tenant is not what the manifest says"));
                    }
                    summaries += 1;
                }
                Record::End(tenants, all) if !ended => {
                    if (tenants, all) != (summaries as u64, items) || summaries != tallies.len() {
                        return Err(BackupError::Contradiction("the counts of its end are others"));
                    }
                    ended = true;
                }
                _ => return Err(BackupError::Contradiction("a record is out of place")),
            }
        }
        if !ended {
            return Err(BackupError::Contradiction("it has no end"));
        }
        heard(Progress { what, tenants: tallies.len() as u64, items });
        Ok(tallies)
    }
}

/// Reads a file whole and holds it against its own manifest. No store is touched.
pub async fn verify<R: Read + Send>(
    file: R,
    secrets: &Secrets,
    heard: Listener<'_>,
) -> Result<Summary, BackupError> {
    let backup = Backup::open(file, secrets)?;
    let tallies = backup.read("checked", async |_| Ok(()), heard).await?;
    Ok(Summary::of(&tallies))
}
