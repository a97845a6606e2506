//! `GET /api/auth/users/doctors/`, `GET /api/auth/users/patients/`: all people of one role. A bare list (document 002
//! line 457), or a page where one is asked for.

#![allow(unused_qualifications, reason = "of what utoipa writes for the parameters")]

use super::query::{Asked, item};
use super::user::User;
use crate::Desk;
use crate::description::Reading;
use crate::list::{Page, page, slice};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use utoipa::IntoParams;
use ward_domain::policy::Role;
use ward_http::{Caller, Listing, Outcome, Params, RequestUrl};
use ward_services::{Ctx, House, PageRequest};

/// The most that a bare list holds.
const MAX_BARE: u64 = 1_000;
/// Read at a time.
const STEP: usize = 100;

/// The query of both lists, described. [`Asked`] reads it.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)] // a description
pub(crate) struct People {
    /// From 1
    page: Option<u64>,
    /// At most 100
    page_size: Option<u32>,
    /// Words to find in names and contacts
    search: Option<String>,
    /// `created_at`, `first_name`, `last_name`, `email`, `username`; - for descending
    ordering: Option<String>,
    is_active: Option<bool>,
    hospital: Option<u64>,
    /// Created from
    date_from: Option<String>,
    /// Created until
    date_to: Option<String>,
}

/// Lists all doctors
///
/// A bare list of at most 1000, newest first; a page as of `users/` if `page` or `page_size` is there. Takes the filters
/// of `users/`; only active ones unless `is_active` says otherwise.
#[utoipa::path(
    get,
    path = "/api/auth/users/doctors/",
    operation_id = "list_doctors",
    tag = "Users",
    params(People),
    responses((status = 200, body = Vec<User>), Reading)
)]
pub(crate) async fn doctors(
    State(house): Desk,
    Caller(ctx): Caller,
    url: RequestUrl,
    params: Params,
) -> Outcome<Response> {
    people(&house, &ctx, Role::Doctor, params, &url).await
}

/// Lists all patients
///
/// As the doctors.
#[utoipa::path(
    get,
    path = "/api/auth/users/patients/",
    operation_id = "list_patients",
    tag = "Users",
    params(People),
    responses((status = 200, body = Vec<User>), Reading)
)]
pub(crate) async fn patients(
    State(house): Desk,
    Caller(ctx): Caller,
    url: RequestUrl,
    params: Params,
) -> Outcome<Response> {
    people(&house, &ctx, Role::Patient, params, &url).await
}

/// The people of one role. Unless `is_active` says otherwise only those who may log in: whoever picks the first doctor
/// of the list wants to book with them.
async fn people(
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
        return Ok(Listing(Page::new(wanted, url, listed, item(ctx))).into_response());
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
