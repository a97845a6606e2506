//! A group: everything that waited for the writer, decided in order and written as one.
//!
//! Each job is decided against the database and what the group decided before it. A refused one leaves no trace in the
//! group. Nobody is answered before the group's end is known, refusals neither: what they were decided against may not
//! come to stand.

mod claims;
mod commit;
mod import;
pub(crate) mod lease;
pub(crate) mod overlay;

use crate::engine::{Engine, Table, undecided};
use crate::job::{Commission, Job};
use crate::lists::edit::{Edits, Overfull};
use crate::lists::newest::Newest;
use crate::options::Options;
use crate::{keys, value};
use claims::Lapsed;
use fjall::PersistMode;
use overlay::Overlay;
use std::collections::BTreeSet;
use tokio::sync::oneshot;
use ward_domain::tenancy::TenantId;
use ward_store::{CommitError, StoreError, Swap};

/// How a group ended.
pub(crate) enum End {
    /// It is on the disk and visible.
    Durable,
    /// Nothing of it was done.
    Undone(String),
    /// It may come back after a restart.
    Unknown(String),
}

/// Answers one job once the group's end is known.
type Answer = Box<dyn FnOnce(&End) + Send>;

/// What outlives a group.
#[derive(Default)]
pub(crate) struct Carry {
    /// The number of the latest group.
    pub(crate) number: u64,
    /// Chunks to split.
    pub(crate) overfull: Overfull,
    /// Lists as they stand.
    pub(crate) lists: Newest,
    /// How far lapsed claims are swept.
    pub(crate) lapsed: Lapsed,
    /// Tenants that are being removed.
    pub(crate) removing: BTreeSet<TenantId>,
    /// An import was begun and not ended.
    pub(crate) importing: bool,
}

/// A tenant to remove, and who waits for it.
pub(crate) type Removal = (TenantId, oneshot::Sender<Result<(), StoreError>>);

pub(crate) struct Group<'a> {
    engine: &'a Engine,
    options: &'a Options,
    carry: &'a mut Carry,
    overlay: Overlay,
    lists: Edits,
    events: Vec<(TenantId, u64)>,
    answers: Vec<Answer>,
    removals: Vec<Removal>,
    newly_removing: Vec<TenantId>,
    /// Something in it must be on the disk before its answer.
    durable: bool,
    /// Why nothing of this group can be done.
    broken: Option<String>,
}

impl<'a> Group<'a> {
    pub(crate) fn new(engine: &'a Engine, options: &'a Options, carry: &'a mut Carry) -> Self {
        Self {
            engine,
            options,
            overlay: Overlay::default(),
            lists: Edits::new(engine, options.chunk_rows, std::mem::take(&mut carry.lists)),
            events: Vec::new(),
            answers: Vec::new(),
            removals: Vec::new(),
            newly_removing: Vec::new(),
            durable: false,
            broken: engine.failure().map(str::to_owned),
            carry,
        }
    }

    /// Splits what the group before left too full. Not worth failing for: the next touch tries again.
    pub(crate) fn split_overfull(&mut self) {
        for (list, at) in std::mem::take(&mut self.carry.overfull) {
            if let Err(error) = self.lists.split(self.engine, &list, at) {
                tracing::warn!(%error, "a list's chunk could not be split yet");
            }
        }
    }

    /// Decides a job.
    pub(crate) fn take(&mut self, job: Job) {
        if let Some(reason) = &self.broken {
            job.refuse(reason);
            return;
        }
        let Some(job) = self.only_what_is_served(job) else { return };
        self.durable |= !matches!(job, Job::Settle { .. });
        match job {
            Job::Commit(Commission { tenant, commit, reply, .. }) => {
                let verdict = self.commit(tenant, &commit);
                self.answers.push(Box::new(move |end| {
                    let _ = reply.send(match end {
                        End::Durable => verdict,
                        End::Unknown(reason) if verdict.is_ok() => Err(CommitError::Unknown(reason.clone())),
                        End::Undone(reason) | End::Unknown(reason) => {
                            Err(CommitError::Unavailable(reason.clone()))
                        }
                    });
                }));
            }
            Job::Swap { tenant, swaps, reply } => {
                let count = self.swap(tenant, &swaps);
                self.answer(count, reply);
            }
            Job::Settle { tenant, events, reply } => {
                for event in events {
                    self.overlay.set(Table::Outbox, keys::event(tenant, event.get()), None);
                }
                self.answer(Ok(()), reply);
            }
            Job::Lease { holder, until, reply } => {
                let lease = lease::lease(self.engine, &mut self.overlay, holder, until);
                self.answer(lease, reply);
            }
            Job::Destroy { tenant, reply } => {
                // From here on no commit of the tenant is taken, and a restart goes on with the removal.
                self.overlay.set(Table::Platform, keys::removal(tenant), Some(Vec::new()));
                if self.carry.removing.insert(tenant) {
                    self.newly_removing.push(tenant);
                }
                self.removals.push((tenant, reply));
            }
            Job::Ping { reply } => self.answer(Ok(()), reply),
            Job::Import { tenant, items, reply } => {
                let imported = self.import(tenant, items);
                self.answer(imported, reply);
            }
            Job::EndImport { reply } => {
                self.overlay.set(Table::Platform, keys::IMPORTING.to_vec(), None);
                self.carry.importing = false;
                self.answer(Ok(()), reply);
            }
            // The writer takes them out of the queue itself.
            Job::BeginImport { reply, .. } | Job::Close { reply } => drop(reply),
        }
    }

