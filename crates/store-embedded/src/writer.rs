//! The one thread that writes: it takes everything that waits, makes a group of it, writes it, answers.

use crate::engine::{Engine, Table, read_error};
use crate::group::{Carry, Group};
use crate::job::{Job, Reply};
use crate::lists::edit::Overfull;
use crate::lists::newest::Newest;
use crate::options::Options;
use crate::removal::{self, Removal};
use crate::{keys, moving};
use fjall::PersistMode;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::mpsc::Receiver;
use ward_domain::time::Time;
use ward_store::StoreError;

pub(crate) struct Writer {
    engine: Arc<Engine>,
    options: Options,
    queue: Receiver<Job>,
    carry: Carry,
    removals: VecDeque<Removal>,
}

/// What the queue holds next.
enum Next {
    Group(Vec<Job>),
    /// An import begins, after what came before.
    Begin(Vec<Job>, Time, Reply<()>),
    /// Nobody waits, but there is a tenant to remove.
    Idle,
    /// Asked to close, with what came before; or everybody has gone.
    Close(Vec<Job>, Option<Reply<()>>),
}

impl Writer {
    /// A writer that goes on where the one before ended.
    pub(crate) fn new(
        engine: Arc<Engine>,
        options: Options,
        queue: Receiver<Job>,
        number: u64,
    ) -> Result<Self, StoreError> {
        let removals: VecDeque<_> = removal::unfinished(&engine)?.into();
        let removing = removals.iter().map(Removal::tenant).collect();
        let importing = engine.get(Table::Platform, keys::IMPORTING)?.is_some();
        let carry = Carry { number, removing, importing, ..Carry::default() };
        Ok(Self { engine, options, queue, carry, removals })
    }

    /// Works until it is told to close or nobody can ask any more.
    pub(crate) fn run(mut self) {
        loop {
            match self.next() {
                Next::Group(jobs) => self.group(jobs),
                Next::Begin(jobs, floor, reply) => {
                    self.group(jobs);
                    self.begin_import(floor, reply);
                }
                Next::Idle => {}
                Next::Close(jobs, reply) => {
                    self.group(jobs);
                    self.close(reply);
                    return;
                }
            }
            self.remove_slice();
        }
    }

    fn next(&mut self) -> Next {
        let first =
            if self.removals.is_empty() { self.queue.blocking_recv() } else { self.queue.try_recv().ok() };
        let Some(mut job) = first else {
            return if self.queue.is_closed() { Next::Close(Vec::new(), None) } else { Next::Idle };
        };
        let (mut jobs, mut bytes) = (Vec::new(), 0);
        loop {
            match job {
                Job::Close { reply } => return Next::Close(jobs, Some(reply)),
                Job::BeginImport { floor, reply } => return Next::Begin(jobs, floor, reply),
                other => job = other,
            }
            bytes += job.weight();
            jobs.push(job);
            if jobs.len() >= self.options.group_jobs || bytes >= self.options.group_bytes {
                return Next::Group(jobs);
            }
            match self.queue.try_recv() {
                Ok(next) => job = next,
                Err(_) => return Next::Group(jobs),
            }
        }
    }

    fn group(&mut self, jobs: Vec<Job>) {
        if jobs.is_empty() {
            return;
        }
        self.options.reach("queued");
        let mut group = Group::new(&self.engine, &self.options, &mut self.carry);
        group.split_overfull();
        for job in jobs {
            group.take(job);
        }
        for (tenant, reply) in group.finish() {
            if let Some(under_way) = self.removals.iter_mut().find(|removal| removal.tenant() == tenant) {
                under_way.join(reply);
            } else {
                let mut removal = Removal::new(&self.engine, tenant);
                removal.join(reply);
                self.removals.push_back(removal);
            }
        }
    }

    /// Empties what an unfinished import left, or makes sure that there is nothing, and remembers that one has begun.
    fn begin_import(&mut self, floor: Time, reply: Reply<()>) {
        let begun = moving::begin(&self.engine, self.carry.importing, floor);
        self.carry.importing |= begun.is_ok();
        self.carry.lists = Newest::default();
        self.carry.overfull = Overfull::default();
        drop(reply.send(begun));
    }

    /// One slice of one removal between two groups.
    fn remove_slice(&mut self) {
        let Some(mut removal) = self.removals.pop_front() else { return };
        match removal.slice(&self.engine) {
            Ok(false) => self.removals.push_back(removal),
            Ok(true) => {
                self.carry.removing.remove(&removal.tenant());
                self.carry.lists.clear();
                removal.answer(&Ok(()));
            }
            Err(error) => {
                self.engine.fail(&error);
                removal.answer(&Err(read_error(&error)));
            }
        }
    }

    /// Makes all durable, lets the folder go, and only then says so.
    fn close(self, reply: Option<Reply<()>>) {
        let Self { engine, mut queue, removals, .. } = self;
        let result = engine.check_writable().and_then(|()| {
            engine.db.persist(PersistMode::SyncAll).map_err(|error| {
                engine.fail(&error);
                read_error(&error)
            })
        });
        // The removal goes on at the next start.
        for removal in removals {
            removal.answer(&Err(StoreError::Unavailable(CLOSED.to_owned())));
        }
        queue.close();
        while let Ok(job) = queue.try_recv() {
            job.refuse(CLOSED);
        }
        drop(engine);
        if let Some(reply) = reply {
            let _ = reply.send(result);
        }
    }
}

/// What everyone hears who asks a closed store.
pub(crate) const CLOSED: &str = "the store is closed";
