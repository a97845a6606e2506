//! Waiting for what comes about by itself.

use crate::DEADLINE;
use std::time::Duration;
use tokio::time::Instant;
use ward_actors::Failure;

/// Looks until there is something to see; panics with `what` when [`DEADLINE`] is over.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + DEADLINE;
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(Instant::now() < end, "not within {DEADLINE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// The stable word of a refusal (`slot_taken`), or `broken` or `repeated`.
pub fn reason(failure: &Failure) -> &'static str {
    match failure {
        Failure::Refused(refusal) => refusal.reason,
        Failure::Repeated => "repeated",
        Failure::Unknown(_) => "unknown",
        Failure::Broken(_) => "broken",
    }
}