    fn answer<T: Send + 'static>(
        &mut self,
        value: Result<T, StoreError>,
        reply: oneshot::Sender<Result<T, StoreError>>,
    ) {
        self.answers.push(Box::new(move |end| {
            let _ = reply.send(match end {
                End::Durable => value,
                End::Undone(reason) | End::Unknown(reason) => Err(StoreError::Unavailable(reason.clone())),
            });
        }));
    }

    fn swap(&mut self, tenant: TenantId, swaps: &[Swap]) -> Result<usize, StoreError> {
        let mut swapped = Vec::new();
        for swap in swaps {
            let key = keys::record(tenant, swap.place.kind, swap.place.id);
            let Some(record) = self.overlay.get(self.engine, Table::Records, &key)? else { continue };
            if let Some(record) = value::swap_body(&record, &swap.old, &swap.new) {
                swapped.push((key, record));
            }
        }
        let count = swapped.len();
        for (key, record) in swapped {
            self.overlay.set(Table::Records, key, Some(record));
        }
        Ok(count)
    }

    /// Writes the group and answers everybody. Gives back the tenants whose removal may begin.
    pub(crate) fn finish(mut self) -> Vec<Removal> {
        self.options.reach("validated");
        let end = self.write();
        self.options.reach("before answer");
        for answer in self.answers {
            answer(&end);
        }
        self.options.reach("after answer");
        match end {
            End::Durable => self.removals,
            End::Undone(reason) | End::Unknown(reason) => {
                for tenant in self.newly_removing {
                    self.carry.removing.remove(&tenant);
                }
                for (_, reply) in self.removals {
                    let _ = reply.send(Err(StoreError::Unavailable(reason.clone())));
                }
                Vec::new()
            }
        }
    }

    fn write(&mut self) -> End {
        if let Some(reason) = &self.broken {
            return End::Undone(reason.clone());
        }
        let mode = if self.durable { PersistMode::SyncData } else { PersistMode::Buffer };
        let mut overlay = std::mem::take(&mut self.overlay);
        let number = self.carry.number + 1;
        let nothing = Edits::new(self.engine, self.options.chunk_rows, Newest::default());
        let lists = std::mem::replace(&mut self.lists, nothing);
        let (overfull, newest) = lists.finish(self.engine, &mut overlay, number);
        let written = if overlay.is_empty() {
            // Nothing to write, but what a ping asks is whether the disk answers.
            self.options.reach("before write");
            self.engine.db.persist(mode)
        } else {
            overlay.set(Table::Platform, keys::GROUP.to_vec(), Some(number.to_be_bytes().to_vec()));
            let batch = overlay.into_batch(self.engine).durability(Some(mode));
            self.options.reach("batch built");
            self.options.reach("before write");
            // Journal, sync, and only then visible to readers.
            batch.commit()
        };
        match written {
            Ok(()) => {
                self.options.reach("after sync");
                self.carry.number = number;
                self.carry.overfull = overfull;
                self.carry.lists = newest;
                for (tenant, event) in self.events.drain(..) {
                    self.engine.outbox.committed(tenant, event);
                }
                End::Durable
            }
            Err(error) => {
                self.engine.fail(&error);
                let reason = self.engine.failure().unwrap_or_default().to_owned();
                // The engine says `Poisoned` before it writes anything; after any other error part of the group, or all
                // of it, may be found in the journal at the next start.
                if matches!(error, fjall::Error::Poisoned) {
                    End::Undone(reason)
                } else {
                    End::Unknown(reason)
                }
            }
        }
    }

    /// The group cannot be done: part of a decision is in it and the rest could not be read.
    fn give_up(&mut self, error: &StoreError) -> CommitError {
        let reason = error.to_string();
        self.broken = Some(reason);
        undecided(error)
    }
}
