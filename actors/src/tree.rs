//! The tree as the rest of the house sees it.

use crate::Env;
use crate::account::Account;
use crate::audit_trail::{AuditDesk, AuditMessage, AuditTrail, audit_desk};
use crate::calendar::Calendar;
use crate::chart::Chart;
use crate::courier::Courier;
use crate::encounter::Encounter;
use crate::hospital::Hospital;
use crate::ledger::Ledger;
use crate::merging::Merging;
use crate::phone_code::PhoneCode;
use crate::phone_grant::PhoneGrant;
use crate::plan::Plan;
use crate::relay::{Relay, RelayMessage};
use crate::reminders::Reminders;
use crate::shell::desk::Left;
use crate::shell::supervisor::Supervisors;
use crate::shell::{ActorSnapshot, Failure, Limits, Pool};
use crate::specialties::Specialties;
use crate::statistics::Statistics;
use crate::storage::{Storage, StorageDesk, storage_desk};
use crate::webhooks::{HookDesk, Webhooks};
use dashmap::DashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::oneshot;
use ward_domain::audit::AuditEntry;
use ward_domain::id::Id;
use ward_domain::tenancy::{TenantId, TenantScope};

/// How often the idle are looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(5);

/// The live actors of the house.
pub struct Actors {
    /// Hospitals, in the platform's scope.
    pub hospitals: Arc<Pool<Hospital>>,
    /// Accounts.
    pub accounts: Arc<Pool<Account>>,
    /// Calendars, keyed by doctor.
    pub calendars: Arc<Pool<Calendar>>,
    /// Charts, keyed by patient.
    pub charts: Arc<Pool<Chart>>,
    /// Encounters.
    pub encounters: Arc<Pool<Encounter>>,
    /// Reminders, keyed by hospital.
    pub reminders: Arc<Pool<Reminders>>,
    /// Couriers, keyed by hospital.
    pub couriers: Arc<Pool<Courier>>,
    /// Relays, keyed by hospital.
    pub relays: Arc<Pool<Relay>>,
    /// Audit trails, keyed by this process's chain.
    pub trails: Arc<Pool<AuditTrail>>,
    /// Webhooks, keyed by hospital.
    pub webhooks: Arc<Pool<Webhooks>>,
    /// What hospitals' objects take, keyed by hospital.
    pub storages: Arc<Pool<Storage>>,
    /// Specialties, keyed by hospital.
    pub specialties: Arc<Pool<Specialties>>,
    /// Plans that hospitals subscribe to, in the platform's scope.
    pub plans: Arc<Pool<Plan>>,
    /// Statistics, keyed by hospital.
    pub statistics: Arc<Pool<Statistics>>,
    /// Ledgers, keyed by hospital.
    pub ledgers: Arc<Pool<Ledger>>,
    /// One-time codes, keyed by what is hashed of number and purpose; those for a log-in in the platform's scope.
    pub phone_codes: Arc<Pool<PhoneCode>>,
    /// Invitations and accesses, keyed by their own ids.
    pub phone_grants: Arc<Pool<PhoneGrant>>,
    pub(crate) audit_desk: AuditDesk,
    pub(crate) storage_desk: StorageDesk,
    pub(crate) merging: Merging,
    pub(crate) hook_desk: HookDesk,
    env: Arc<Env>,
    supervisors: Arc<Supervisors>,
    chain: Id,
    nudged: DashMap<TenantId, Arc<AtomicBool>>,
}

