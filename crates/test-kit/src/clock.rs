//! A clock that stands still until it is moved.

use std::sync::atomic::{AtomicI64, Ordering};
use ward_domain::time::{Clock, Time};

/// A clock that a test moves.
#[derive(Debug)]
pub struct HeldClock(AtomicI64);

impl HeldClock {
    /// A clock that stands at a time.
    pub const fn at(time: Time) -> Self {
        Self(AtomicI64::new(time.millis()))
    }

    /// Moves it on by milliseconds.
    pub fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }

    /// Puts it to a time.
    pub fn set(&self, time: Time) {
        self.0.store(time.millis(), Ordering::SeqCst);
    }
}

impl Clock for HeldClock {
    fn now(&self) -> Time {
        Time::from_millis(self.0.load(Ordering::SeqCst))
    }
}
