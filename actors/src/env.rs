//! What every actor may reach: the store, the clock, ids, the gateways, and the other actors.

use crate::hearing::Hearing;
use crate::pace::NotePace;
use crate::shell::faults::FaultPlan;
use crate::updates::Updates;
use crate::{Actors, IdSource};
use std::sync::{Arc, OnceLock, Weak};
use tokio_util::task::TaskTracker;
use ward_domain::hospital::Hospital;
use ward_domain::record::AggregateKind;
use ward_domain::tenancy::TenantScope;
use ward_domain::time::{Clock, Time};
use ward_domain::webhook::Terms;
use ward_gateways::{ClinicalScribe, Embedder, Mailer, Objects, Sender, SmsSender, WebhookSender};
use ward_search::DynSearchIndex;
use ward_store::{AggregateRef, DynStore};

/// What the tenants crate knows of a hospital, for actors that write letters on its behalf.
#[async_trait::async_trait]
pub trait Register: Send + Sync + 'static {
    /// The hospital of a scope; `None` for the platform, and where it is gone.
    async fn hospital(&self, scope: &TenantScope) -> Option<Arc<Hospital>>;
}

/// Told of every commit, after it stands and before its answer leaves: caches forget what is no longer so.
pub type Watcher = Arc<dyn Fn(&TenantScope, AggregateRef) + Send + Sync>;

/// The world as an actor sees it.
pub struct Env {
    /// What is kept.
    pub store: DynStore,
    /// What is found by words.
    pub search: DynSearchIndex,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<IdSource>,
    /// Where mail leaves.
    pub mailer: Arc<dyn Mailer>,
    /// Where texts leave.
    pub sms: Arc<dyn SmsSender>,
    /// Who mail comes from.
    pub sender: Sender,
    /// Where events leave to endpoints.
    pub hooks: Arc<dyn WebhookSender>,
    /// How long they are tried.
    pub hook_terms: Terms,
    /// Where audio and attachments are kept.
    pub objects: Arc<dyn Objects>,
    /// Who listens to recordings.
    pub hearing: Hearing,
    /// Who watches encounters.
    pub updates: Updates,
    /// Who writes notes.
    pub scribe: Arc<dyn ClinicalScribe>,
    /// Says what texts are about.
    pub embedder: Arc<dyn Embedder>,
    /// How long its notes take.
    pub note_pace: NotePace,
    /// How long a slot stays offered to who waited for one, in minutes.
    pub offer_minutes: i64,
    /// What is known of hospitals.
    pub register: Arc<dyn Register>,
    /// Who forgets after a commit.
    pub watchers: Vec<Watcher>,
    /// Everything spawned, so that a drain can wait for it.
    pub tasks: TaskTracker,
    /// Planned failures, for tests; empty in the program.
    pub faults: FaultPlan,
    tree: OnceLock<Weak<Actors>>,
}

/// The parts of an [`Env`] that are chosen where the program is wired.
pub struct Parts {
    /// See [`Env::store`].
    pub store: DynStore,
    /// See [`Env::search`].
    pub search: DynSearchIndex,
    /// See [`Env::clock`].
    pub clock: Arc<dyn Clock>,
    /// See [`Env::ids`].
    pub ids: Arc<IdSource>,
    /// See [`Env::mailer`].
    pub mailer: Arc<dyn Mailer>,
    /// See [`Env::sms`].
    pub sms: Arc<dyn SmsSender>,
    /// See [`Env::sender`].
    pub sender: Sender,
    /// See [`Env::hooks`].
    pub hooks: Arc<dyn WebhookSender>,
    /// See [`Env::hook_terms`].
    pub hook_terms: Terms,
    /// See [`Env::objects`].
    pub objects: Arc<dyn Objects>,
    /// See [`Env::hearing`].
    pub hearing: Hearing,
    /// See [`Env::scribe`].
    pub scribe: Arc<dyn ClinicalScribe>,
    /// See [`Env::embedder`].
    pub embedder: Arc<dyn Embedder>,
    /// See [`Env::offer_minutes`].
    pub offer_minutes: i64,
    /// See [`Env::register`].
    pub register: Arc<dyn Register>,
    /// See [`Env::watchers`].
    pub watchers: Vec<Watcher>,
    /// See [`Env::faults`].
    pub faults: FaultPlan,
}

impl Env {
    /// The world made of its parts.
    pub fn new(parts: Parts) -> Arc<Self> {
        let Parts {
            store,
            search,
            clock,
            ids,
            mailer,
            sms,
            sender,
            hooks,
            hook_terms,
            objects,
            hearing,
            scribe,
            embedder,
            offer_minutes,
            register,
            watchers,
            faults,
        } = parts;
        let tasks = TaskTracker::new();
        Arc::new(Self {
            store,
            search,
            clock,
            ids,
            mailer,
            sms,
            sender,
            hooks,
            hook_terms,
            objects,
            hearing,
            scribe,
            embedder,
            note_pace: NotePace::default(),
            updates: Updates::default(),
            offer_minutes,
            register,
            watchers,
            tasks,
            faults,
            tree: OnceLock::new(),
        })
    }

    /// The present moment.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// The other actors; `None` while the tree is being made or is going down.
    pub fn actors(&self) -> Option<Arc<Actors>> {
        self.tree.get().and_then(Weak::upgrade)
    }

    pub(crate) fn plant(&self, tree: &Arc<Actors>) {
        let _ = self.tree.set(Arc::downgrade(tree));
    }

    pub(crate) fn committed(&self, scope: TenantScope, aggregate: AggregateRef) {
        for watcher in &self.watchers {
            watcher(&scope, aggregate);
        }
        if aggregate.kind == AggregateKind::Encounter {
            self.updates.tell(scope.tenant(), aggregate.id);
        }
    }
}
