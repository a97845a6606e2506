//! All people of one role: a bare list (document 002 line 457), or a page where one is asked for.

use super::query::{Asked, item};
use super::user::User;
use crate::list::{Page, page, slice};
use axum::Json;
use axum::response::{IntoResponse, Response};
use ward_domain::policy::Role;
use ward_http::{Outcome, Params, RequestUrl};
use ward_services::{Ctx, House, PageRequest};

/// The most that a bare list holds.
const MAX_BARE: u64 = 1_000;
/// Read at a time.
const STEP: usize = 100;

/// The people of one role. Unless `is_active` says otherwise only those who may log in: whoever picks the first doctor
/// of the list wants to book with them.
pub(super) async fn people(
    house: &House,
    ctx: &Ctx,
    role: Role,
    mut params: Params,
    url: &RequestUrl,
) -> Outcome<Response> {
    let paged = params.has("page") || params.has("page_size");
    let wanted = page(&mut params);
    let mut asked = Asked::read(&mut params, &house.zone(ctx).await).of(role);
    params.finish()?;
    asked.query.active = asked.query.active.or(Some(true));
    if paged {
        let listed = asked.page(house, ctx, slice(wanted)).await?;
        return Ok(Json(Page::new(wanted, url, listed, item(ctx))).into_response());
    }
    let mut people: Vec<User> = Vec::new();
    for offset in (0..MAX_BARE).step_by(STEP) {
        let listed = asked.page(house, ctx, PageRequest { offset, limit: STEP }).await?;
        people.extend(listed.items.into_iter().map(item(ctx)));
        if listed.total <= offset + STEP as u64 {
            break;
        }
    }
    Ok(Json(people).into_response())
}
