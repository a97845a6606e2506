//! `GET /api/auth/sessions/`, `DELETE /api/auth/sessions/{id}/`, `POST /api/auth/sessions/end-others/`

use super::Message;
use crate::Desk;
use crate::description::{Reading, Writing};
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::time::Time;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::auth;

/// A log-in that stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Session {
    id: u64,
    /// The API that they logged in through: `medcor`, `soapify`, `healthcare`.
    #[schema(example = "medcor")]
    api: &'static str,
    /// The network address of the log-in; `""` where it is not known.
    address: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// When it was last given a token, to five minutes. Not every request is written down.
    #[schema(value_type = String, format = DateTime)]
    last_used_at: Time,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Time,
    /// Whether it is the one that asks.
    is_current: bool,
}

/// Lists one's own sessions
///
/// A bare list of at most 20, newest first.
#[utoipa::path(
    get,
    path = "/api/auth/sessions/",
    operation_id = "list_sessions",
    tag = "Authentication",
    responses((status = 200, body = Vec<Session>), Reading)
)]
pub(crate) async fn list_sessions(State(house): Desk, Caller(ctx): Caller) -> Outcome<Json<Vec<Session>>> {
    let sessions = auth::list_sessions(&house, &ctx).await?;
    let one = |session: ward_domain::account::Session| Session {
        id: session.id.get(),
        api: session.face.name(),
        last_used_at: session.used_at(),
        created_at: session.created_at,
        expires_at: session.expires_at,
        is_current: session.id == ctx.session,
        address: session.address,
    };
    Ok(Json(sessions.into_iter().map(one).collect()))
}

/// Ends one of one's own sessions
///
/// Its tokens are good no more from the next request on.
#[utoipa::path(
    delete,
    path = "/api/auth/sessions/{id}/",
    operation_id = "end_session",
    tag = "Authentication",
    params(("id" = u64, Path)),
    responses((status = 204), Writing)
)]
pub(crate) async fn end_session(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<StatusCode> {
    auth::end_session(&house, &ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends all of one's own sessions but this one
#[utoipa::path(
    post,
    path = "/api/auth/sessions/end-others/",
    operation_id = "end_other_sessions",
    tag = "Authentication",
    responses((status = 200, body = Message), Writing)
)]
pub(crate) async fn end_other_sessions(State(house): Desk, Caller(ctx): Caller) -> Outcome<Json<Message>> {
    auth::end_other_sessions(&house, &ctx).await?;
    Ok(Json(Message { message: "All other sessions have ended" }))
}
