//! The front door: the way of every request, from the socket to a handler and back.
//!
//! A request is met ([`arrival`]: id, address, URL), brought to an API ([`route`]), passed ([`pass`]: cap, size, who
//! asks, limits, deadline, handler), given its form if it failed ([`dress`]), and told of ([`observe`]).

mod arrival;
mod cors;
mod dress;
mod observe;
mod pass;
mod route;

use crate::api::{Api, Rules, Standing};
use crate::authenticate::Authenticate;
use crate::docs::Docs;
use crate::envelope::Envelope;
use crate::limits::RateLimiter;
use crate::mount::{MountError, Mounts};
use crate::settings::Settings;
use axum::extract::{DefaultBodyLimit, Request};
use axum::response::Response;
use http::Method;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate as _};
use ward_domain::face::Face;
use ward_domain::time::Clock;

/// All APIs behind one door.
#[derive(Clone)]
pub struct FrontDoor {
    inner: Arc<Inner>,
}

/// What a request needs of the house.
pub(crate) struct Inner {
    apis: Vec<Mounted>,
    mounts: Mounts,
    outside: axum::Router,
    docs: Docs,
    check: Arc<dyn Authenticate>,
    limiter: RateLimiter,
    permits: Semaphore,
    settings: Settings,
}

/// An API at its place.
struct Mounted {
    face: Face,
    router: axum::Router,
    envelope: &'static dyn Envelope,
    rules: fn(&Method, &str, Standing) -> Rules,
}

/// Set in the answer of the outside router where it knows no such path.
#[derive(Clone, Copy)]
struct Unmatched;

impl FrontDoor {
    /// Mounts `apis`. `outside` has what belongs to no API: `/livez`, `/metrics`, a console. It is asked after the APIs,
    /// and only its own routes answer: its fallback is replaced.
    ///
    /// The peer's address is taken from `ConnectInfo<SocketAddr>`: serve with `into_make_service_with_connect_info`.
    pub fn new(
        apis: Vec<Api>,
        outside: axum::Router,
        check: Arc<dyn Authenticate>,
        clock: Arc<dyn Clock>,
        settings: Settings,
    ) -> Result<Self, MountError> {
        let mounts = Mounts::new(&apis, &settings.order)?;
        let docs = Docs::new(&apis, &settings.order);
        let mounted = |api: Api| Mounted {
            face: api.face,
            // The limit is the door's, so that it is one for all ways of reading a body.
            router: api.router.layer(DefaultBodyLimit::disable()),
            envelope: api.envelope,
            rules: api.rules,
        };
        let outside =
            outside.fallback(|| async { (http::StatusCode::NOT_FOUND, axum::Extension(Unmatched)) });
        let inner = Inner {
            apis: apis.into_iter().map(mounted).collect(),
            mounts,
            outside,
            docs,
            check,
            limiter: RateLimiter::new(clock),
            permits: Semaphore::new(settings.max_concurrent.min(Semaphore::MAX_PERMITS)),
            settings,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The service for one listening address: of all APIs (`None`), or of the one to which the address is given.
    pub fn router(&self, face: Option<Face>) -> axum::Router {
        let inner = self.inner.clone();
        let service = tower::service_fn(move |request: Request| {
            let inner = inner.clone();
            async move { Ok::<Response, Infallible>(inner.serve(face, request).await) }
        });
        let router = axum::Router::new().fallback_service(service);
        let router = if self.inner.settings.compress {
            router.layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(is_no_file)))
        } else {
            router
        };
        router.layer(cors::layer(&self.inner.settings.origins))
    }
}

/// What is served in ranges goes as it lies: a part of it must fit to the whole that was sent before.
fn is_no_file(
    _: http::StatusCode,
    _: http::Version,
    headers: &http::HeaderMap,
    _: &http::Extensions,
) -> bool {
    !headers.contains_key(http::header::ACCEPT_RANGES)
}
