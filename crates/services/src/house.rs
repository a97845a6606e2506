//! Everything a use case needs, wired once in the program.

use crate::auth::{LogInGuard, Passwords, Sessions, Tokens};
use crate::ops::Resealer;
use crate::{Ctx, Fail};
use std::sync::Arc;
use std::time::Duration;
use ward_actors::{Actors, Env, Failure};
use ward_domain::id::Id;
use ward_domain::policy::{self, Action, Grant, Resource};
use ward_domain::record::Document;
use ward_domain::refusal::Refusal;
use ward_domain::secret::Key32;
use ward_domain::tenancy::TenantScope;
use ward_domain::zone::Zone;
use ward_gateways::Links;
use ward_store::Stored;
use ward_tenants::Tenancy;

/// What the operator decides about people and requests.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long an access token lives, in minutes.
    pub access_minutes: i64,
    /// How long a renewed one lives where sessions slide, in minutes.
    pub window_minutes: u32,
    /// How long a session, and so its refresh token, lives, in hours.
    pub session_hours: i64,
    /// How long a request may take.
    pub deadline: Duration,
    /// The hospital of requests that name none: its id.
    pub default_hospital: Option<u64>,
    /// How far from now an appointment may lie, either side, to open the patient's chart to its doctor, in days.
    pub chart_relation_days: u32,
    /// How long a deleted medical record is kept.
    pub chart_retention_years: u32,
    /// Host names that are the platform's own, lower case: no hospital may call one its domain.
    pub platform_hosts: Vec<String>,
    /// What the UIDs of calendar feeds end in: programs know an appointment again by them.
    pub calendar_host: String,
}

/// The house.
pub struct House {
    /// The world.
    pub env: Arc<Env>,
    /// The actors.
    pub actors: Arc<Actors>,
    /// The hospitals.
    pub tenancy: Arc<Tenancy>,
    /// Tokens.
    pub tokens: Tokens,
    /// Live sessions.
    pub sessions: Arc<Sessions>,
    /// Password hashing.
    pub passwords: Passwords,
    /// Wrong attempts on names that no account has.
    pub guard: LogInGuard,
    /// The key of log-in hashes: it never changes with the master key's rotation, or no one could log in.
    pub log_in_key: Key32,
    /// Links to objects.
    pub links: Links,
    /// Files on their way in.
    pub uploads: crate::upload::Uploads,
    /// Who takes payments.
    pub payments: crate::payment::Payments,
    /// What the house rests on and is connected with, as it is found.
    pub services: crate::health::Services,
    /// Seals audit heads and opens bodies for re-sealing.
    pub resealer: Arc<dyn Resealer>,
    /// What the operator decides.
    pub settings: Settings,
}

/// A document and the version that wrote it.
#[derive(Debug, Clone, PartialEq)]
pub struct Versioned<D> {
    /// The document.
    pub document: D,
    /// Its version, for `ETag`.
    pub version: u64,
}

impl House {
    /// Refuses what the policy does not give; the refusal leaves a trace. `own` says whether the thing is the
    /// caller's own.
    pub async fn permit(&self, ctx: &Ctx, resource: Resource, action: Action, own: bool) -> Result<(), Fail> {
        if policy::grant(ctx.role, resource, action).covers(own) {
            return Ok(());
        }
        self.trace_refusal(ctx, resource, action).await?;
        Err(Refusal::forbidden("You are not allowed to do this.").into())
    }

    /// How far the caller reaches with a list; refuses, with a trace, those who do not reach at all.
    pub async fn reach(&self, ctx: &Ctx, resource: Resource, action: Action) -> Result<Grant, Fail> {
        let grant = policy::grant(ctx.role, resource, action);
        if grant == Grant::Never {
            self.permit(ctx, resource, action, false).await?;
        }
        Ok(grant)
    }

    /// One document of the caller's tenant.
    pub async fn find<D: Document>(&self, scope: &TenantScope, id: Id) -> Result<Option<Versioned<D>>, Fail> {
        match self.env.store.get(scope, D::KIND, id).await? {
            Some(stored) => Ok(Some(read(stored)?)),
            None => Ok(None),
        }
    }

    /// Several documents, in the order asked; those that are not there are left out.
    pub async fn find_many<D: Document>(
        &self,
        scope: &TenantScope,
        ids: &[Id],
    ) -> Result<Vec<Versioned<D>>, Fail> {
        self.env.store.get_many(scope, D::KIND, ids).await?.into_iter().map(read).collect()
    }

    /// The time zone of the caller's hospital: dates without a time are days there.
    pub async fn zone(&self, ctx: &Ctx) -> Zone {
        match self.tenancy.register.find(ctx.scope.tenant()).await {
            Ok(Some(hospital)) => hospital.zone(),
            _ => Zone::UTC,
        }
    }

    /// A new id.
    pub fn new_id(&self) -> Result<Id, Fail> {
        self.env.ids.next().map_err(|error| Failure::from(error).into())
    }
}

pub(crate) fn read<D: Document>(stored: Stored) -> Result<Versioned<D>, Fail> {
    let version = stored.version;
    Ok(Versioned { document: stored.document()?, version })
}

impl From<Failure> for Fail {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => Self::Refused(refusal),
            // Use cases that take a request's key look for this before; seeing it here is a fault.
            Failure::Repeated => Self::Fault("a repeated request was not recognised".to_owned()),
            Failure::Unknown(_) => Self::Refused(Refusal::unknown()),
            Failure::Broken(why) => Self::Fault(why),
        }
    }
}

impl From<ward_store::StoreError> for Fail {
    fn from(error: ward_store::StoreError) -> Self {
        Failure::from(error).into()
    }
}
