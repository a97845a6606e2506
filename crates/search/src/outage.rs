//! An index that can be made to fail, to see what the house does without search.

use crate::{
    DynSearchIndex, IndexOp, IndexStatus, NearPage, NearQuery, SearchError, SearchIndex, SearchPage,
    SearchQuery, Snippet,
};
use async_trait::async_trait;
use std::sync::atomic::{AtomicBool, Ordering};
use ward_domain::id::Id;
use ward_domain::tenancy::TenantScope;

/// Hands every call on, except while it is down: then each answers [`SearchError::Unavailable`], and nothing is done.
pub struct Outage {
    inner: DynSearchIndex,
    is_down: AtomicBool,
}

impl Outage {
    /// Up, for now.
    pub const fn of(inner: DynSearchIndex) -> Self {
        Self { inner, is_down: AtomicBool::new(false) }
    }

    /// Down or up from now on.
    pub fn set_down(&self, is_down: bool) {
        self.is_down.store(is_down, Ordering::Release);
    }

    fn up(&self) -> Result<&dyn SearchIndex, SearchError> {
        if self.is_down.load(Ordering::Acquire) {
            return Err(SearchError::Unavailable("an outage, on request".to_owned()));
        }
        Ok(&*self.inner)
    }
}

#[async_trait]
impl SearchIndex for Outage {
    async fn apply(&self, scope: &TenantScope, ops: Vec<IndexOp>) -> Result<(), SearchError> {
        self.up()?.apply(scope, ops).await
    }

    async fn refreshed(&self, scope: &TenantScope) -> Result<(), SearchError> {
        self.up()?.refreshed(scope).await
    }

    async fn search(&self, scope: &TenantScope, query: &SearchQuery) -> Result<SearchPage, SearchError> {
        self.up()?.search(scope, query).await
    }

    async fn snippets(
        &self,
        scope: &TenantScope,
        query: &SearchQuery,
        ids: &[Id],
    ) -> Result<Vec<Vec<Snippet>>, SearchError> {
        self.up()?.snippets(scope, query, ids).await
    }

    async fn nearest(&self, scope: &TenantScope, query: &NearQuery) -> Result<NearPage, SearchError> {
        self.up()?.nearest(scope, query).await
    }

    async fn status(&self, scope: &TenantScope) -> Result<IndexStatus, SearchError> {
        self.up()?.status(scope).await
    }

    async fn mark_complete(&self, scope: &TenantScope) -> Result<(), SearchError> {
        self.up()?.mark_complete(scope).await
    }

    async fn destroy(&self, scope: &TenantScope) -> Result<(), SearchError> {
        self.up()?.destroy(scope).await
    }

    async fn health(&self) -> Result<(), SearchError> {
        self.up()?.health().await
    }

    async fn close(&self) -> Result<(), SearchError> {
        self.inner.close().await
    }
}
