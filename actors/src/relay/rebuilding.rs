//! Feeding the index everything there is, page by page: what else waits in the outbox has its turn between two pages.
//!
//! How far the pages have come is only remembered here. If anything fails, they begin again: an index that was lost in
//! between would else be called complete without them.

use super::documents;
use crate::shell::Turn;
use ward_domain::id::Id;
use ward_domain::record::{Key, List};
use ward_search::{DocumentKind, IndexOp};
use ward_store::{ListQuery, Slice};

/// Every kind of document, and the list that names all of them.
const KINDS: [(DocumentKind, List); 3] = [
    (DocumentKind::Account, List::Users),
    (DocumentKind::Encounter, List::Encounters),
    (DocumentKind::Appointment, List::AppointmentsByCreated),
];

/// Documents read at a time.
const STEP: usize = 100;
/// Documents, or bytes of text, that are worth a commit of the index: it waits for the disk, whatever there is in it.
const ENOUGH: usize = 4_000;
const ENOUGH_BYTES: usize = 24 << 20;

/// What was read, and where the next page begins.
#[derive(Debug)]
struct Read {
    ops: Vec<IndexOp>,
    next: Option<(usize, Slice)>,
}

/// A rebuilding in hand.
#[derive(Debug)]
pub(super) struct Rebuilding {
    /// Where the next page begins; none after the last.
    at: Option<(usize, Slice)>,
    /// A page that was read while the one before it was fed.
    ahead: Option<Read>,
    /// Documents fed so far.
    pub fed: u64,
}

impl Rebuilding {
    pub(super) const fn new() -> Self {
        Self { at: Some((0, Slice::Offset(0))), ahead: None, fed: 0 }
    }

    /// Feeds the next page, reading the one after it meanwhile; says whether it was the last one, and then that the
    /// index is complete. `None` where the store or the index is not to be had.
    pub(super) async fn feed_page(&mut self, turn: &Turn) -> Option<bool> {
        let page = match (self.ahead.take(), self.at) {
            (Some(read), _) => read,
            (None, Some(at)) => read(turn, at).await?,
            (None, None) => Read { ops: Vec::new(), next: None },
        };
        let after = async {
            match page.next {
                Some(at) => read(turn, at).await.map(Some),
                None => Some(None),
            }
        };
        let count = page.ops.len() as u64;
        let (fed, ahead) = tokio::join!(apply(turn, page.ops), after);
        if !fed {
            return None;
        }
        self.fed += count;
        (self.at, self.ahead) = (page.next, ahead?);
        if self.at.is_some() {
            return Some(false);
        }
        match turn.env.search.mark_complete(&turn.scope).await {
            Ok(()) => {
                let (tenant, documents) = (turn.scope.tenant().get(), self.fed);
                tracing::info!(tenant, documents, "the search index was fed everything");
                Some(true)
            }
            Err(error) => {
                tracing::warn!(%error, "the search index could not be called complete");
                None
            }
        }
    }
}

async fn apply(turn: &Turn, ops: Vec<IndexOp>) -> bool {
    if ops.is_empty() {
        return true;
    }
    super::apply(turn, ops).await
}

/// Reads until there is enough for one commit of the index, or all of a kind.
async fn read(turn: &Turn, (nth, mut slice): (usize, Slice)) -> Option<Read> {
    let (kind, list) = *KINDS.get(nth)?;
    let (mut ops, mut bytes) = (Vec::new(), 0);
    while ops.len() < ENOUGH && bytes < ENOUGH_BYTES {
        let query = ListQuery { slice, limit: STEP, ..ListQuery::all(list, Key::all()) };
        let rows = match turn.env.store.list(&turn.scope, &query).await {
            Ok(page) => page.rows,
            Err(error) => {
                tracing::warn!(%error, "what the index is to be fed could not be listed");
                return None;
            }
        };
        let Some(end) = rows.last() else {
            let next = (nth + 1 < KINDS.len()).then_some((nth + 1, Slice::Offset(0)));
            return Some(Read { ops, next });
        };
        slice = Slice::After { sort: end.sort, id: end.id };
        let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
        match documents::read(turn, kind, &ids).await {
            Ok(read) => ops.extend(read.into_iter().map(|document| {
                bytes += document.texts.iter().map(|(_, text)| text.len()).sum::<usize>();
                IndexOp::Put(document)
            })),
            Err(failure) => {
                tracing::warn!(%failure, "a document could not be read for the index");
                return None;
            }
        }
        // An embedded store answers without waiting: others on this thread have their turn here.
        tokio::task::yield_now().await;
    }
    Some(Read { ops, next: Some((nth, slice)) })
}
