//! The writer's own memory of lists: their directories as its last group left them.
//!
//! The writer alone changes lists, so what it remembers needs no generation and is not looked up on disk again. A group
//! that fails takes the memory with it.

use super::directory::Directory;
use std::collections::HashMap;
use std::sync::Arc;

/// Lists remembered: about 10 MiB, since nearly all of them are one chunk and long ones share their blocks with readers.
const MOST: usize = 32_768;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Newest(HashMap<Arc<[u8]>, Arc<Directory>>);

impl Newest {
    /// Takes a list's directory out.
    pub(super) fn take(&mut self, list: &Arc<[u8]>) -> Option<Arc<Directory>> {
        self.0.remove(list)
    }

    /// Remembers a list. Where there are too many all are forgotten: which are in use shows soon enough.
    pub(super) fn put(&mut self, list: Arc<[u8]>, directory: Arc<Directory>) {
        if self.0.len() >= MOST {
            self.0.clear();
        }
        self.0.insert(list, directory);
    }

    /// Forgets everything: rows have gone in another way than by a group.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
