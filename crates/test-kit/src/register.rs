//! The register of hospitals, whose answers can be held back.

use async_trait::async_trait;
use std::sync::Arc;
use tokio::sync::watch;
use ward_actors::Register;
use ward_domain::hospital::Hospital;
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_tenants::HospitalRegister;

/// The real register, but for one hospital whose answers wait while a test holds them. A courier asks it in the midst
/// of a message, so this keeps an actor busy for as long as a test needs.
pub struct HeldRegister {
    inner: Arc<HospitalRegister>,
    held: watch::Sender<Option<TenantId>>,
}

impl HeldRegister {
    pub(crate) fn new(inner: Arc<HospitalRegister>) -> Self {
        Self { inner, held: watch::Sender::new(None) }
    }

    /// Holds a hospital's answers back from now on.
    pub fn hold(&self, scope: &TenantScope) {
        self.held.send_replace(Some(scope.tenant()));
    }

    /// Lets every answer go.
    pub fn release(&self) {
        self.held.send_replace(None);
    }
}

#[async_trait]
impl Register for HeldRegister {
    async fn hospital(&self, scope: &TenantScope) -> Option<Arc<Hospital>> {
        let mut held = self.held.subscribe();
        let _ = held.wait_for(|held| *held != Some(scope.tenant())).await;
        self.inner.hospital(scope).await
    }
}
