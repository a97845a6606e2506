//! Search on a [Meilisearch](https://www.meilisearch.com) server.
//!
//! One index for each kind of document; every hospital's documents stand in it under the hospital's number, and every
//! query is narrowed to that by this crate (`filter`), whatever it says. What matches is the port's rule, to the letter:
//! documents carry the port's own tokens, and words are looked up by the server's filters (`schema` says why). Only the
//! order of relevance is coarser than the embedded index's: see `words`.
//!
//! The server may be down, slow, or not there yet when Ward starts: every call then answers
//! [`SearchError::Unavailable`] with a [`Fault`] in words, and the first call after it is back finds it. Indexes and
//! settings are looked at before the first use (`migrate`), and again after an index was found missing.
//!
//! Where to read on: `schema` says what lies in the indexes, `document` what is written, `write` how the newest version
//! stands, `read` how a query is answered, `words` what fits and how well, `server` and `http` the way there. `double`
//! (a feature) is a server of our own for tests.

mod document;
mod fault;
mod filter;
mod http;
mod migrate;
mod nearest;
mod read;
mod schema;
mod server;
mod words;
mod write;

#[cfg(feature = "double")]
pub mod double;

pub use fault::Fault;
pub use migrate::Standing;

use async_trait::async_trait;
use server::Server;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;
use ward_domain::id::Id;
use ward_domain::tenancy::TenantScope;
use ward_search::{
    DocumentKind, IndexOp, IndexStatus, NearPage, NearQuery, SearchError, SearchIndex, SearchPage,
    SearchQuery, Snippet,
};

/// The oldest version that has all that is used: filters by beginnings without a switch.
pub const MIN_VERSION: (u64, u64) = (1, 20);
/// After a failure the server is left alone for so long.
const RESPITE: Duration = Duration::from_millis(250);

/// Where the server is, and how it is used.
#[derive(Clone)]
pub struct Options {
    /// Its address, as `http://127.0.0.1:7700`.
    pub url: String,
    /// Its master key, or a key with all actions on the indexes and on the version; empty for a server without keys.
    pub key: String,
    /// What the names of the indexes begin with: `ward-` gives `ward-encounter`.
    pub index_prefix: String,
    /// How long one request may take.
    pub timeout: Duration,
    /// How long a change may take until it is carried out.
    pub task_timeout: Duration,
    /// Whose vectors documents carry, as a number: documents with another maker's are fed anew.
    pub vectors: u64,
}

/// The key is not printed.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("url", &self.url)
            .field("prefix", &self.index_prefix)
            .finish_non_exhaustive()
    }
}

/// The search port on a Meilisearch server.
pub struct MeiliSearch {
    server: Server,
    /// Whether the indexes were seen in order; the last failure to see that, and when.
    prepared: AtomicBool,
    failed: Mutex<Option<(Instant, Fault)>>,
    closed: AtomicBool,
}

/// What [`MeiliSearch::look`] finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The server's version.
    pub version: String,
    /// The number of this program's settings.
    pub settings: u64,
    /// Each index by name, and how it stands.
    pub indexes: Vec<(String, Standing)>,
}

impl MeiliSearch {
    /// Takes the options; refuses those that cannot work. The server is not asked yet.
    pub fn new(options: &Options) -> Result<Self, Fault> {
        let server = Server::new(options)?;
        let (prepared, failed, closed) = (AtomicBool::new(false), Mutex::new(None), AtomicBool::new(false));
        Ok(Self { server, prepared, failed, closed })
    }

    /// Looks at the server and changes nothing.
    pub async fn look(&self) -> Result<Look, Fault> {
        let version = migrate::version(&self.server).await?;
        let mut indexes = Vec::new();
        for &kind in DocumentKind::ALL {
            indexes.push((self.server.index_name(kind), migrate::standing(&self.server, kind).await?));
        }
        Ok(Look { version, settings: schema::SETTINGS, indexes })
    }

