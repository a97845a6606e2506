//! `GET /api/auth/me/`: who the caller is.

use super::User;
use crate::answer::{Answer, Errors};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use std::sync::Arc;
use ward_http::extract::etag;
use ward_http::{Caller, Outcome};
use ward_services::{House, user};

/// Who the caller is.
#[utoipa::path(
    get, path = "/api/auth/me/", tag = "Authentication", security(("bearer" = [])),
    responses((status = 200, description = "The account.", body = Answer<User>), Errors)
)]
pub async fn me(State(house): State<Arc<House>>, Caller(ctx): Caller) -> Outcome<impl IntoResponse> {
    let found = user::me(&house, &ctx).await?;
    Ok((etag(found.version), Json(Answer::new("Current user.", User::from(&found.document)))))
}
