//! `GET /api/auth/users/patients/duplicates/`

#![allow(unused_qualifications, reason = "of what utoipa writes for the parameters")]

use super::user::User;
use crate::Desk;
use crate::description::Reading;
use crate::list::{Page, page, slice};
use axum::extract::State;
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use ward_http::{Caller, Listing, Outcome, Params, RequestUrl};
use ward_services::user::{self, Doubles};

/// Which page, described.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)] // a description
pub(crate) struct Which {
    /// From 1
    page: Option<u64>,
    /// At most 100
    page_size: Option<u32>,
}

/// Patients who may be one person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Duplicates {
    /// `name_and_birth_date`, `phone` or `email`.
    #[schema(example = "name_and_birth_date")]
    matches_on: &'static str,
    /// Two or more, at most 20, the oldest account first.
    patients: Vec<User>,
}

/// Lists patients who may be one person
///
/// For administrators. A group has the same names (in any order) and date of birth, the same last nine digits of the
/// telephone number, or the same e-mail address but for what stands behind a `+`. Two who match on two things are in two
/// groups. Accounts that are not active are left out.
#[utoipa::path(
    get,
    path = "/api/auth/users/patients/duplicates/",
    operation_id = "list_duplicate_patients",
    tag = "Users",
    params(Which),
    responses((status = 200, body = Page<Duplicates>), Reading)
)]
pub(crate) async fn duplicates(
    State(house): Desk,
    Caller(ctx): Caller,
    url: RequestUrl,
    mut params: Params,
) -> Outcome<impl IntoResponse> {
    let wanted = page(&mut params);
    params.finish()?;
    let listed = user::duplicates(&house, &ctx, slice(wanted)).await?;
    let tenant = ctx.scope.tenant();
    let one = |doubles: Doubles| Duplicates {
        matches_on: doubles.on.word(),
        patients: doubles.patients.into_iter().map(|one| User::new(one.document, tenant)).collect(),
    };
    Ok(Listing(Page::new(wanted, &url, listed, one)))
}
