//! `GET /api/auth/users/`

use super::query::{Asked, item};
use super::user::User;
use crate::Desk;
use crate::description::Reading;
use crate::list::{Page, page, slice};
use axum::extract::State;
use ward_http::{Caller, Listing, Outcome, Params, RequestUrl};

/// Lists users
///
/// Those whom the caller's role reaches: a patient finds doctors, and themself.
#[utoipa::path(
    get,
    path = "/api/auth/users/",
    operation_id = "list_users",
    tag = "Users",
    params(
        ("page" = Option<u64>, Query, description = "From 1"),
        ("page_size" = Option<u32>, Query, description = "20 unless asked, at most 100"),
        ("search" = Option<String>, Query, description = "Words to find in names and contacts"),
        ("ordering" = Option<String>, Query, description = "created_at, first_name, last_name, email, username; - for descending"),
        ("role" = Option<String>, Query, description = "admin, doctor, staff or patient"),
        ("is_active" = Option<bool>, Query),
        ("hospital" = Option<u64>, Query, description = "Another's id finds nobody"),
        ("date_from" = Option<String>, Query, description = "Created from; a date is a day of the hospital"),
        ("date_to" = Option<String>, Query, description = "Created until, inclusive"),
    ),
    responses((status = 200, body = Page<User>), Reading)
)]
pub(crate) async fn list(
    State(house): Desk,
    Caller(ctx): Caller,
    url: RequestUrl,
    mut params: Params,
) -> Outcome<Listing<Page<User>>> {
    let wanted = page(&mut params);
    let asked = Asked::read(&mut params, &house.zone(&ctx).await);
    params.finish()?;
    let listed = asked.page(&house, &ctx, slice(wanted)).await?;
    Ok(Listing(Page::new(wanted, &url, listed, item(&ctx))))
}
