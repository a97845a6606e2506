//! Serving: listeners, background work, and the way out.

use crate::backup::secrets_of;
use crate::figures;
use crate::objects;
use crate::ops::{self, Backups, Ops};
use crate::pay;
use crate::settings::{LogFormat, Settings};
use crate::watch::{ObjectsWatch, until_worth_opening_anew};
use crate::wiring::{self, Instead, OpenError, Ward};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use ward_domain::face::Face;
use ward_http::settings::Origins;
use ward_http::{Api, FrontDoor};

/// How often audit heads are signed.
const SIGN_EVERY: Duration = Duration::from_hours(1);

/// How long a house whose store's disk failed may take to be opened anew, and the time between two tries. Who still holds
/// the old one lets go within moments; what lasts longer is for whoever starts processes.
const ANEW_WITHIN: Duration = Duration::from_mins(1);
const ANEW_EVERY: Duration = Duration::from_secs(1);

/// Why a server no longer serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was told to stop.
    Stopped,
    /// Its store's disk failed, and takes writes again: the house wants to be opened anew, with nothing in memory that
    /// may not be so on the disk.
    StoreFailed,
}

/// Where a running server listens.
#[derive(Debug, Clone)]
pub struct Running {
    /// All APIs.
    pub address: SocketAddr,
    /// APIs with an address of their own.
    pub own: Vec<(Face, SocketAddr)>,
}

/// The APIs of the house. A sixth is one line here.
pub fn apis(ward: &Ward) -> Vec<Api> {
    vec![
        ward_medcor::api(ward.house.clone()),
        ward_soapify::api(ward.house.clone()),
        ward_healthcare::api(ward.house.clone()),
    ]
}

/// Serves until `stop` is cancelled or the store has failed for good, then drains. `started` hears where it listens.
pub async fn serve(
    settings: &Settings,
    ward: Ward,
    stop: CancellationToken,
    started: impl FnOnce(&Running, &Ward),
) -> Result<Ended, OpenError> {
    let ward = Arc::new(ward);
    let draining = Arc::new(AtomicBool::new(false));
    let figures = figures::recorder();
    let backups = Backups::new(settings.backup.dir.clone(), secrets_of(ward.house.tenancy.keys.master()));
    let place = ObjectsWatch::begin(ward.house.env.objects.clone()).await;
    let ops = Ops {
        ward: ward.clone(),
        metrics: figures.clone(),
        draining: draining.clone(),
        backups,
        objects: place.clone(),
    };
    let outside = ops::router(ops).merge(objects::router(ward.house.clone()));
    let outside = outside.merge(pay::router(ward.house.clone()));
    let door = FrontDoor::new(
        apis(&ward),
        outside,
        ward.house.clone(),
        ward.house.env.clock.clone(),
        door_settings(settings)?,
    )?;
    let listener = bind(settings.server.listen).await?;
    let mut running = Running { address: listener.local_addr()?, own: Vec::new() };
    let mut listeners = vec![(None, listener)];
    for (name, address) in &settings.server.listeners {
        let face = face(name)?;
        let listener = bind(*address).await?;
        running.own.push((face, listener.local_addr()?));
        listeners.push((Some(face), listener));
    }
    started(&running, &ward);
    let mut background = tokio::task::JoinSet::new();
    let clockwork = ward.clockwork.clone();
    background.spawn(async move { clockwork.run().await });
    background.spawn(figures::fold(figures));
    background.spawn(async move { place.run().await });
    let clockwork = ward.clockwork.clone();
    background.spawn(async move {
        if let Err(failure) = clockwork.feed_incomplete().await {
            tracing::warn!(%failure, "search indexes were not looked at; each is fed at its hospital's next event");
        }
    });
    let signing = ward.clone();
    background.spawn(async move {
        loop {
            tokio::time::sleep(SIGN_EVERY).await;
            signing.sign_heads().await;
        }
    });
    let mut servers = tokio::task::JoinSet::new();
    let ending = stop.child_token();
    for (face, listener) in listeners {
        use axum::serve::ListenerExt as _;
        let listener = listener.tap_io(|socket| {
            let _ = socket.set_nodelay(true);
        });
        let service = door.router(face).into_make_service_with_connect_info::<SocketAddr>();
        let ending = ending.clone();
        servers.spawn(async move {
            axum::serve(listener, service).with_graceful_shutdown(ending.cancelled_owned()).await
        });
    }
    let ended = tokio::select! {
        () = stop.cancelled() => Ended::Stopped,
        () = until_worth_opening_anew(settings, ward.house.env.store.clone()) => Ended::StoreFailed,
    };
    ending.cancel();
    draining.store(true, Ordering::Release);
    tracing::info!("draining");
    let within = Duration::from_secs(settings.server.drain_seconds);
    let drained = tokio::time::timeout(within, async { while servers.join_next().await.is_some() {} }).await;
    if drained.is_err() {
        tracing::warn!("some connections did not end in time and are cut");
    }
    servers.shutdown().await;
    background.shutdown().await;
    ward.close(within).await;
    tracing::info!("closed");
    Ok(ended)
}

