//! `GET /api/auth/profile/`: the caller's profile.

use super::UserProfile;
use crate::answer::{Answer, Errors};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use std::sync::Arc;
use ward_http::extract::etag;
use ward_http::{Caller, Outcome};
use ward_services::{House, user};

/// The caller's profile.
#[utoipa::path(
    get, path = "/api/auth/profile/", tag = "Authentication", security(("bearer" = [])),
    responses((status = 200, description = "The profile.", body = Answer<UserProfile>), Errors)
)]
pub async fn profile(State(house): State<Arc<House>>, Caller(ctx): Caller) -> Outcome<impl IntoResponse> {
    let found = user::me(&house, &ctx).await?;
    Ok((etag(found.version), Json(Answer::new("Profile.", UserProfile::from(found.document)))))
}
