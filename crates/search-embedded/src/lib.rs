//! Search on the local disk: one tantivy index for each tenant, nothing to install.
//!
//! Every tenant has a folder of its own, named by its number, under the search folder: no query can reach another
//! tenant's documents because no other tenant's files are open to it. Indexes are opened by the first call and closed
//! when others are used more; writers hold memory and threads, so few are open, and none for long.
//!
//! Where to read on: `shelf` keeps the open indexes, `folder` opens one and finds out if it is torn, `tenant` holds
//! an open one, `write` and `read` are what is done with it, by as many threads as `hands` has, `query` turns words into what tantivy looks up,
//! `schema` says what lies on disk.
//!
//! All work is done on tokio's blocking threads, a bounded number at a time.

mod analyzer;
mod compare;
mod docs;
mod fault;
mod folder;
mod halves;
mod hands;
mod janitor;
mod matching;
mod names;
mod nearest;
mod query;
mod read;
mod relevance;
mod schema;
mod shelf;
mod tenant;
mod vectors;
mod write;

use async_trait::async_trait;
use fault::Fault;
use janitor::Janitor;
use shelf::Shelf;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tenant::TenantIndex;
use tokio::sync::Semaphore;
use ward_domain::id::Id;
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_search::{
    IndexOp, IndexStatus, NearPage, NearQuery, SearchError, SearchIndex, SearchPage, SearchQuery, Snippet,
};

/// What the embedded index may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Indexes open at a time; more only while more are in use at once.
    pub open_indexes: usize,
    /// Writers open at a time, each with [`Limits::writer_bytes`] and two or three threads; twice that while everything
    /// is fed.
    pub open_writers: usize,
    /// Memory of a writer in bytes, at least 15,000,000; a larger batch goes to disk in pieces.
    pub writer_bytes: usize,
    /// A writer that was not used for so long is closed.
    pub writer_idle: Duration,
    /// Calls worked on at a time; others wait.
    pub concurrent_calls: usize,
    /// Documents of an index from which on its parts are looked at side by side, by as many threads as there are
    /// processors.
    pub side_by_side: u64,
    /// Whose vectors documents carry, as a number: an index with another maker's is made anew and fed again.
    pub vectors: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            open_indexes: 64,
            open_writers: 4,
            writer_bytes: 32 << 20,
            writer_idle: Duration::from_secs(30),
            concurrent_calls: 2 * std::thread::available_parallelism().map_or(2, std::num::NonZero::get),
            side_by_side: 2_000,
            vectors: 0,
        }
    }
}

/// The search port on the local disk.
pub struct EmbeddedSearch {
    shelf: Arc<Shelf>,
    permits: Arc<Semaphore>,
    /// Of several indexes one has its segments put together at a time: it takes all threads.
    gathering: Semaphore,
    _janitor: Janitor,
}

impl EmbeddedSearch {
    /// Opens the folder, making it if need be. One process at a time: whoever holds the data folder's lock.
    pub async fn open(root: impl Into<PathBuf>, limits: Limits) -> Result<Self, SearchError> {
        let root = root.into();
        let shelf = blocking(move || Shelf::open(root, limits)).await?;
        let shelf = Arc::new(shelf);
        let janitor = Janitor::start(&shelf).map_err(Fault::from)?;
        let permits = Arc::new(Semaphore::new(limits.concurrent_calls.max(1)));
        Ok(Self { shelf, permits, gathering: Semaphore::new(1), _janitor: janitor })
    }

    /// Does `work` with the tenant's index, on a blocking thread. An index upon which the work panics or reads
    /// damage is closed, and checked when it is opened again.
    async fn with<T, F>(&self, scope: &TenantScope, work: F) -> Result<T, SearchError>
    where
        T: Send + 'static,
        F: Fn(&TenantIndex) -> Result<T, Fault> + Send + 'static,
    {
        let tenant = scope.tenant();
        self.run(move |shelf| {
            let attempt = || {
                let index = shelf.index(tenant)?;
                catch_unwind(AssertUnwindSafe(|| work(&index))).unwrap_or_else(|_| Err(Fault::panicked()))
            };
            // An index that was closed between the look-up and its use is opened again, once.
            let done = match attempt() {
                Err(Fault::Retired) => attempt(),
                done => done,
            };
            if let Err(Fault::Damaged(what)) = &done {
                tracing::error!(
                    tenant = tenant.get(),
                    what,
                    "a search index cannot be read; the next call checks it"
                );
                shelf.condemn(tenant);
            }
            done
        })
        .await
    }