impl Actors {
    /// Starts the tree, with nothing in it yet.
    pub async fn start(env: &Arc<Env>, limits: &Limits) -> Result<Arc<Self>, Failure> {
        let supervisors = Arc::new(Supervisors::start().await?);
        let admission = Arc::new(crate::shell::Admission::new(limits.per_tenant));
        macro_rules! pool {
            () => {
                Arc::new(Pool::new(env, &supervisors, &admission, limits))
            };
        }
        let tree = Arc::new(Self {
            hospitals: pool!(),
            accounts: pool!(),
            calendars: pool!(),
            charts: pool!(),
            encounters: pool!(),
            reminders: pool!(),
            couriers: pool!(),
            relays: pool!(),
            storages: pool!(),
            // What was done must stand in the trail: a hospital at its limit is not refused that.
            trails: Arc::new(Pool::new(
                env,
                &supervisors,
                &Arc::new(crate::shell::Admission::new(limits.per_tenant)),
                limits,
            )),
            webhooks: pool!(),
            specialties: pool!(),
            plans: pool!(),
            statistics: pool!(),
            ledgers: pool!(),
            phone_codes: pool!(),
            phone_grants: pool!(),
            audit_desk: audit_desk(),
            storage_desk: storage_desk(),
            merging: Merging::default(),
            hook_desk: HookDesk::new(env.store.is_shared()),
            chain: env.ids.next()?,
            env: Arc::clone(env),
            supervisors: Arc::clone(&supervisors),
            nudged: DashMap::new(),
        });
        env.plant(&tree);
        let sweeper = Arc::downgrade(&tree);
        // Not among the tracked tasks: it ends with the tree, and a drain must not wait for it.
        drop(tokio::spawn(async move {
            loop {
                tokio::time::sleep(SWEEP_EVERY).await;
                let Some(tree) = sweeper.upgrade() else { return };
                tree.sweep();
            }
        }));
        Ok(tree)
    }

    /// The world around them.
    pub(crate) const fn env(&self) -> &Arc<Env> {
        &self.env
    }

    /// Lets go of what is idle; says how many.
    pub fn sweep(&self) -> usize {
        self.hospitals.sweep()
            + self.accounts.sweep()
            + self.calendars.sweep()
            + self.charts.sweep()
            + self.encounters.sweep()
            + self.reminders.sweep()
            + self.couriers.sweep()
            + self.relays.sweep()
            + self.trails.sweep()
            + self.webhooks.sweep()
            + self.storages.sweep()
            + self.specialties.sweep()
            + self.plans.sweep()
            + self.statistics.sweep()
            + self.ledgers.sweep()
            + self.phone_codes.sweep()
            + self.phone_grants.sweep()
    }

    /// Tells a hospital's relay that events wait, unless it was told and has not begun yet.
    pub fn nudge_relay(&self, scope: TenantScope) {
        let flag = match self.nudged.get(&scope.tenant()) {
            Some(flag) => Arc::clone(&flag),
            None => Arc::clone(&self.nudged.entry(scope.tenant()).or_default()),
        };
        if !flag.swap(true, Ordering::AcqRel) {
            let pool = Arc::clone(&self.relays);
            self.env.tasks.spawn(async move {
                let id = Self::of_hospital(&scope);
                let told = pool.ask(&scope, id, Duration::from_mins(10), RelayMessage::Work).await;
                if let Err(failure) = told {
                    // The platform's clockwork finds the events and nudges again.
                    flag.store(false, Ordering::Release);
                    tracing::warn!(tenant = scope.tenant().get(), %failure, "a relay could not work");
                }
            });
        }
    }

    pub(crate) fn relay_works(&self, tenant: TenantId) {
        if let Some(flag) = self.nudged.get(&tenant) {
            flag.store(false, Ordering::Release);
        }
    }

    /// The key of the actors that a hospital has one of.
    pub fn of_hospital(scope: &TenantScope) -> Id {
        Id::new(scope.tenant().get()).unwrap_or_default()
    }

    /// This process's audit chain.
    pub const fn chain(&self) -> Id {
        self.chain
    }

    /// Makes an audit entry durable. The answer that it is about may leave when this returns `Ok`.
    pub async fn audit(self: &Arc<Self>, scope: &TenantScope, entry: AuditEntry) -> Result<(), Failure> {
        let (done, wait) = oneshot::channel();
        match self.audit_desk.leave(scope.tenant(), (entry, done)) {
            Left::Attended => {}
            Left::First => self.collect(*scope),
            Left::Full => {
                metrics::counter!("ward_audit_failures_total").increment(1);
                return Err(Failure::unavailable("the audit trail is full"));
            }
        }
        match wait.await {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(Failure::unavailable("an audit entry could not be kept")),
        }
    }

