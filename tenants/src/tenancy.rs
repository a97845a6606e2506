//! Joining, changing plan, leaving.

use crate::keys::{new_data_key, random_key};
use crate::{HospitalRegister, Seat, TenantKeys, platform};
use std::sync::Arc;
use std::time::Duration;
use ward_actors::hospital::{HospitalAnswer, HospitalMessage};
use ward_actors::usage::used;
use ward_actors::{Actors, Env, Failure};
use ward_domain::hospital::{
    Hospital, HospitalCommand, HospitalProfile, HospitalState, HospitalStatus, KeyRing, Setup,
};
use ward_domain::id::HospitalId;
use ward_domain::policy::Role;
use ward_domain::record::ClaimOp;
use ward_domain::refusal::Refusal;
use ward_domain::secret::{digest, hex};
use ward_domain::subscription::{Quota, Subscribe, Subscription};
use ward_domain::tenancy::TenantScope;
use ward_domain::time::HOUR;

/// How long a hospital's actor may take.
const DEADLINE: Duration = Duration::from_secs(10);

/// What the operator decides about hospitals.
#[derive(Debug, Clone)]
pub struct TenancySettings {
    /// The plan that a new hospital is on.
    pub default_plan: String,
    /// Hours in which the first administrator may register.
    pub first_admin_hours: i64,
    /// Whether they need the one-time code that the creation returned.
    pub first_admin_code: bool,
}

/// A hospital that wants to join.
#[derive(Debug, Clone)]
pub struct NewHospital {
    /// What can be set.
    pub profile: HospitalProfile,
    /// Further claims of the same commit: a request's key.
    pub claims: Vec<ClaimOp>,
}

/// A hospital that joined.
#[derive(Debug, Clone)]
pub struct Onboarded {
    /// The hospital.
    pub hospital: Hospital,
    /// Its version.
    pub version: u64,
    /// The one-time code for its first administrator: shown once, kept as a digest.
    pub setup_code: String,
}

/// The hospitals, and the way to their scopes.
pub struct Tenancy {
    pub(crate) env: Arc<Env>,
    pub(crate) actors: Arc<Actors>,
    /// What is known of hospitals.
    pub register: Arc<HospitalRegister>,
    /// Their keys.
    pub keys: Arc<TenantKeys>,
    /// What the operator decides.
    pub settings: TenancySettings,
}

impl Tenancy {
    /// Everything wired.
    pub const fn new(
        env: Arc<Env>,
        actors: Arc<Actors>,
        register: Arc<HospitalRegister>,
        keys: Arc<TenantKeys>,
        settings: TenancySettings,
    ) -> Self {
        Self { env, actors, register, keys, settings }
    }

    /// A hospital joins: it gets an id, a plan, a data key, and a window for its first administrator.
    pub async fn onboard(&self, new: NewHospital) -> Result<Onboarded, Failure> {
        let now = self.env.now();
        let id: HospitalId = self.env.ids.next()?.into();
        let plan = self.house_plan(&self.settings.default_plan).await?;
        let setup_code = hex(&random_key().bytes()[..16]);
        let setup = Setup {
            code_digest: hex(&digest(setup_code.as_bytes())),
            until: now.plus(self.settings.first_admin_hours * HOUR),
        };
        let hospital = Hospital {
            id,
            profile: new.profile,
            status: HospitalStatus::Active,
            plan: plan.quotas(),
            subscription: Some(Subscription { plan: plan.id, period: plan.period, since: now, ends: None }),
            setup,
            created_at: now,
            updated_at: now,
        };
        let keys = KeyRing { hospital: id, keys: vec![new_data_key(self.env.ids.next()?, 1, now)] };
        let create = HospitalCommand::Create { hospital: Box::new(hospital), keys, claims: new.claims };
        let (state, version) = self.tell(id, create).await?;
        let hospital = state
            .hospital
            .ok_or_else(|| Failure::Broken("a hospital was created and is not there".to_owned()))?;
        tracing::info!(tenant = id.get(), "a hospital joined");
        Ok(Onboarded { hospital, version, setup_code })
    }

