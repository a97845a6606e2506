//! Closes idle writers in the background.

use crate::shelf::Shelf;
use std::io;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// The thread that looks after writers. It ends with this handle, and never keeps the shelf alive.
pub(crate) struct Janitor {
    /// Nothing is sent: its end wakes the thread.
    _ends: Sender<()>,
}

impl Janitor {
    pub(crate) fn start(shelf: &Arc<Shelf>) -> io::Result<Self> {
        let (ends, ended) = channel::<()>();
        let idle = shelf.limits().writer_idle;
        let every = (idle / 4).clamp(Duration::from_millis(20), Duration::from_secs(5));
        let shelf: Weak<Shelf> = Arc::downgrade(shelf);
        std::thread::Builder::new().name("search-janitor".to_owned()).spawn(move || {
            while ended.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                let Some(shelf) = shelf.upgrade() else { break };
                shelf.tend_writers();
            }
        })?;
        Ok(Self { _ends: ends })
    }
}
