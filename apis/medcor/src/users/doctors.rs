//! `GET /api/auth/users/doctors/`

use super::directory::people;
use super::user::User;
use crate::Desk;
use crate::description::Reading;
use axum::extract::State;
use axum::response::IntoResponse;
use ward_domain::policy::Role;
use ward_http::{Caller, Outcome, Params, RequestUrl};

/// Lists all doctors
///
/// A bare list of at most 1000, newest first; a page as of `users/` if `page` or `page_size` is there. Takes the filters
/// of `users/`; only active ones unless `is_active` says otherwise.
#[utoipa::path(
    get,
    path = "/api/auth/users/doctors/",
    operation_id = "list_doctors",
    tag = "Users",
    params(
        ("page" = Option<u64>, Query, description = "From 1"),
        ("page_size" = Option<u32>, Query, description = "At most 100"),
        ("search" = Option<String>, Query, description = "Words to find in names and contacts"),
        ("ordering" = Option<String>, Query, description = "created_at, first_name, last_name, email, username; - for descending"),
        ("is_active" = Option<bool>, Query),
        ("hospital" = Option<u64>, Query),
        ("date_from" = Option<String>, Query, description = "Created from"),
        ("date_to" = Option<String>, Query, description = "Created until"),
    ),
    responses((status = 200, body = Vec<User>), Reading)
)]
pub(crate) async fn doctors(
    State(house): Desk,
    Caller(ctx): Caller,
    url: RequestUrl,
    params: Params,
) -> Outcome<impl IntoResponse> {
    people(&house, &ctx, Role::Doctor, params, &url).await
}