    /// Removes this prefix's indexes, with everything in them: for tests, and for who lets go of a server.
    pub async fn remove_indexes(&self) -> Result<(), Fault> {
        for &kind in DocumentKind::ALL {
            let removal = self.server.index(kind).delete().await;
            match self.server.done(removal.map_err(|error| self.server.fault(&error))?, |_| {}).await {
                Err(Fault::IndexGone) => {}
                done => done?,
            }
        }
        Ok(())
    }

    /// Makes sure that the indexes are there and in order, once.
    async fn prepare(&self) -> Result<(), Fault> {
        if self.closed.load(Ordering::Acquire) {
            return Err(Fault::Closed);
        }
        if self.prepared.load(Ordering::Acquire) {
            return Ok(());
        }
        let mut failed = self.failed.lock().await;
        if self.prepared.load(Ordering::Acquire) {
            return Ok(());
        }
        // Those who waited for the lock do not each wait for a server that is not there.
        if let Some((at, fault)) = &*failed
            && at.elapsed() < RESPITE
        {
            return Err(fault.clone());
        }
        match migrate::run(&self.server).await {
            Ok(()) => {
                *failed = None;
                self.prepared.store(true, Ordering::Release);
                Ok(())
            }
            Err(fault) => {
                *failed = Some((Instant::now(), fault.clone()));
                Err(fault)
            }
        }
    }

    /// Does `work` on indexes that are in order; where one is found missing, they are looked at again before the next.
    async fn with<T>(&self, work: impl Future<Output = Result<T, Fault>>) -> Result<T, SearchError> {
        self.prepare().await?;
        let done = work.await;
        if matches!(done, Err(Fault::IndexGone | Fault::Refused(_))) {
            self.prepared.store(false, Ordering::Release);
        }
        Ok(done?)
    }
}

#[async_trait]
impl SearchIndex for MeiliSearch {
    async fn apply(&self, scope: &TenantScope, ops: Vec<IndexOp>) -> Result<(), SearchError> {
        IndexOp::check_all(&ops)?;
        self.with(write::apply(&self.server, scope.tenant(), &ops)).await
    }

    async fn refreshed(&self, _scope: &TenantScope) -> Result<(), SearchError> {
        // An operation is acknowledged only after the server has carried it out, and searches see it then.
        Ok(())
    }

    async fn search(&self, scope: &TenantScope, query: &SearchQuery) -> Result<SearchPage, SearchError> {
        let text = query.check()?;
        self.with(read::search(&self.server, scope.tenant(), query, &text)).await
    }

    async fn snippets(
        &self,
        scope: &TenantScope,
        query: &SearchQuery,
        ids: &[Id],
    ) -> Result<Vec<Vec<Snippet>>, SearchError> {
        let text = query.check_snippets(ids.len())?;
        self.with(read::snippets(&self.server, scope.tenant(), query, &text, ids)).await
    }

    async fn nearest(&self, scope: &TenantScope, query: &NearQuery) -> Result<NearPage, SearchError> {
        query.check()?;
        self.with(nearest::nearest(&self.server, scope.tenant(), query)).await
    }

    async fn status(&self, scope: &TenantScope) -> Result<IndexStatus, SearchError> {
        self.with(read::status(&self.server, scope.tenant())).await
    }

    async fn mark_complete(&self, scope: &TenantScope) -> Result<(), SearchError> {
        self.with(write::mark_complete(&self.server, scope.tenant())).await
    }

    async fn destroy(&self, scope: &TenantScope) -> Result<(), SearchError> {
        self.with(write::destroy(&self.server, scope.tenant())).await
    }

    async fn health(&self) -> Result<(), SearchError> {
        // Asked with the key: a server that took another master key is not to be used.
        self.with(async { self.server.version().await.map(|_| ()) }).await
    }

    async fn close(&self) -> Result<(), SearchError> {
        self.closed.store(true, Ordering::Release);
        Ok(())
    }
}