    /// Has the trail collect what lies at the desk, until nothing does. If it cannot, nothing stays behind: everyone who
    /// waits is told.
    fn collect(self: &Arc<Self>, scope: TenantScope) {
        let tree = Arc::clone(self);
        self.env.tasks.spawn(async move {
            let wait = Duration::from_secs(30);
            let collect = || tree.trails.ask(&scope, tree.chain, wait, AuditMessage::Collect);
            if let Err((left, failure)) = tree.audit_desk.attend(scope.tenant(), collect).await {
                metrics::counter!("ward_audit_failures_total").increment(1);
                tracing::error!(tenant = scope.tenant().get(), %failure, "audit entries could not be kept");
                for (_, waiter) in left {
                    let _ = waiter.send(false);
                }
            }
        });
    }

    /// The tenants that this process has left audit entries in.
    pub fn audited(&self) -> Vec<TenantId> {
        self.audit_desk.tenants()
    }

    /// What is alive: at most `limit` of each kind.
    pub fn snapshot(&self, limit: usize) -> Vec<ActorSnapshot> {
        let mut all = self.hospitals.snapshot(limit);
        all.extend(self.accounts.snapshot(limit));
        all.extend(self.calendars.snapshot(limit));
        all.extend(self.charts.snapshot(limit));
        all.extend(self.encounters.snapshot(limit));
        all.extend(self.reminders.snapshot(limit));
        all.extend(self.couriers.snapshot(limit));
        all.extend(self.relays.snapshot(limit));
        all.extend(self.trails.snapshot(limit));
        all.extend(self.webhooks.snapshot(limit));
        all.extend(self.storages.snapshot(limit));
        all.extend(self.specialties.snapshot(limit));
        all.extend(self.plans.snapshot(limit));
        all.extend(self.statistics.snapshot(limit));
        all.extend(self.ledgers.snapshot(limit));
        all.extend(self.phone_codes.snapshot(limit));
        all.extend(self.phone_grants.snapshot(limit));
        all
    }

    /// How many of each kind are alive.
    pub fn counts(&self) -> [(&'static str, usize); 17] {
        [
            ("hospital", self.hospitals.len()),
            ("account", self.accounts.len()),
            ("calendar", self.calendars.len()),
            ("chart", self.charts.len()),
            ("encounter", self.encounters.len()),
            ("reminders", self.reminders.len()),
            ("courier", self.couriers.len()),
            ("relay", self.relays.len()),
            ("audit_trail", self.trails.len()),
            ("webhooks", self.webhooks.len()),
            ("storage", self.storages.len()),
            ("specialties", self.specialties.len()),
            ("subscription_plan", self.plans.len()),
            ("statistics", self.statistics.len()),
            ("ledger", self.ledgers.len()),
            ("phone_code", self.phone_codes.len()),
            ("phone_grant", self.phone_grants.len()),
        ]
    }

    /// Ends a hospital's actors, and nobody else's.
    pub async fn stop_hospital(&self, tenant: TenantId) {
        let Some(supervisor) = self.supervisors.detach(tenant) else { return };
        self.accounts.forget_under(tenant, &supervisor);
        self.calendars.forget_under(tenant, &supervisor);
        self.charts.forget_under(tenant, &supervisor);
        self.encounters.forget_under(tenant, &supervisor);
        self.reminders.forget_under(tenant, &supervisor);
        self.couriers.forget_under(tenant, &supervisor);
        self.relays.forget_under(tenant, &supervisor);
        self.trails.forget_under(tenant, &supervisor);
        self.webhooks.forget_under(tenant, &supervisor);
        self.hook_desk.forget(tenant);
        self.storages.forget_under(tenant, &supervisor);
        self.specialties.forget_under(tenant, &supervisor);
        self.statistics.forget_under(tenant, &supervisor);
        self.ledgers.forget_under(tenant, &supervisor);
        self.phone_codes.forget_under(tenant, &supervisor);
        self.phone_grants.forget_under(tenant, &supervisor);
        self.nudged.remove(&tenant);
        Supervisors::end(&supervisor).await;
    }

    /// Ends everything, once what was spawned is done or `within` is over.
    pub async fn stop(&self, within: Duration) {
        self.env.tasks.close();
        if tokio::time::timeout(within, self.env.tasks.wait()).await.is_err() {
            tracing::warn!(
                left = self.env.tasks.len(),
                "some work did not end in time; what was committed stands"
            );
        }
        self.supervisors.stop().await;
    }
}
