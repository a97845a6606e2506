//! An API as an API crate writes it: endpoints declared with their description, bodies read field by field.

use super::envelope;
use axum::Json;
use axum::extract::{Multipart, State};
use axum::response::IntoResponse;
use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use ward_domain::face::Face;
use ward_domain::id::Id;
use ward_domain::refusal::FieldErrors;
use ward_domain::time::Time;
use ward_domain::zone::Zone;
use ward_http::bounds;
use ward_http::extract::etag;
use ward_http::{
    Api, Caller, Given, IfMatch, InPath, JsonBody, Limit, MaybeCaller, Meta, Nested, Outcome, Params, Per,
    RequestUrl, Rules, Standing, Window,
};

/// Stands for the house: lets a test hold a handler.
#[derive(Default)]
pub struct Desk {
    pub entered: Notify,
    pub go: Notify,
}

#[derive(Deserialize, ToSchema)]
struct WriteNote {
    #[schema(value_type = String)]
    title: Given<String>,
    #[schema(value_type = Option<i64>)]
    priority: Given<i64>,
    #[schema(value_type = u64)]
    patient: Given<Id>,
    #[schema(value_type = Option<String>, format = DateTime)]
    due: Given<Time>,
    #[schema(value_type = Option<bool>)]
    urgent: Given<bool>,
    #[schema(value_type = Option<Place>)]
    place: Given<Nested<Place>>,
}

#[derive(Deserialize, ToSchema)]
struct Place {
    #[schema(value_type = String)]
    room: Given<String>,
}

#[derive(Serialize, ToSchema)]
struct Note {
    id: u64,
    title: String,
    priority: i64,
    patient: u64,
    #[schema(value_type = Option<String>)]
    due: Option<Time>,
    urgent: bool,
    room: Option<String>,
    by: u64,
    key: Option<String>,
}

/// Writes a note.
#[utoipa::path(post, path = "/api/notes/", request_body = WriteNote, responses((status = 201, body = Note)))]
async fn write(
    State(_desk): State<Arc<Desk>>,
    Caller(ctx): Caller,
    JsonBody(body): JsonBody<WriteNote>,
) -> Outcome<impl IntoResponse> {
    let mut errors = FieldErrors::default();
    let title = body.title.line(20).not_blank().required("title", &mut errors);
    let priority = body.priority.within(1..=5).optional("priority", &mut errors);
    let patient = body.patient.required("patient", &mut errors);
    let due = body.due.optional("due", &mut errors);
    let urgent = body.urgent.optional("urgent", &mut errors);
    let place = body.place.optional("place", &mut errors);
    let room = place.and_then(|Nested(place)| place.room.line(5).required("place.room", &mut errors));
    errors.finish()?;
    let (Some(title), Some(patient)) = (title, patient) else { unreachable!("noted above") };
    let note = Note {
        id: 1,
        title,
        priority: priority.unwrap_or(1),
        patient: patient.get(),
        due,
        urgent: urgent.unwrap_or_default(),
        room,
        by: ctx.user.get(),
        key: ctx.meta.idempotency.map(|idempotency| idempotency.operation),
    };
    Ok((StatusCode::CREATED, etag(1), Json(note)))
}

/// Lists notes.
#[utoipa::path(get, path = "/api/notes/", responses((status = 200)))]
async fn list(url: RequestUrl, mut params: Params, MaybeCaller(caller): MaybeCaller) -> Outcome<Json<Value>> {
    let page = params.page("page_size", 20, 100);
    params.flag("urgent");
    bounds::period(&mut params, &Zone::UTC);
    params.finish()?;
    let links = page.links(45, &url);
    let by = caller.map(|ctx| ctx.user.get());
    Ok(Json(json!({"count": links.count, "next": links.next, "previous": links.previous, "by": by})))
}

/// One note.
#[utoipa::path(put, path = "/api/notes/{id}/", params(("id" = u64, Path)), responses((status = 200)))]
async fn edit(InPath(id): InPath<u64>, IfMatch(version): IfMatch, url: RequestUrl) -> Outcome<Json<Value>> {
    Ok(Json(json!({"id": id, "version": version, "self": url.link(&format!("/api/notes/{id}/"))})))
}

/// Open to everyone.
#[utoipa::path(post, path = "/api/open/", responses((status = 200)))]
async fn open(Meta(meta): Meta) -> Json<Value> {
    let address = meta.address.map(|address| address.to_string());
    Json(json!({"id": meta.request_id, "address": address, "host": meta.host, "face": meta.face.name()}))
}

/// Touches many.
#[utoipa::path(post, path = "/api/bulk/", responses((status = 200)))]
async fn bulk() -> &'static str {
    "done"
}

/// Breaks.
#[utoipa::path(post, path = "/api/panic/", responses((status = 200)))]
async fn broken() -> &'static str {
    panic!("a bug")
}

/// Waits for the test.
#[utoipa::path(post, path = "/api/slow/", responses((status = 200)))]
async fn slow(State(desk): State<Arc<Desk>>) -> &'static str {
    desk.entered.notify_one();
    desk.go.notified().await;
    "done"
}

/// Takes a file.
#[utoipa::path(post, path = "/api/files/", responses((status = 200)))]
async fn upload(
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Outcome<Json<Value>> {
    let mut form = form?;
    let mut bytes = 0;
    while let Some(mut field) = form.next_field().await? {
        while let Some(chunk) = field.chunk().await? {
            bytes += chunk.len();
        }
    }
    Ok(Json(json!({"bytes": bytes})))
}

/// Uses an extractor of the framework as it is.
#[utoipa::path(post, path = "/api/bare/", responses((status = 200)))]
async fn bare(body: Json<Value>) -> Json<Value> {
    body
}

const GENERAL: Limit = Limit { name: "general", max: 4, window: Window::Minute, per: Per::User };
const STRANGER: Limit = Limit { name: "stranger", max: 2, window: Window::Minute, per: Per::Address };
const BULK: Limit = Limit { name: "bulk", max: 1, window: Window::Minute, per: Per::User };

fn rules(_: &Method, template: &str, standing: Standing) -> Rules {
    match (template, standing) {
        ("/api/bulk/", Standing::Known) => Rules::limited(&[GENERAL, BULK]),
        ("/api/files/", Standing::Known) => Rules::limited(&[GENERAL]).body(4096),
        ("/api/files/", Standing::Anonymous) => Rules::limited(&[STRANGER]).body(4096),
        ("/api/slow/", _) => Rules::default().within(Duration::from_secs(5)),
        (_, Standing::Known) => Rules::limited(&[GENERAL]),
        (_, Standing::Anonymous) => Rules::limited(&[STRANGER]),
    }
}

pub fn api(desk: Arc<Desk>) -> Api {
    let (router, openapi) = OpenApiRouter::new()
        .routes(routes!(write, list))
        .routes(routes!(edit))
        .routes(routes!(open))
        .routes(routes!(bulk))
        .routes(routes!(broken))
        .routes(routes!(slow))
        .routes(routes!(upload))
        .routes(routes!(bare))
        .with_state(desk)
        .split_for_parts();
    Api {
        face: Face::Medcor,
        base: "/api",
        router,
        openapi,
        envelope: envelope(Face::Medcor),
        rules,
        prefix_only: Vec::new(),
        body_claims: Vec::new(),
        alias: None,
        walk: ward_http::Walk::default(),
    }
}