    async fn run<T, F>(&self, work: F) -> Result<T, SearchError>
    where
        T: Send + 'static,
        F: FnOnce(&Shelf) -> Result<T, Fault> + Send + 'static,
    {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| Fault::closed())?;
        let held = Arc::clone(&self.shelf);
        blocking(move || {
            // Work that nobody waits for any more goes on, and is one of the calls until it ends.
            let _permit = permit;
            work(&held)
        })
        .await
    }

    /// How many indexes and writers are open: for metrics.
    pub fn open_now(&self) -> (usize, usize) {
        self.shelf.open_now()
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, SearchError> {
    let done = tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(Fault::panicked()));
    done.map_err(SearchError::from)
}

#[async_trait]
impl SearchIndex for EmbeddedSearch {
    async fn apply(&self, scope: &TenantScope, ops: Vec<IndexOp>) -> Result<(), SearchError> {
        IndexOp::check_all(&ops)?;
        self.with(scope, move |index| index.apply(&ops)).await
    }

    async fn refreshed(&self, _scope: &TenantScope) -> Result<(), SearchError> {
        // An operation is acknowledged only after searches see it.
        Ok(())
    }

    async fn search(&self, scope: &TenantScope, query: &SearchQuery) -> Result<SearchPage, SearchError> {
        let text = query.check()?;
        let query = query.clone();
        self.with(scope, move |index| index.search(&query, &text)).await
    }

    async fn snippets(
        &self,
        scope: &TenantScope,
        query: &SearchQuery,
        ids: &[Id],
    ) -> Result<Vec<Vec<Snippet>>, SearchError> {
        let text = query.check_snippets(ids.len())?;
        let (query, ids) = (query.clone(), ids.to_vec());
        self.with(scope, move |index| index.snippets(&query, &text, &ids)).await
    }

    async fn nearest(&self, scope: &TenantScope, query: &NearQuery) -> Result<NearPage, SearchError> {
        query.check()?;
        let query = query.clone();
        self.with(scope, move |index| index.nearest(&query)).await
    }

    async fn status(&self, scope: &TenantScope) -> Result<IndexStatus, SearchError> {
        self.with(scope, TenantIndex::status).await
    }

    async fn mark_complete(&self, scope: &TenantScope) -> Result<(), SearchError> {
        if self.with(scope, TenantIndex::mark_complete).await? {
            let _alone = self.gathering.acquire().await.map_err(|_| Fault::closed())?;
            self.with(scope, TenantIndex::gather).await?;
        }
        Ok(())
    }

    async fn destroy(&self, scope: &TenantScope) -> Result<(), SearchError> {
        let tenant: TenantId = scope.tenant();
        self.run(move |shelf| shelf.destroy(tenant)).await
    }

    async fn health(&self) -> Result<(), SearchError> {
        self.run(Shelf::health).await
    }

    async fn close(&self) -> Result<(), SearchError> {
        let held = Arc::clone(&self.shelf);
        blocking(move || {
            held.close();
            Ok(())
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_answer_and_the_index_lives_on() {
        let folder = tempfile::tempdir().unwrap();
        let search = EmbeddedSearch::open(folder.path(), Limits::default()).await.unwrap();
        // A test of a back end, which may.
        #[allow(clippy::disallowed_methods)]
        let scope = TenantScope::mint(TenantId::from_number(7));
        search.mark_complete(&scope).await.unwrap();
        for _ in 0..2 {
            let failed = search
                .with::<(), _>(&scope, |index| index.write(tenant::Load::Small, |_| panic!("a bug")))
                .await;
            assert!(matches!(failed, Err(SearchError::Damaged(_))), "{failed:?}");
            assert_eq!(search.open_now(), (0, 0), "it is closed");
            // Opened again it is found whole: nothing is thrown away because of a bug.
            let status = search.status(&scope).await.unwrap();
            assert_eq!(status, IndexStatus { documents: 0, complete: true });
            search.mark_complete(&scope).await.unwrap();
        }
    }
}
