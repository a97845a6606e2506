//! What goes wrong, how often, and what did.

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How often each thing goes wrong, in per cent of the calls that it can befall.
///
/// One seed and one order of calls give one order of faults. Where calls race, their order decides which of them is
/// hit, so only a client that makes one call at a time meets the same faults again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Where the dice start.
    pub seed: u64,
    /// Writes that are refused as unavailable before anything is done.
    pub refuse: u8,
    /// Writes that are carried out (or refused by the inner store) and whose answer is lost.
    pub lose_answer: u8,
    /// Commits that never arrive, but are answered as unknown. Settlings that never arrive, but are acknowledged:
    /// the port allows that a settling is lost.
    pub lose_request: u8,
    /// Reads that fail as unavailable.
    pub fail_read: u8,
    /// Calls that are slow, before or after the inner store's work.
    pub delay: u8,
    /// The longest that a slow call is held up, on each side.
    pub longest_delay: Duration,
}

impl Plan {
    /// Nothing goes wrong.
    pub const fn calm(seed: u64) -> Self {
        Self {
            seed,
            refuse: 0,
            lose_answer: 0,
            lose_request: 0,
            fail_read: 0,
            delay: 0,
            longest_delay: Duration::ZERO,
        }
    }

    /// About every third write and every tenth read goes wrong: much worse than any store that is worth keeping.
    pub const fn rough(seed: u64) -> Self {
        Self {
            seed,
            refuse: 10,
            lose_answer: 12,
            lose_request: 10,
            fail_read: 10,
            delay: 5,
            longest_delay: Duration::from_millis(2),
        }
    }
}

/// What becomes of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Served,
    Refused,
    AnswerLost,
    RequestLost,
}

/// What a [`crate::Faulty`] has done so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Injected {
    /// Writes refused before anything was done.
    pub refused: u64,
    /// Writes that reached the inner store and whose answer was lost.
    pub lost_answers: u64,
    /// Commits and settlings that never reached the inner store though the answer did not say so.
    pub lost_requests: u64,
    /// Reads that failed.
    pub failed_reads: u64,
    /// Calls that were held up.
    pub delayed: u64,
}

impl Injected {
    /// Everything but delays.
    pub const fn faults(&self) -> u64 {
        self.refused + self.lost_answers + self.lost_requests + self.failed_reads
    }
}

/// The plan, its dice and its counters.
pub(super) struct Dice {
    plan: Plan,
    rng: Mutex<StdRng>,
    refused: AtomicU64,
    lost_answers: AtomicU64,
    lost_requests: AtomicU64,
    failed_reads: AtomicU64,
    delayed: AtomicU64,
}

impl Dice {
    pub(super) fn new(plan: Plan) -> Self {
        let rng = Mutex::new(StdRng::seed_from_u64(plan.seed));
        Self {
            plan,
            rng,
            refused: AtomicU64::new(0),
            lost_answers: AtomicU64::new(0),
            lost_requests: AtomicU64::new(0),
            failed_reads: AtomicU64::new(0),
            delayed: AtomicU64::new(0),
        }
    }

    pub(super) fn write(&self) -> Fate {
        let roll = self.roll(100);
        let Plan { refuse, lose_answer, lose_request, .. } = self.plan;
        let (refuse, lose_answer, lose_request) =
            (u64::from(refuse), u64::from(lose_answer), u64::from(lose_request));
        let (fate, counter) = match roll {
            roll if roll < refuse => (Fate::Refused, &self.refused),
            roll if roll < refuse + lose_answer => (Fate::AnswerLost, &self.lost_answers),
            roll if roll < refuse + lose_answer + lose_request => (Fate::RequestLost, &self.lost_requests),
            _ => return Fate::Served,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        fate
    }

    /// A write that cannot be lost on the way in without a word: then that is a refusal.
    pub(super) fn answered_write(&self) -> Fate {
        match self.write() {
            Fate::RequestLost => {
                self.lost_requests.fetch_sub(1, Ordering::Relaxed);
                self.refused.fetch_add(1, Ordering::Relaxed);
                Fate::Refused
            }
            fate => fate,
        }
    }

    /// True where a read fails.
    pub(super) fn read_fails(&self) -> bool {
        let fails = self.roll(100) < u64::from(self.plan.fail_read);
        if fails {
            self.failed_reads.fetch_add(1, Ordering::Relaxed);
        }
        fails
    }

    /// Holds a call up, or not: once before the inner store's work, and once after it.
    pub(super) async fn delay(&self) {
        if self.roll(100) >= u64::from(self.plan.delay) {
            return;
        }
        self.delayed.fetch_add(1, Ordering::Relaxed);
        let longest = u64::try_from(self.plan.longest_delay.as_micros()).unwrap_or(u64::MAX);
        tokio::time::sleep(Duration::from_micros(self.roll(longest.saturating_add(1)))).await;
    }

    pub(super) fn injected(&self) -> Injected {
        Injected {
            refused: self.refused.load(Ordering::Relaxed),
            lost_answers: self.lost_answers.load(Ordering::Relaxed),
            lost_requests: self.lost_requests.load(Ordering::Relaxed),
            failed_reads: self.failed_reads.load(Ordering::Relaxed),
            delayed: self.delayed.load(Ordering::Relaxed),
        }
    }

    /// A number below `sides`.
    fn roll(&self, sides: u64) -> u64 {
        self.rng.lock().unwrap_or_else(PoisonError::into_inner).random_range(0..sides)
    }
}
