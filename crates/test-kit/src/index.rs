//! What the relays feed to search, kept to be looked at.

use async_trait::async_trait;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use ward_domain::id::Id;
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_search::{
    DocumentKind, IndexOp, IndexStatus, NearPage, NearQuery, SearchDocument, SearchError, SearchIndex,
    SearchPage, SearchQuery, Snippet, TextField,
};

/// Keeps the documents of the highest version, as the port says, and can be put out of order. It finds nothing: tests
/// of searches run on a real index.
#[derive(Default)]
pub struct KeptDocuments {
    tenants: Mutex<HashMap<TenantId, Kept>>,
    down: AtomicBool,
}

#[derive(Default)]
struct Kept {
    documents: BTreeMap<(DocumentKind, Id), SearchDocument>,
    complete: bool,
}

impl KeptDocuments {
    /// Puts it out of order, or back in.
    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }

    /// True where a tenant's document was fed.
    pub fn holds(&self, scope: &TenantScope, kind: DocumentKind, id: Id) -> bool {
        self.kept().get(&scope.tenant()).is_some_and(|kept| kept.documents.contains_key(&(kind, id)))
    }

    /// A tenant's documents.
    pub fn contents(&self, scope: &TenantScope) -> BTreeMap<(DocumentKind, Id), SearchDocument> {
        self.kept().get(&scope.tenant()).map(|kept| kept.documents.clone()).unwrap_or_default()
    }

    /// How many of a tenant's documents of a kind say this in a field.
    pub fn say(&self, scope: &TenantScope, kind: DocumentKind, field: TextField, text: &str) -> usize {
        let tenants = self.kept();
        let documents = tenants.get(&scope.tenant()).into_iter().flat_map(|kept| &kept.documents);
        let says = |document: &SearchDocument| {
            document.kind == kind && document.texts.iter().any(|(of, said)| *of == field && said == text)
        };
        documents.filter(|(_, document)| says(document)).count()
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<TenantId, Kept>> {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn up(&self) -> Result<(), SearchError> {
        if self.down.load(Ordering::SeqCst) {
            Err(SearchError::Unavailable("put out of order".into()))
        } else {
            Ok(())
        }
    }
}

#[async_trait]
impl SearchIndex for KeptDocuments {
    async fn apply(&self, scope: &TenantScope, ops: Vec<IndexOp>) -> Result<(), SearchError> {
        self.up()?;
        let mut tenants = self.kept();
        let documents = &mut tenants.entry(scope.tenant()).or_default().documents;
        for op in ops {
            let (key, version) = match &op {
                IndexOp::Put(new) => ((new.kind, new.id), new.version),
                IndexOp::Remove { kind, id, version } => ((*kind, *id), *version),
            };
            if documents.get(&key).is_some_and(|old| old.version > version) {
                continue;
            }
            match op {
                IndexOp::Put(new) => documents.insert(key, new),
                IndexOp::Remove { .. } => documents.remove(&key),
            };
        }
        Ok(())
    }

    async fn refreshed(&self, _scope: &TenantScope) -> Result<(), SearchError> {
        self.up()
    }

    async fn search(&self, _scope: &TenantScope, _query: &SearchQuery) -> Result<SearchPage, SearchError> {
        Err(SearchError::Unavailable("this index only keeps".into()))
    }

    async fn snippets(
        &self,
        _scope: &TenantScope,
        _query: &SearchQuery,
        _ids: &[Id],
    ) -> Result<Vec<Vec<Snippet>>, SearchError> {
        Err(SearchError::Unavailable("this index only keeps".into()))
    }

    async fn nearest(&self, _scope: &TenantScope, _query: &NearQuery) -> Result<NearPage, SearchError> {
        Err(SearchError::Unavailable("this index only keeps".into()))
    }

    async fn status(&self, scope: &TenantScope) -> Result<IndexStatus, SearchError> {
        self.up()?;
        let tenants = self.kept();
        let kept = tenants.get(&scope.tenant());
        Ok(IndexStatus {
            documents: kept.map_or(0, |kept| kept.documents.len() as u64),
            complete: kept.is_some_and(|kept| kept.complete),
        })
    }

    async fn mark_complete(&self, scope: &TenantScope) -> Result<(), SearchError> {
        self.up()?;
        self.kept().entry(scope.tenant()).or_default().complete = true;
        Ok(())
    }

    async fn destroy(&self, scope: &TenantScope) -> Result<(), SearchError> {
        self.up()?;
        self.kept().remove(&scope.tenant());
        Ok(())
    }

    async fn health(&self) -> Result<(), SearchError> {
        self.up()
    }

    async fn close(&self) -> Result<(), SearchError> {
        self.set_down(true);
        Ok(())
    }
}
