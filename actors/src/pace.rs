//! How long notes take: measured here, from the transcript to the note that stands, and forgotten with the process.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Notes that count: the latest.
const KEPT: usize = 64;

/// The pace of the scribe.
#[derive(Debug, Default)]
pub struct NotePace(Mutex<VecDeque<Duration>>);

impl NotePace {
    /// A note took so long.
    pub fn measured(&self, took: Duration) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(took);
    }

    /// What nine of ten of the latest notes took at the most: a promise that is mostly kept, and that one note which
    /// waited for days does not spoil. `None` before the first.
    pub fn typical(&self) -> Option<Duration> {
        let mut kept: Vec<_> =
            self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect();
        kept.sort_unstable();
        kept.get(kept.len().saturating_sub(1) * 9 / 10).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_notes_say_how_long_one_takes() {
        let pace = NotePace::default();
        assert_eq!(pace.typical(), None);
        let seconds = Duration::from_secs;
        pace.measured(seconds(7));
        assert_eq!(pace.typical(), Some(seconds(7)));
        for took in 1..=20 {
            pace.measured(seconds(took));
        }
        assert_eq!(pace.typical(), Some(seconds(18)));
        // One that waited long is an exception; what was before the latest is forgotten.
        for _ in 1..KEPT {
            pace.measured(seconds(2));
        }
        pace.measured(seconds(86_400));
        assert_eq!(pace.typical(), Some(seconds(2)));
    }
}
