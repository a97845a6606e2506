//! Supervision: one supervisor over the platform, one under it for each hospital, the entities under that.
//!
//! A supervisor handles no business. ractor ends every descendant when a parent exits, and its default reaction ends
//! the parent when a child stops or fails: here a child's end is noted and nothing else happens. Stopping a
//! hospital's supervisor ends all of the hospital's actors and nobody else's.

use dashmap::DashMap;
use ractor::{Actor, ActorCell, ActorProcessingErr, ActorRef, SupervisionEvent};
use std::sync::Arc;
use tokio::sync::OnceCell;
use ward_domain::tenancy::TenantId;

struct Supervisor;

impl Actor for Supervisor {
    type Msg = ();
    type State = TenantId;
    type Arguments = TenantId;

    async fn pre_start(&self, _: ActorRef<()>, tenant: TenantId) -> Result<TenantId, ActorProcessingErr> {
        Ok(tenant)
    }

    async fn handle_supervisor_evt(
        &self,
        _: ActorRef<()>,
        event: SupervisionEvent,
        tenant: &mut TenantId,
    ) -> Result<(), ActorProcessingErr> {
        if let SupervisionEvent::ActorFailed(_, why) = event {
            metrics::counter!("ward_actor_failures_total").increment(1);
            tracing::error!(tenant = tenant.get(), why = %why, "an actor failed");
        }
        Ok(())
    }
}

/// The supervisors that are alive.
pub struct Supervisors {
    root: ActorCell,
    hospitals: DashMap<TenantId, Arc<OnceCell<ActorCell>>>,
}

impl Supervisors {
    /// Starts the platform's supervisor.
    pub async fn start() -> Result<Self, super::Failure> {
        let spawned = Actor::spawn(None, Supervisor, TenantId::PLATFORM).await;
        let (root, _) = spawned.map_err(|error| super::Failure::Broken(error.to_string()))?;
        Ok(Self { root: root.get_cell(), hospitals: DashMap::new() })
    }

    /// The supervisor of a tenant, started if need be.
    pub(crate) async fn of(&self, tenant: TenantId) -> Result<ActorCell, super::Failure> {
        let cell = Arc::clone(&self.hospitals.entry(tenant).or_default());
        let started = cell.get_or_try_init(|| async {
            let (actor, _) = Actor::spawn_linked(None, Supervisor, tenant, self.root.clone()).await?;
            Ok::<_, ractor::SpawnErr>(actor.get_cell())
        });
        started.await.cloned().map_err(|error| super::Failure::Broken(error.to_string()))
    }

    /// Takes a tenant's supervisor out: actors started from now on get another.
    pub(crate) fn detach(&self, tenant: TenantId) -> Option<ActorCell> {
        let (_, cell) = self.hospitals.remove(&tenant)?;
        cell.get().cloned()
    }

    /// Ends a supervisor that was taken out, and every actor under it.
    pub(crate) async fn end(supervisor: &ActorCell) {
        let _ = supervisor.stop_and_wait(None, Some(std::time::Duration::from_secs(10))).await;
    }

    /// Ends everything.
    pub async fn stop(&self) {
        let _ = self.root.stop_and_wait(None, Some(std::time::Duration::from_secs(10))).await;
    }
}
