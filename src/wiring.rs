//! Wiring: which part serves which port. The only place that names a back end.

pub mod cql;
mod health;
pub mod payments;
mod sms;

pub use sms::sms;
pub(crate) mod scribe;
pub mod speech;

use crate::master_key::master_keys;
use crate::settings::{
    EmbedderKind, MailTransport, ObjectsBackend, ScanBackend, SearchBackend, Settings, StoreBackend,
};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use ward_actors::env::Parts;
use ward_actors::shell::faults::FaultPlan;
use ward_actors::{Actors, Env, IdSource, Limits};
use ward_concepts::ConceptVectors;
use ward_domain::account::Profile;
use ward_domain::policy::Role;
use ward_domain::time::{Clock, Time};
use ward_gateways::embedder::OpenAi;
use ward_gateways::mail::{OutboxFolder, Smtp};
use ward_gateways::scan::Clamd;
use ward_gateways::webhook::Https;
use ward_gateways::{Embedder, Links, Mailer, NoScanner, Objects, Scanner, Sender, SmsSender, WebhookSender};
use ward_objects::{Vault, folder, s3};
use ward_search::DynSearchIndex;
use ward_search_embedded::EmbeddedSearch;
use ward_search_meilisearch::MeiliSearch;
use ward_services::audit::HeadSigner;
use ward_services::auth::{PasswordCost, Passwords, Sessions, Tokens};
use ward_services::upload::Uploads;
use ward_services::{Fail, House};
use ward_store::moving::UNFINISHED;
use ward_store::{Cached, DynStore, ImportState, Sealed, Store, StoreError};
use ward_store_embedded::{EmbeddedStore, Options};
use ward_tenants::clockwork::Clockwork;
use ward_tenants::{HospitalRegister, Tenancy, TenancySettings, TenantKeys, bootstrap};

