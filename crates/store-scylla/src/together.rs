//! Plain writes of many commits, sent together.
//!
//! What a commit writes into a partition costs the server little beside the visit to the partition itself, and commits of
//! one hospital visit the same ones: its lists, its outbox, its intents. So whatever waits is gathered while the writes
//! before it are on their way, sorted by partition, and each partition is visited once. Nobody waits for a timer: with
//! little to do, each commit's writes go at once.

use crate::connection::{BATCH, Connection, Owned, Write, weigh};
use crate::fault::Fault;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use tokio::sync::{Semaphore, oneshot};

/// Rounds under way at once.
const ROUNDS: usize = 2;
/// Statements of one partition in one batch, and their bytes.
const VISIT: (usize, usize) = (200, 64 << 10);

struct Job {
    writes: Vec<Owned>,
    tell: oneshot::Sender<Result<(), Fault>>,
}

/// Where writes wait for each other.
pub(crate) struct Together {
    waiting: Mutex<Vec<Job>>,
    rounds: Semaphore,
}

impl Together {
    pub(crate) fn new() -> Self {
        Self { waiting: Mutex::default(), rounds: Semaphore::new(ROUNDS) }
    }

    /// Carries out plain writes that may be carried out in any order, and any number of times.
    pub(crate) async fn write(&self, connection: &Connection, writes: Vec<Write<'_>>) -> Result<(), Fault> {
        if writes.is_empty() {
            return Ok(());
        }
        let (tell, mut told) = oneshot::channel();
        let writes = writes.into_iter().map(|write| (write.statement.clone(), write.values)).collect();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(Job { writes, tell });
        // Whoever gets a round takes all that waits into it, unless another has taken his along already.
        let answer = tokio::select! {
            biased;
            answer = &mut told => answer,
            round = self.rounds.acquire() => {
                let jobs = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
                send(connection, jobs).await;
                drop(round);
                told.await
            }
        };
        // Whoever had it in hand was stopped.
        answer.unwrap_or_else(|_| Err(Fault::Unknown("writes were cut off".to_owned())))
    }
}

/// A batch for one partition, and whose writes are in it.
#[derive(Default)]
struct Visit {
    writes: Vec<Owned>,
    bytes: usize,
    jobs: Vec<usize>,
}

async fn send(connection: &Connection, jobs: Vec<Job>) {
    let mut visits: Vec<Visit> = Vec::new();
    let mut last: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut tells = Vec::with_capacity(jobs.len());
    let mut failed: Vec<Option<Fault>> = Vec::with_capacity(jobs.len());
    for (number, Job { writes, tell }) in jobs.into_iter().enumerate() {
        tells.push(tell);
        let mut wrong = None;
        for write in writes {
            let Ok(partition) = write.0.compute_partition_key(&write.1) else {
                wrong = Some(Fault::damaged("a statement that does not fit its table"));
                continue;
            };
            let bytes = weigh(&write.1);
            let open = last.get(partition.as_ref()).copied().filter(|at| {
                visits
                    .get(*at)
                    .is_some_and(|visit| visit.writes.len() < VISIT.0 && visit.bytes + bytes <= VISIT.1)
            });
            let at = open.unwrap_or_else(|| {
                last.insert(partition.to_vec(), visits.len());
                visits.push(Visit::default());
                visits.len() - 1
            });
            if let Some(visit) = visits.get_mut(at) {
                visit.writes.push(write);
                visit.bytes += bytes;
                if visit.jobs.last() != Some(&number) {
                    visit.jobs.push(number);
                }
            }
        }
        failed.push(wrong);
    }
    for (jobs, answer) in connection.visit_all(pack(visits)).await {
        if let Err(fault) = answer {
            for number in jobs {
                if let Some(slot) = failed.get_mut(number) {
                    slot.get_or_insert_with(|| fault.clone());
                }
            }
        }
    }
    for (tell, fault) in tells.into_iter().zip(failed) {
        // Nobody listens any more where a caller was stopped; the writes do no harm.
        let _ = tell.send(fault.map_or(Ok(()), Err));
    }
}

/// Small visits share a message: servers warn of more than ten partitions, or 5 KiB, in one.
fn pack(visits: Vec<Visit>) -> Vec<(Vec<usize>, Vec<Owned>)> {
    let mut packed: Vec<(Visit, usize)> = Vec::new();
    let mut open: Option<usize> = None;
    for visit in visits {
        let small = visit.bytes <= BATCH.1 / 2;
        let fits = open.and_then(|at| packed.get_mut(at)).filter(|(with, partitions)| {
            small && *partitions < BATCH.0 && with.bytes + visit.bytes <= BATCH.1
        });
        if let Some((with, partitions)) = fits {
            with.bytes += visit.bytes;
            with.writes.extend(visit.writes);
            with.jobs.extend(visit.jobs);
            *partitions += 1;
        } else {
            if small {
                open = Some(packed.len());
            }
            packed.push((visit, 1));
        }
    }
    packed.into_iter().map(|(visit, _)| (visit.jobs, visit.writes)).collect()
}
