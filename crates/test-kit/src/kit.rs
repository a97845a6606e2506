//! The tree on a store, put together as the program does it.

use crate::{HeldClock, HeldHooks, HeldOutbox, HeldRegister, HeldTexts, KeptDocuments};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use ward_actors::env::Parts;
use ward_actors::shell::faults::FaultPlan;
use ward_actors::{Actors, Env, IdSource, Limits};
use ward_concepts::ConceptVectors;
use ward_domain::calendar::OFFER_MINUTES;
use ward_domain::id::Id;
use ward_domain::time::Time;
use ward_domain::webhook::Terms;
use ward_gateways::Sender;
use ward_gateways::scribe::RuleScribe;
use ward_store::DynStore;
use ward_store::conformance::Model;
use ward_store_embedded::{EmbeddedStore, Options};
use ward_tenants::HospitalRegister;
use ward_tenants::clockwork::Clockwork;

/// How long anything may take that a test waits for. Far more than it needs: only a broken test waits so long.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// When every test begins.
pub fn start_of_time() -> Time {
    Time::parse("2025-03-03T08:00:00Z").unwrap()
}

/// What a test can choose.
#[derive(Default)]
pub struct Setup {
    /// The store; without one, the reference model in memory.
    pub store: Option<DynStore>,
    /// Limits of the tree.
    pub limits: Limits,
}

/// A running tree and everything around it.
pub struct Kit {
    /// What the actors see.
    pub env: Arc<Env>,
    /// The tree.
    pub actors: Arc<Actors>,
    /// The time.
    pub clock: Arc<HeldClock>,
    /// Letters that left.
    pub mail: Arc<HeldOutbox>,
    /// Texts that left.
    pub texts: Arc<HeldTexts>,
    /// What went to webhooks.
    pub hooks: Arc<HeldHooks>,
    /// What search was fed.
    pub search: Arc<KeptDocuments>,
    /// The register.
    pub register: Arc<HeldRegister>,
    /// Wakes what is due when a test lets it go round.
    pub clockwork: Clockwork,
    pub(crate) hospitals: Arc<HospitalRegister>,
    limits: Limits,
    folder: Option<Arc<TempDir>>,
}

impl Kit {
    /// A tree on the reference model.
    pub async fn new() -> Self {
        Self::start(Setup::default()).await
    }

    /// A tree on the embedded store, in a folder of its own.
    pub async fn embedded() -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let store = EmbeddedStore::open(folder.path().join("store"), Options::default()).unwrap();
        let kit = Self::start(Setup { store: Some(Arc::new(store)), ..Setup::default() }).await;
        Self { folder: Some(folder), ..kit }
    }

    /// A tree as chosen.
    pub async fn start(setup: Setup) -> Self {
        let clock = Arc::new(HeldClock::at(start_of_time()));
        let store = setup.store.unwrap_or_else(|| Arc::new(Model::new()));
        Self::assemble(store, setup.limits, clock, Arc::default(), Arc::default(), Arc::default()).await
    }

    /// Another tree over a view of the same store (such as one on which things go wrong), with the same clock, outbox
    /// and index. Only one of the two may be used at a time.
    pub async fn over(&self, store: DynStore) -> Self {
        let (clock, mail, search) = (self.clock.clone(), self.mail.clone(), self.search.clone());
        let kit = Self::assemble(store, self.limits.clone(), clock, mail, self.hooks.clone(), search).await;
        Self { folder: self.folder.clone(), ..kit }
    }

    /// Stops the tree and starts another on the same store: what a restart of the program leaves.
    pub async fn restarted(self) -> Self {
        self.actors.stop(DEADLINE).await;
        self.over(self.env.store.clone()).await
    }

    async fn assemble(
        store: DynStore,
        limits: Limits,
        clock: Arc<HeldClock>,
        mail: Arc<HeldOutbox>,
        hooks: Arc<HeldHooks>,
        search: Arc<KeptDocuments>,
    ) -> Self {
        let ids = lease(&store).await;
        let hospitals = HospitalRegister::new(store.is_shared());
        hospitals.open(store.clone());
        let register = Arc::new(HeldRegister::new(hospitals.clone()));
        let texts = Arc::new(HeldTexts::default());
        let env = Env::new(Parts {
            store,
            search: search.clone(),
            clock: clock.clone(),
            ids,
            mailer: mail.clone(),
            sms: texts.clone(),
            sender: Sender { name: "Ward".into(), address: "ward@hospital.example".into() },
            hooks: hooks.clone(),
            hook_terms: Terms::default(),
            objects: Arc::new(crate::objects::NoObjects),
            hearing: ward_actors::hearing::Hearing::new(Arc::new(ward_gateways::NoSpeech), 1, 1),
            scribe: Arc::new(RuleScribe::new()),
            embedder: Arc::new(ConceptVectors::new()),
            offer_minutes: OFFER_MINUTES,
            register: register.clone(),
            watchers: vec![ward_tenants::watcher(&hospitals)],
            faults: FaultPlan::for_test(),
        });
        let actors = Actors::start(&env, &limits).await.unwrap();
        let clockwork = Clockwork::new(env.clone(), actors.clone(), hospitals.clone());
        Self {
            env,
            actors,
            clock,
            mail,
            texts,
            hooks,
            search,
            register,
            clockwork,
            hospitals,
            limits,
            folder: None,
        }
    }

    /// A new id.
    pub fn id(&self) -> Id {
        self.env.ids.next().unwrap()
    }

    /// Moves the clock on by milliseconds and lets the clockwork wake what has become due.
    pub async fn pass(&self, ms: i64) {
        self.clock.advance(ms);
        self.clockwork.round().await.unwrap();
    }
}

/// Ids come under a clock of their own, which stands still: moving the test's time never lapses their lease. A
/// faulty store may refuse it a few times.
async fn lease(store: &DynStore) -> Arc<IdSource> {
    static HOLDERS: AtomicU64 = AtomicU64::new(1);
    let holder = u128::from(HOLDERS.fetch_add(1, Ordering::Relaxed));
    for _ in 0..100 {
        if let Ok(ids) = IdSource::lease(&**store, Arc::new(HeldClock::at(start_of_time())), holder).await {
            return ids;
        }
    }
    panic!("the store leases no node number");
}