/// The system's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one clock of the program")]
    fn now(&self) -> Time {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Time::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// Parts that a test puts in place of the configured ones.
#[derive(Default)]
pub struct Instead {
    /// The clock.
    pub clock: Option<Arc<dyn Clock>>,
    /// The store, before sealing.
    pub store: Option<DynStore>,
    /// Where mail leaves.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// Where texts leave.
    pub sms: Option<Arc<dyn SmsSender>>,
    /// Where events leave to endpoints.
    pub hooks: Option<Arc<dyn WebhookSender>>,
    /// Planned failures.
    pub faults: FaultPlan,
}

/// The house with everything that keeps it running.
pub struct Ward {
    /// The house.
    pub house: Arc<House>,
    /// Wakes what is due; [`crate::serve`] runs it, a test makes it go round.
    pub clockwork: Arc<Clockwork>,
    /// Signs the audit trail's heads.
    pub signer: Arc<HeadSigner>,
    /// The first platform admin and their password, if it was made up at this start.
    pub made_up_admin: Option<(String, String)>,
}

/// What stopped the house from opening, for the operator. Any error becomes one by `?`, so it is no [`std::error::Error`]
/// itself.
#[derive(Debug)]
pub struct OpenError(pub String);

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for OpenError {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// What is said where the store is shared and the index is not.
pub const SEARCH_ALONE: &str = "the search index is this process's own: where several processes share the store, each finds only what it \
     has fed itself; set search.backend = \"meilisearch\"";

/// Opens the configured store, before sealing.
pub async fn open_store(settings: &Settings) -> Result<DynStore, OpenError> {
    match settings.store.backend {
        StoreBackend::Embedded => {
            let options = Options { cache_bytes: settings.store.cache_mib << 20, ..Options::default() };
            Ok(Arc::new(EmbeddedStore::open(settings.data.dir.join("store"), options)?))
        }
        StoreBackend::Scylla => Ok(cql::open(settings).await?),
    }
}

/// Whether what the configured store writes to takes it; the error says what to do. `None`: it is not this machine's.
pub fn store_room(settings: &Settings) -> Option<Result<PathBuf, StoreError>> {
    match settings.store.backend {
        StoreBackend::Embedded => {
            let folder = settings.data.dir.join("store");
            Some(ward_store_embedded::room(&folder).map(|()| folder))
        }
        StoreBackend::Scylla => None,
    }
}

/// Opens the configured index. A server that is not there does not stop the house: it works without search, and says so.
async fn open_search(settings: &Settings) -> Result<DynSearchIndex, OpenError> {
    match settings.search.backend {
        SearchBackend::Embedded => {
            let folder = settings.data.dir.join("search");
            let vectors = vectors(&*embedder(settings)?);
            let limits = ward_search_embedded::Limits { vectors, ..ward_search_embedded::Limits::default() };
            Ok(Arc::new(EmbeddedSearch::open(folder, limits).await?))
        }
        SearchBackend::Meilisearch => {
            let search: DynSearchIndex = Arc::new(meilisearch(settings)?);
            if let Err(error) = search.health().await {
                tracing::error!(%error, "search is degraded until this is mended; everything else works");
            }
            Ok(search)
        }
    }
}

/// The configured Meilisearch server, which is not asked yet.
pub fn meilisearch(settings: &Settings) -> Result<MeiliSearch, OpenError> {
    let server = &settings.search.meilisearch;
    Ok(MeiliSearch::new(&ward_search_meilisearch::Options {
        vectors: vectors(&*embedder(settings)?),
        url: server.url.clone(),
        key: server.key.clone(),
        index_prefix: server.index_prefix.clone(),
        timeout: Duration::from_millis(server.timeout_ms),
        task_timeout: Duration::from_millis(server.task_timeout_ms),
    })?)
}

/// 128 random bits.
#[allow(clippy::disallowed_methods, reason = "names this process among those that share a store")]
pub(crate) fn random_holder() -> u128 {
    use rand::RngCore as _;
    let mut rng = rand::rng();
    (u128::from(rng.next_u64()) << 64) | u128::from(rng.next_u64())
}

/// Opens the house.
#[allow(clippy::too_many_lines, reason = "the list of what serves what")]
pub async fn open(settings: &Settings, instead: Instead) -> Result<Ward, OpenError> {
    let clock = instead.clock.unwrap_or_else(|| Arc::new(SystemClock));
    let raw = match instead.store {
        Some(store) => store,
        None => open_store(settings).await?,
    };
    // Before anything is written, a master key too.
    if raw.import_state().await? == ImportState::Unfinished {
        return Err(OpenError(UNFINISHED.to_owned()));
    }
    let master = master_keys(settings, !settings.is_production())?;
    let keys = TenantKeys::new(master);
    let sealed = Arc::new(Sealed::new(raw, keys.clone()));
    let shared = sealed.is_shared();
    let store: DynStore = if shared {
        sealed.clone()
    } else {
        Arc::new(Cached::new(sealed.clone(), settings.store.documents_mib << 20))
    };
    let ids = IdSource::lease(&*store, clock.clone(), random_holder()).await?;
    let log_in_key = bootstrap::log_in_key(&*store, ids.next()?, clock.now()).await?;
    keys.load(&store).await?;
    let search = open_search(settings).await?;
    if shared && settings.search.backend == SearchBackend::Embedded {
        tracing::warn!("{SEARCH_ALONE}");
    }
    let mailer = match instead.mailer {
        Some(mailer) => mailer,
        None => mailer(settings)?,
    };
    let sms = match instead.sms {
        Some(sms) => sms,
        None => sms(settings)?,
    };
    let hooks = match instead.hooks {
        Some(hooks) => hooks,
        None => Arc::new(Https::new(settings.webhooks.gateway())?),
    };
    let register = HospitalRegister::new(shared);
    register.open(store.clone());
    if shared {
        register.follow(keys.clone());
    }
    let sessions = Sessions::new(shared);
    let env = Env::new(Parts {
        store,
        search,
        clock,
        ids,
        mailer,
        sms,
        hooks,
        hook_terms: settings.webhooks.terms(),
        objects: objects(settings, keys.clone())?,
        sender: Sender { name: settings.mail.from_name.clone(), address: settings.mail.from_address.clone() },
        hearing: speech::hearing(settings)?,
        scribe: scribe::scribe(settings)?,
        embedder: embedder(settings)?,
        offer_minutes: settings.calendar.offer_minutes,
        register: register.clone(),
        watchers: vec![sessions.watcher(), ward_tenants::watcher(&register)],
        faults: instead.faults,
    });
    let limits = Limits {
        per_tenant: settings.limits.per_hospital,
        per_entity: settings.limits.per_actor,
        idle: Duration::from_secs(settings.limits.idle_seconds),
        residents: settings.limits.residents,
    };
    let actors = Actors::start(&env, &limits).await?;
    let master = keys.master();
    let tokens = Tokens::new(
        &master.derive("tokens"),
        &master.derive_previous("tokens"),
        settings.auth.access_minutes,
    );
    let payments = payments::payments(settings, master)?;
    let links = Links::new(master.derive("object links"), master.derive_previous("object links"));
    let signer =
        Arc::new(HeadSigner::new(&master.derive("audit heads"), &master.derive_previous("audit heads"))?);
    let tenancy_settings = TenancySettings {
        default_plan: settings.tenancy.default_plan.clone(),
        first_admin_hours: settings.tenancy.first_admin_hours,
        first_admin_code: settings.tenancy.first_admin_code,
    };
    let cost = PasswordCost {
        memory_kib: settings.auth.password_memory_kib,
        passes: settings.auth.password_passes,
        at_once: settings.auth.password_at_once,
    };
    let clockwork = Arc::new(Clockwork::new(env.clone(), actors.clone(), register.clone()));
    let tenancy = Arc::new(Tenancy::new(env.clone(), actors.clone(), register, keys, tenancy_settings));
    tenancy.begin_plans().await?;
    let house = Arc::new(House {
        services: health::services(settings, &env),
        env,
        actors,
        tenancy,
        tokens,
        sessions,
        passwords: Passwords::new(cost)?,
        guard: ward_services::auth::LogInGuard::default(),
        log_in_key,
        links,
        uploads: Uploads::new(settings.uploads.settings(), scanner(settings)),
        payments,
        resealer: sealed,
        settings: decided(settings),
    });
    let made_up_admin = first_admin(&house, settings).await?;
    Ok(Ward { house, clockwork, signer, made_up_admin })
}

/// What the operator decides about people and requests.
fn decided(settings: &Settings) -> ward_services::Settings {
    ward_services::Settings {
        calendar_host: settings.server.public_host().unwrap_or("ward").to_lowercase(),
        access_minutes: settings.auth.access_minutes,
        window_minutes: settings.auth.window_minutes,
        session_hours: settings.auth.session_hours,
        deadline: Duration::from_secs(settings.server.deadline_seconds),
        default_hospital: Some(settings.tenancy.default_hospital).filter(|id| *id != 0),
        chart_relation_days: settings.chart.relation_days,
        chart_retention_years: settings.chart.retention_years,
        platform_hosts: settings.server.own_hosts(),
    }
}

fn mailer(settings: &Settings) -> Result<Arc<dyn Mailer>, OpenError> {
    match (settings.mail.transport, &settings.mail.smtp) {
        (MailTransport::Smtp, Some(smtp)) => Ok(Arc::new(Smtp::new(smtp)?)),
        (MailTransport::Smtp, None) => Err(OpenError("[mail.smtp] is missing".to_owned())),
        (MailTransport::Outbox, _) => Ok(Arc::new(OutboxFolder::open(&settings.data.dir)?)),
    }
}

/// Who says what texts are about. A server is not asked for anything here.
pub fn embedder(settings: &Settings) -> Result<Arc<dyn Embedder>, OpenError> {
    match (settings.search.embedder, &settings.search.openai) {
        (EmbedderKind::Concepts, _) => Ok(Arc::new(ConceptVectors::new())),
        (EmbedderKind::OpenAi, Some(server)) => {
            Ok(Arc::new(OpenAi::new(server).map_err(|error| OpenError(format!("search.openai: {error}")))?))
        }
        (EmbedderKind::OpenAi, None) => Err(OpenError("[search.openai] is missing".to_owned())),
    }
}

/// An embedder as a number: an index says with it whose vectors it holds.
fn vectors(embedder: &dyn Embedder) -> u64 {
    let digest = ward_domain::secret::digest(embedder.name().as_bytes());
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Who looks for malware. It is not asked here: an upload and `ward check` ask.
pub fn scanner(settings: &Settings) -> Arc<dyn Scanner> {
    let scan = &settings.scan;
    match scan.backend {
        ScanBackend::None => Arc::new(NoScanner),
        ScanBackend::Clamd => Arc::new(Clamd::new(&scan.address, Duration::from_millis(scan.timeout_ms))),
    }
}

/// Where objects are kept. A bucket is not asked for anything here: [`crate::watch`] and `ward check` ask.
pub fn objects(settings: &Settings, keys: Arc<TenantKeys>) -> Result<Arc<dyn Objects>, OpenError> {
    let place = match (settings.objects.backend, &settings.objects.s3) {
        (ObjectsBackend::S3, Some(bucket)) => s3(bucket)?,
        (ObjectsBackend::S3, None) => return Err(OpenError("[objects.s3] is missing".to_owned())),
        (ObjectsBackend::Folder, _) => folder(&settings.data.dir.join("objects"))?,
    };
    Ok(Arc::new(Vault::new(place, keys)))
}

/// Makes the first platform admin, unless there is one; answers the password if it was made up.
async fn first_admin(house: &House, settings: &Settings) -> Result<Option<(String, String)>, OpenError> {
    let email = settings.admin.email.clone().unwrap_or_else(|| "admin@ward.localhost.localdomain".to_owned());
    let made_up = ward_domain::secret::hex(&ward_tenants::keys::random_key().bytes()[..12]);
    let password = settings.admin.password.clone().unwrap_or_else(|| made_up.clone());
    let user = ward_services::user::NewUser {
        role: Role::PlatformAdmin,
        profile: Profile {
            email: email.clone(),
            first_name: "Platform".into(),
            last_name: "Admin".into(),
            ..Profile::default()
        },
        password,
    };
    match house.first_platform_admin(user).await {
        Ok(true) if settings.admin.password.is_none() => Ok(Some((email, made_up))),
        Ok(_) => Ok(None),
        Err(Fail::Refused(refusal)) => {
            let fields: Vec<String> =
                refusal.fields.iter().map(|field| format!("{}: {}", field.field, field.message)).collect();
            Err(OpenError(format!(
                "the first platform admin cannot be made: {} {}",
                refusal.message,
                fields.join(" ")
            )))
        }
        Err(fault) => Err(fault.into()),
    }
}

impl Ward {
    /// Signs the heads of this process's audit chains.
    pub async fn sign_heads(&self) {
        for tenant in self.house.actors.audited() {
            let Ok(Ok(scope)) = self.house.tenancy.register.scope(tenant).await else { continue };
            if let Err(error) = ward_services::audit::sign_heads(&self.house, &self.signer, &scope).await {
                tracing::error!(%error, tenant = tenant.get(), "an audit head could not be signed");
            }
        }
    }

    /// Ends what is under way and closes the store.
    pub async fn close(&self, within: Duration) {
        self.sign_heads().await;
        self.house.actors.stop(within).await;
        if let Err(error) = self.house.env.search.close().await {
            tracing::error!(%error, "search did not close");
        }
        if let Err(error) = self.house.env.store.close().await {
            tracing::error!(%error, "the store did not close");
        }
    }
}