async fn bind(address: SocketAddr) -> Result<TcpListener, OpenError> {
    TcpListener::bind(address)
        .await
        .map_err(|error| OpenError(format!("cannot listen on {address}: {error}")))
}

fn face(name: &str) -> Result<Face, OpenError> {
    let found = Face::ALL.into_iter().find(|face| face.name() == name);
    found.ok_or_else(|| {
        OpenError(format!("there is no API \"{name}\": use soapify, mark, medcor, chatbot or healthcare"))
    })
}

fn door_settings(settings: &Settings) -> Result<ward_http::Settings, OpenError> {
    let server = &settings.server;
    let mut door = ward_http::Settings {
        max_body: server.max_body_bytes,
        deadline: Duration::from_secs(server.deadline_seconds),
        max_upload: settings.uploads.max_body(),
        upload_deadline: Duration::from_secs(60 * settings.uploads.minutes.unsigned_abs() + 60),
        max_concurrent: server.max_concurrent,
        enforce_limits: settings.limits.enforce,
        compress: server.compress,
        ..ward_http::Settings::default()
    };
    for (host, name) in &server.hosts {
        door.hosts.insert(host.to_lowercase(), face(name)?);
    }
    for network in &server.trusted_proxies {
        door.trusted_proxies
            .push(network.parse().map_err(|error| OpenError(format!("server.trusted_proxies: {error}")))?);
    }
    if !server.cors_origins.is_empty() {
        let listed: Result<Vec<_>, _> = server.cors_origins.iter().map(|origin| origin.parse()).collect();
        door.origins = Origins::Listed(
            listed.map_err(|_| OpenError("server.cors_origins has an origin that is none".to_owned()))?,
        );
    }
    Ok(door)
}

/// Sets the log up for the process.
pub fn logging(settings: &Settings) -> Result<(), OpenError> {
    let filter = tracing_subscriber::EnvFilter::try_new(&settings.log.level)?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match settings.log.format {
        LogFormat::Human => builder.init(),
        LogFormat::Json => builder.json().init(),
    }
    // A panic's message may hold anything: the log says where, and the caller's answer carries the request id.
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
        tracing::error!(place, "a panic");
    }));
    Ok(())
}

/// Opens the configured house and serves it; opens it anew where its store's disk had failed and is well again.
pub async fn run(
    settings: &Settings,
    stop: CancellationToken,
    mut started: impl FnMut(&Running, &Ward),
) -> Result<(), OpenError> {
    let mut ward = wiring::open(settings, Instead::default()).await?;
    while serve(settings, ward, stop.clone(), |running, ward| started(running, ward)).await?
        == Ended::StoreFailed
    {
        tracing::warn!("the store's disk takes writes again: the house is opened anew");
        ward = open_anew(settings, &stop).await?;
    }
    Ok(())
}

async fn open_anew(settings: &Settings, stop: &CancellationToken) -> Result<Ward, OpenError> {
    let began = tokio::time::Instant::now();
    loop {
        match wiring::open(settings, Instead::default()).await {
            Ok(ward) => return Ok(ward),
            Err(error) if stop.is_cancelled() || began.elapsed() > ANEW_WITHIN => return Err(error),
            Err(error) => tracing::warn!(%error, "the house could not be opened anew yet"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(ANEW_EVERY) => {}
        }
    }
}