    /// Changes a hospital. Its keys in memory follow what was committed.
    pub async fn tell(
        &self,
        id: HospitalId,
        command: HospitalCommand,
    ) -> Result<(HospitalState, u64), Failure> {
        let message = HospitalMessage::Do(Box::new(command));
        let answer = self.actors.hospitals.ask(&platform(), id.id(), DEADLINE, message).await?;
        let HospitalAnswer::State(state, version) = answer else {
            return Err(Failure::Broken("a hospital answered something else".to_owned()));
        };
        if let Some(ring) = &state.keys {
            self.keys.take(ring)?;
        }
        Ok((*state, version))
    }

    /// Changes a hospital's subscription.
    pub async fn change_plan(
        &self,
        scope: &TenantScope,
        step: Subscribe,
        claims: Vec<ClaimOp>,
    ) -> Result<(), Failure> {
        let message = HospitalMessage::ChangePlan { step: Box::new(step), scope: *scope, claims };
        self.actors.hospitals.ask(&platform(), Actors::of_hospital(scope), DEADLINE, message).await?;
        Ok(())
    }

    /// A hospital leaves: its people are cut off, its keys destroyed, its data and its index removed.
    pub async fn delete(&self, id: HospitalId) -> Result<(), Failure> {
        self.tell(id, HospitalCommand::Delete).await?;
        let scope = crate::mint(id.into());
        self.keys.forget(scope.tenant());
        self.actors.stop_hospital(scope.tenant()).await;
        self.env.store.destroy(&scope).await?;
        if let Err(error) = self.env.search.destroy(&scope).await {
            tracing::error!(%error, tenant = id.get(), "the search index of a deleted hospital could not be removed");
        }
        // Its keys are gone: what is left of an object is noise that takes room.
        if let Err(error) = self.env.objects.destroy(&scope).await {
            tracing::error!(%error, tenant = id.get(), "the objects of a deleted hospital could not be removed");
        }
        tracing::info!(tenant = id.get(), "a hospital was deleted");
        Ok(())
    }

    /// Begins a new data key, which is in use from then on. What the older ones sealed is sealed anew by the caller.
    pub async fn rotate_key(&self, id: HospitalId) -> Result<u32, Failure> {
        let ring = self.ring(id).await?;
        let number = ring.keys.last().map_or(1, |key| key.number + 1);
        let key = new_data_key(self.env.ids.next()?, number, self.env.now());
        self.tell(id, HospitalCommand::AddKey { key }).await?;
        Ok(number)
    }

    async fn ring(&self, id: HospitalId) -> Result<KeyRing, Failure> {
        use ward_domain::record::Document as _;
        let stored = self.env.store.get(&platform(), KeyRing::KIND, id.id()).await?;
        let stored = stored.ok_or_else(|| Refusal::not_found("Hospital"))?;
        Ok(stored.document()?)
    }

    /// Holds a place for one more account of a role.
    pub async fn seat_for_account(&self, scope: &TenantScope, role: Role) -> Result<Option<Seat>, Failure> {
        let Some(hospital) = self.register.find(scope.tenant()).await? else { return Ok(None) };
        self.seat(scope, &hospital, Quota::of_account(role)).await.map(Some)
    }

    /// Holds a place for one more appointment booked this month.
    pub async fn seat_for_appointment(&self, scope: &TenantScope) -> Result<Option<Seat>, Failure> {
        let Some(hospital) = self.register.find(scope.tenant()).await? else { return Ok(None) };
        self.seat(scope, &hospital, Quota::Appointments).await.map(Some)
    }

    async fn seat(&self, scope: &TenantScope, hospital: &Hospital, what: Quota) -> Result<Seat, Failure> {
        let used = used(&*self.env.store, scope, hospital, what, self.env.now());
        Seat::hold(&self.actors, scope, self.env.ids.next()?, what, what.limit(&hospital.plan), used).await
    }
}
