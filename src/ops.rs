//! What an operator asks of a running server: alive, ready, figures, live actors, key rotation, backups.

mod backup;

pub use backup::Backups;

use crate::watch::ObjectsWatch;
use crate::wiring::Ward;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use metrics_exporter_prometheus::PrometheusHandle;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use ward_domain::face::Face;
use ward_domain::id::Id;
use ward_domain::refusal::{Kind, Refusal};
use ward_services::{Ctx, Fail, RequestMeta, ops};

/// What the operator's endpoints rest on.
#[derive(Clone)]
pub struct Ops {
    /// The house.
    pub ward: Arc<Ward>,
    /// Figures.
    pub metrics: PrometheusHandle,
    /// True once the server is going down.
    pub draining: Arc<AtomicBool>,
    /// Backups.
    pub backups: Arc<Backups>,
    /// The place of objects.
    pub objects: Arc<ObjectsWatch>,
}

/// `/livez`, `/readyz`, `/metrics`, `/ops/actors`, `/ops/keys/rotate`, `/ops/search`, `/ops/search/rebuild`, `/ops/statistics/recount`, `/ops/backup`.
pub fn router(ops: Ops) -> Router {
    Router::new()
        .route("/livez", get(async || "alive\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(figures))
        .route("/ops/actors", get(actors))
        .route("/ops/keys/rotate", post(rotate))
        .route("/ops/search", get(search))
        .route("/ops/search/rebuild", post(rebuild))
        .route("/ops/statistics/recount", post(recount))
        .route("/ops/backup", get(backup::show).post(backup::begin))
        .with_state(ops)
}

async fn ready(State(ops): State<Ops>) -> Response {
    if ops.draining.load(Ordering::Acquire) {
        return (StatusCode::SERVICE_UNAVAILABLE, "draining\n").into_response();
    }
    if let Err(error) = ops.ward.house.env.store.ping().await {
        return (StatusCode::SERVICE_UNAVAILABLE, format!("store: {error}\n")).into_response();
    }
    if let Some(why) = ops.objects.wrong() {
        return (StatusCode::SERVICE_UNAVAILABLE, format!("objects: {why}\n")).into_response();
    }
    // Without search the house works on: it is told, and does not make the server unready.
    match ops.ward.house.env.search.health().await {
        Ok(()) => "ready\n".into_response(),
        Err(_) => "ready (search degraded)\n".into_response(),
    }
}

async fn figures(State(ops): State<Ops>) -> String {
    let (store, search) = tokio::join!(ops.ward.house.env.store.ping(), ops.ward.house.env.search.health());
    metrics::gauge!("ward_store_up").set(f64::from(u8::from(store.is_ok())));
    metrics::gauge!("ward_search_up").set(f64::from(u8::from(search.is_ok())));
    for (kind, alive) in ops.ward.house.actors.counts() {
        let alive = u32::try_from(alive).unwrap_or(u32::MAX);
        metrics::gauge!("ward_actors_alive", "kind" => kind).set(f64::from(alive));
    }
    ops.metrics.render()
}

/// The parameters of a query, as they stand there: a number is read by whoever knows its name.
type Parameters = Query<Vec<(String, String)>>;

/// A whole number by its name; `None` where there is none.
fn number(Query(query): &Parameters, name: &'static str) -> Result<Option<u64>, Refusal> {
    let mut values = query.iter().filter(|(given, _)| given == name).map(|(_, value)| value);
    let Some(value) = values.next() else { return Ok(None) };
    match (value.parse(), values.next()) {
        (Ok(number), None) => Ok(Some(number)),
        _ => Err(Refusal::field(name, "Must be one whole number.")),
    }
}

async fn actors(State(state): State<Ops>, headers: HeaderMap, query: Parameters) -> Response {
    let answer = async {
        let ctx = caller(&state, &headers).await?;
        let limit = number(&query, "limit")?.unwrap_or(100);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let (counts, actors) = ops::actors(&state.ward.house, &ctx, limit).await?;
        let counts: serde_json::Map<_, _> =
            counts.into_iter().map(|(kind, count)| (kind.to_owned(), json!(count))).collect();
        Ok(json!({ "counts": counts, "actors": actors }))
    };
    render(answer.await)
}

/// The hospital that an operator's request is about.
#[derive(Deserialize)]
struct About {
    hospital: u64,
}

impl About {
    fn read(body: &[u8]) -> Result<Id, Refusal> {
        let asked: Self = serde_json::from_slice(body)
            .map_err(|_| Refusal::field("hospital", "The hospital's id is needed."))?;
        asked.id()
    }

    fn id(&self) -> Result<Id, Refusal> {
        Id::new(self.hospital).ok_or_else(|| Refusal::field("hospital", "There is no such hospital."))
    }
}

async fn rotate(State(state): State<Ops>, headers: HeaderMap, body: axum::body::Bytes) -> Response {
    let answer = async {
        let ctx = caller(&state, &headers).await?;
        let id = About::read(&body)?;
        let done = ops::rotate_keys(&state.ward.house, &ctx, id).await?;
        Ok(
            json!({ "key": done.number, "scanned": done.scanned, "resealed": done.resealed, "damaged": done.damaged }),
        )
    };
    render(answer.await)
}

/// How far a hospital's index is.
async fn search(State(state): State<Ops>, headers: HeaderMap, query: Parameters) -> Response {
    let answer = async {
        let ctx = caller(&state, &headers).await?;
        let hospital = number(&query, "hospital")?
            .ok_or_else(|| Refusal::field("hospital", "The hospital's id is needed."))?;
        let status = ops::search_status(&state.ward.house, &ctx, About { hospital }.id()?).await?;
        Ok(json!({ "documents": status.documents, "complete": status.complete }))
    };
    render(answer.await)
}

async fn rebuild(State(state): State<Ops>, headers: HeaderMap, body: axum::body::Bytes) -> Response {
    let answer = async {
        let ctx = caller(&state, &headers).await?;
        let id = About::read(&body)?;
        ops::rebuild_search(&state.ward.house, &ctx, id).await?;
        Ok(json!({ "hospital": id.get(), "begun": true }))
    };
    render(answer.await)
}

async fn recount(State(state): State<Ops>, headers: HeaderMap, body: axum::body::Bytes) -> Response {
    let answer = async {
        let ctx = caller(&state, &headers).await?;
        let id = About::read(&body)?;
        ops::recount_statistics(&state.ward.house, &ctx, id).await?;
        Ok(json!({ "hospital": id.get(), "begun": true }))
    };
    render(answer.await)
}

async fn caller(state: &Ops, headers: &HeaderMap) -> Result<Ctx, Fail> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let missing =
        || Refusal::new(Kind::Unauthenticated, "token_missing", "A platform admin's token is needed.");
    let meta = RequestMeta {
        request_id: "ops".to_owned(),
        face: Face::Medcor,
        address: None,
        host: None,
        idempotency: None,
    };
    state.ward.house.authenticate(bearer.ok_or_else(missing)?, meta).await
}

fn render(answer: Result<serde_json::Value, Fail>) -> Response {
    match answer {
        Ok(value) => Json(value).into_response(),
        Err(Fail::Refused(refusal)) => {
            let status = match refusal.kind {
                Kind::Invalid => StatusCode::BAD_REQUEST,
                Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
                Kind::Forbidden => StatusCode::FORBIDDEN,
                Kind::NotFound => StatusCode::NOT_FOUND,
                Kind::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::CONFLICT,
            };
            let details: serde_json::Map<_, _> = refusal
                .fields
                .iter()
                .map(|wrong| (wrong.field.to_string(), json!([wrong.message])))
                .collect();
            let error = json!({ "code": refusal.reason, "message": refusal.message, "details": details });
            (status, Json(json!({ "error": error }))).into_response()
        }
        Err(Fail::Fault(source)) => {
            tracing::error!(source, "an operator's request failed");
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                Json(json!({ "error": { "code": "fault", "message": "See the log." } })),
            )
                .into_response()
        }
    }
}
