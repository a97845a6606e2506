//! The embedded index passes the port's suite.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use ward_search::conformance::Subject;
use ward_search_embedded::{EmbeddedSearch, Limits};

async fn subject() -> Subject {
    let folder = tempfile::tempdir().unwrap();
    let index = EmbeddedSearch::open(folder.path(), Limits::default()).await.unwrap();
    Subject { index: Arc::new(index), first_tenant: 1, keep: Box::new(folder) }
}

/// Room for fewer indexes and writers than the cases use: everything is closed and opened all the time. What is looked for is
/// looked for by several threads.
async fn cramped() -> Subject {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits {
        open_indexes: 2,
        open_writers: 1,
        writer_idle: std::time::Duration::from_millis(40),
        side_by_side: 0,
        ..Limits::default()
    };
    let index = EmbeddedSearch::open(folder.path(), limits).await.unwrap();
    Subject { index: Arc::new(index), first_tenant: 1, keep: Box::new(folder) }
}

mod roomy {
    use super::subject;
    ward_search::conformance!(subject);
}

mod in_little_room {
    use super::cramped;
    ward_search::conformance!(cramped);
}

/// The suite is worth something only if it fails: here is an index that mixes tenants up, and one that is down.
mod a_back_end_that_is_wrong_is_caught {
    use super::{Arc, Subject, subject};
    use ward_domain::id::Id;
    use ward_domain::tenancy::{TenantId, TenantScope};
    use ward_search::conformance::tenants;
    use ward_search::{
        IndexOp, IndexStatus, NearPage, NearQuery, Outage, SearchError, SearchIndex, SearchPage, SearchQuery,
        Snippet,
    };

    struct Leaky(Subject);

    #[allow(clippy::disallowed_methods)] // a test of tenancy, which may
    const ANYBODY: TenantScope = TenantScope::mint(TenantId::from_number(1));

    #[async_trait::async_trait]
    impl SearchIndex for Leaky {
        async fn apply(&self, _: &TenantScope, ops: Vec<IndexOp>) -> Result<(), SearchError> {
            self.0.index.apply(&ANYBODY, ops).await
        }
        async fn refreshed(&self, _: &TenantScope) -> Result<(), SearchError> {
            self.0.index.refreshed(&ANYBODY).await
        }
        async fn search(&self, _: &TenantScope, query: &SearchQuery) -> Result<SearchPage, SearchError> {
            self.0.index.search(&ANYBODY, query).await
        }
        async fn snippets(
            &self,
            _: &TenantScope,
            query: &SearchQuery,
            ids: &[Id],
        ) -> Result<Vec<Vec<Snippet>>, SearchError> {
            self.0.index.snippets(&ANYBODY, query, ids).await
        }
        async fn nearest(&self, _: &TenantScope, query: &NearQuery) -> Result<NearPage, SearchError> {
            self.0.index.nearest(&ANYBODY, query).await
        }
        async fn status(&self, _: &TenantScope) -> Result<IndexStatus, SearchError> {
            self.0.index.status(&ANYBODY).await
        }
        async fn mark_complete(&self, _: &TenantScope) -> Result<(), SearchError> {
            self.0.index.mark_complete(&ANYBODY).await
        }
        async fn destroy(&self, _: &TenantScope) -> Result<(), SearchError> {
            self.0.index.destroy(&ANYBODY).await
        }
        async fn health(&self) -> Result<(), SearchError> {
            self.0.index.health().await
        }
        async fn close(&self) -> Result<(), SearchError> {
            self.0.index.close().await
        }
    }

    async fn leaky() -> Subject {
        Subject { index: Arc::new(Leaky(subject().await)), first_tenant: 1, keep: Box::new(()) }
    }

    #[tokio::test]
    #[should_panic(expected = "left == right")]
    async fn by_a_plain_search() {
        tenants::a_tenant_finds_its_own_documents_only(&leaky().await).await;
    }

    #[tokio::test]
    #[should_panic(expected = "Number(Doctor")]
    async fn by_a_hostile_search() {
        tenants::no_query_reaches_another_tenant(&leaky().await).await;
    }

    #[tokio::test]
    #[should_panic(expected = "left == right")]
    async fn by_a_search_for_what_is_alike() {
        ward_search::conformance::nearest::no_likeness_reaches_another_tenant(&leaky().await).await;
    }

    #[tokio::test]
    #[should_panic(expected = "left == right")]
    async fn by_a_destruction() {
        tenants::destruction_is_whole_and_leaves_others_alone(&leaky().await).await;
    }

    #[tokio::test]
    async fn an_outage_is_typed_and_passes() {
        let whole = subject().await;
        let outage = Outage::of(whole.index.clone());
        outage.set_down(true);
        let query = SearchQuery::new(ward_search::DocumentKind::Encounter);
        let refused = outage.search(&ANYBODY, &query).await.unwrap_err();
        assert!(matches!(refused, SearchError::Unavailable(_)));
        outage.set_down(false);
        assert_eq!(outage.search(&ANYBODY, &query).await.unwrap().total, 0);
    }
}
