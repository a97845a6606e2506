//! Connections that are kept for the next letter.
//!
//! Kept by hand, because a connection must only come back after a whole talk: the client library's own pool takes
//! back one whose letter was given up half way, and the next letter then reads the former one's answer as its own.
//! A connection is owned by whoever uses it; unless they put it back, it is closed.

use lettre::transport::smtp::client::AsyncSmtpConnection;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout};

/// Servers close idle connections after some minutes; well before that they are not worth trying.
const MAX_IDLE: Duration = Duration::from_mins(1);
/// Letters on one connection. Many servers end a connection at a hundred.
const MAX_LETTERS: u32 = 50;
/// How long a kept connection may take to say that it is alive.
const ALIVE_WITHIN: Duration = Duration::from_secs(5);

/// A connection and what it has been through.
pub(super) struct Line {
    pub(super) connection: AsyncSmtpConnection,
    letters: u32,
    idle_since: Instant,
}

impl Line {
    pub(super) fn new(connection: AsyncSmtpConnection) -> Self {
        Self { connection, letters: 0, idle_since: Instant::now() }
    }
}

/// Idle connections, and turns to use one.
pub(super) struct Pool {
    turns: Semaphore,
    idle: Mutex<Vec<Line>>,
}

impl Pool {
    pub(super) fn new(max_connections: usize) -> Self {
        Self { turns: Semaphore::new(max_connections), idle: Mutex::new(Vec::new()) }
    }

    /// Waits for the right to use a connection. `None` never comes: the semaphore is not closed.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.turns.acquire().await.ok()
    }

    /// The connection that was used last and still answers, if there is one.
    pub(super) async fn take(&self) -> Option<Line> {
        loop {
            let mut line = self.pop()?;
            if timeout(ALIVE_WITHIN, line.connection.test_connected()).await == Ok(true) {
                return Some(line);
            }
        }
    }

    /// Keeps a connection whose talk has ended well.
    pub(super) fn put_back(&self, mut line: Line) {
        line.letters += 1;
        line.idle_since = Instant::now();
        if line.letters < MAX_LETTERS && !line.connection.has_broken() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    }

    fn pop(&self) -> Option<Line> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|line| line.idle_since.elapsed() < MAX_IDLE);
        idle.pop()
    }
}
