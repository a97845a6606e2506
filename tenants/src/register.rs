//! What is known of hospitals, kept in memory and forgotten when a hospital changes.

use crate::{TenantKeys, platform};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use ward_actors::Register;
use ward_domain::hospital::{Hospital, HospitalStatus};
use ward_domain::id::Id;
use ward_domain::record::{AggregateKind, Document as _};
use ward_domain::refusal::{Kind, Refusal};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_store::{AggregateRef, DynStore, StoreError};

/// Hospitals kept at most.
const MAX_KEPT: u64 = 10_000;

/// The hospitals.
pub struct HospitalRegister {
    kept: moka::sync::Cache<TenantId, Arc<Hospital>>,
    store: OnceLock<DynStore>,
    /// Rings that follow what other processes make of their hospitals.
    keys: OnceLock<Arc<TenantKeys>>,
}

impl HospitalRegister {
    /// An empty register. `shared` says that other processes write too: then nothing is kept for more than a second.
    pub fn new(shared: bool) -> Arc<Self> {
        let mut kept = moka::sync::Cache::builder().max_capacity(MAX_KEPT);
        if shared {
            kept = kept.time_to_live(Duration::from_secs(1));
        }
        Arc::new(Self { kept: kept.build(), store: OnceLock::new(), keys: OnceLock::new() })
    }

    /// Reads from this store from now on.
    pub fn open(&self, store: DynStore) {
        let _ = self.store.set(store);
    }

    /// Has these rings follow as well: a key that another process makes current is in use here as soon as a change of
    /// the hospital would be.
    pub fn follow(&self, keys: Arc<TenantKeys>) {
        let _ = self.keys.set(keys);
    }

    /// Forgets a hospital that changed: one of [`ward_actors::Env::watchers`].
    pub fn forget(&self, scope: &TenantScope, aggregate: AggregateRef) {
        if scope.is_platform() && aggregate.kind == AggregateKind::Hospital {
            self.kept.invalidate(&TenantId::from_number(aggregate.id.get()));
        }
    }

    /// A hospital by its tenant; `None` where there is none, or it is deleted.
    pub async fn find(&self, tenant: TenantId) -> Result<Option<Arc<Hospital>>, StoreError> {
        if let Some(hospital) = self.kept.get(&tenant) {
            return Ok(Some(hospital));
        }
        let (Some(store), Some(id)) = (self.store.get(), Id::new(tenant.get())) else { return Ok(None) };
        // A commit between the read and the insert would be missed: the version says whether there was one.
        let aggregate = AggregateRef { kind: AggregateKind::Hospital, id };
        let before = store.version(&platform(), aggregate).await?;
        let Some(stored) = store.get(&platform(), Hospital::KIND, id).await? else { return Ok(None) };
        let hospital: Hospital = stored.document()?;
        if let Some(keys) = self.keys.get() {
            keys.reload(tenant).await?;
        }
        if hospital.status == HospitalStatus::Deleted {
            return Ok(None);
        }
        let hospital = Arc::new(hospital);
        self.kept.insert(tenant, Arc::clone(&hospital));
        if store.version(&platform(), aggregate).await? != before {
            self.kept.invalidate(&tenant);
        }
        Ok(Some(hospital))
    }

    /// The scope of a tenant that may be served now.
    pub async fn scope(&self, tenant: TenantId) -> Result<Result<TenantScope, Refusal>, StoreError> {
        if tenant == TenantId::PLATFORM {
            return Ok(Ok(platform()));
        }
        Ok(match self.find(tenant).await? {
            Some(hospital) if hospital.status == HospitalStatus::Active => Ok(crate::mint(tenant)),
            Some(_) => Err(Refusal::forbidden("This hospital is suspended.")),
            None => Err(Refusal::new(
                Kind::Unauthenticated,
                "session_invalid",
                "This hospital does not exist any more.",
            )),
        })
    }
}

#[async_trait::async_trait]
impl Register for HospitalRegister {
    async fn hospital(&self, scope: &TenantScope) -> Option<Arc<Hospital>> {
        match self.find(scope.tenant()).await {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(%error, "the register of hospitals cannot be read");
                None
            }
        }
    }
}

/// What a [`ward_actors::Env`] needs of the register: a watcher that forgets.
pub fn watcher(register: &Arc<HospitalRegister>) -> ward_actors::env::Watcher {
    let register = Arc::clone(register);
    Arc::new(move |scope, aggregate| register.forget(scope, aggregate))
}
