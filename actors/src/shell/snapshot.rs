//! What an operator, or a test, sees of the live actors.

use serde::Serialize;

/// What an actor is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// It is being rebuilt from the store.
    Activating,
    /// It waits for messages.
    Idle,
    /// It has messages in hand.
    Busy,
}

/// One live actor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActorSnapshot {
    /// Its kind's name.
    pub kind: &'static str,
    /// Whose; 0 for the platform.
    pub hospital: u64,
    /// Which entity.
    pub id: u64,
    /// What it is doing.
    pub activity: Activity,
    /// Messages that wait or are being handled.
    pub in_hand: usize,
    /// Messages handled since it was activated.
    pub handled: u64,
    /// Milliseconds since its last message.
    pub idle_ms: i64,
    /// Times that it panicked or broke lately.
    pub failures: u32,
}
