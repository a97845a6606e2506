//! What the tests share: a held clock, tokens that name their user and API, a door, and answers to look at.
#![allow(dead_code)] // each test file uses its part

pub mod notes;
pub mod tiny;

use async_trait::async_trait;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use http::{HeaderMap, Method, Request, StatusCode};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tower::ServiceExt as _;
use ward_domain::face::Face;
use ward_domain::id::Id;
use ward_domain::policy::Role;
use ward_domain::refusal::{Kind, Refusal};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::{Clock, Time};
use ward_http::{Api, Authenticate, Envelope, FrontDoor, Settings};
use ward_services::{Ctx, Fail, RequestMeta};

/// A clock that the test moves.
pub struct Held(Mutex<Time>);

impl Held {
    pub fn at(text: &str) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Time::parse(text).unwrap())))
    }

    pub fn set(&self, text: &str) {
        *self.0.lock().unwrap() = Time::parse(text).unwrap();
    }
}

impl Clock for Held {
    fn now(&self) -> Time {
        *self.0.lock().unwrap()
    }
}

/// Tokens are `<api>-<user>`; `<api>-expired` was good once; all others are nobody's.
pub struct Tokens;

#[async_trait]
impl Authenticate for Tokens {
    async fn authenticate(&self, bearer: &str, meta: RequestMeta) -> Result<Ctx, Fail> {
        if bearer == "broken-store" {
            return Err(Fail::Fault("the store is away".into()));
        }
        let user = bearer.split_once('-').and_then(|(_, user)| user.parse().ok()).and_then(Id::new);
        let (Some(user), Some(_)) = (user, self.issuer_of(bearer)) else {
            let reason = if bearer.ends_with("-expired") { "token_expired" } else { "token_invalid" };
            return Err(Refusal::new(Kind::Unauthenticated, reason, "The token is not good.").into());
        };
        #[allow(clippy::disallowed_methods)] // a test stands in for the tenants crate
        let scope = TenantScope::mint(TenantId::from_number(1));
        Ok(Ctx {
            scope,
            user: user.into(),
            role: Role::Doctor,
            session: Id::default().into(),
            now: Time::default(),
            deadline: Duration::from_secs(1),
            meta,
        })
    }

    fn issuer_of(&self, bearer: &str) -> Option<Face> {
        let name = bearer.split_once('-')?.0;
        Face::ALL.into_iter().find(|face| face.name() == name)
    }
}

/// An envelope that tells which API speaks.
pub struct Plain(pub Face);

impl Envelope for Plain {
    fn refusal(&self, refusal: &Refusal, meta: &RequestMeta) -> Response {
        let status = match refusal.kind {
            Kind::Invalid => StatusCode::BAD_REQUEST,
            Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
            Kind::Forbidden => StatusCode::FORBIDDEN,
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::Conflict => StatusCode::CONFLICT,
            Kind::Impossible => StatusCode::UNPROCESSABLE_ENTITY,
            Kind::Stale => StatusCode::PRECONDITION_FAILED,
            Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Kind::Limited => StatusCode::TOO_MANY_REQUESTS,
            Kind::Overloaded | Kind::NotConfigured => StatusCode::SERVICE_UNAVAILABLE,
        };
        let fields: serde_json::Map<String, Value> =
            refusal.fields.iter().map(|error| (error.field.to_string(), json!(error.message))).collect();
        let body =
            json!({"api": self.0.name(), "reason": refusal.reason, "fields": fields, "id": meta.request_id});
        (status, Json(body)).into_response()
    }

    fn fault(&self, meta: &RequestMeta) -> Response {
        let body = json!({"api": self.0.name(), "reason": "fault", "id": meta.request_id});
        (StatusCode::INTERNAL_SERVER_ERROR, Json(body)).into_response()
    }
}

/// One envelope for each API, for `Api::envelope`.
pub fn envelope(face: Face) -> &'static dyn Envelope {
    match face {
        Face::Soapify => &Plain(Face::Soapify),
        Face::Mark => &Plain(Face::Mark),
        Face::Medcor => &Plain(Face::Medcor),
        Face::Chatbot => &Plain(Face::Chatbot),
        Face::Healthcare => &Plain(Face::Healthcare),
    }
}

/// A door with `/livez` beside the APIs.
pub fn door(apis: Vec<Api>, settings: Settings) -> FrontDoor {
    door_at(apis, settings, Held::at("2025-01-20T09:00:00Z"))
}

pub fn door_at(apis: Vec<Api>, settings: Settings, clock: Arc<Held>) -> FrontDoor {
    let outside = Router::new().route("/livez", axum::routing::get(|| async { "alive" }));
    FrontDoor::new(apis, outside, Arc::new(Tokens), clock, settings).unwrap()
}

/// A request to be sent.
pub struct Ask(http::request::Builder, Body);

pub fn ask(method: &str, uri: &str) -> Ask {
    Ask(Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(uri), Body::empty())
}

impl Ask {
    pub fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value), self.1)
    }

    pub fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn body(self, body: impl Into<Body>) -> Self {
        Self(self.0, body.into())
    }

    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    pub async fn of(self, router: &Router) -> Answer {
        self.from("192.0.2.1").of_peer(router).await
    }

    pub fn from(self, address: &str) -> Self {
        let peer = SocketAddr::new(address.parse().unwrap(), 4000);
        Self(self.0.extension(ConnectInfo(peer)), self.1)
    }

    pub async fn of_peer(self, router: &Router) -> Answer {
        let request = self.0.body(self.1).unwrap();
        let Ok(response) = router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body: body.to_vec() }
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Status, and the API and reason of the envelope.
    pub fn refused(&self) -> (u16, String, String) {
        let body = self.json();
        let word = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
        (self.status, word("api"), word("reason"))
    }
}
