//! `GET /api/specialty/popular/`

use super::statistics::SpecialtyCount;
use crate::Desk;
use crate::description::Reading;
use axum::Json;
use axum::extract::State;
use ward_http::{Caller, Outcome, Params};
use ward_services::specialty;

/// Gets popular specialties
///
/// The active specialties that most active doctors have, the most first; those that no doctor has are left out.
#[utoipa::path(
    get,
    path = "/api/specialty/popular/",
    operation_id = "list_popular_specialties",
    tag = "Specialties",
    params(("limit" = Option<u32>, Query, description = "10 unless asked, 1 to 100")),
    responses((status = 200, body = Vec<SpecialtyCount>), Reading)
)]
pub(crate) async fn popular(
    State(house): Desk,
    Caller(ctx): Caller,
    mut params: Params,
) -> Outcome<Json<Vec<SpecialtyCount>>> {
    let limit = params.number("limit", 1..=100).unwrap_or(10);
    params.finish()?;
    let popular = specialty::popular(&house, &ctx, usize::try_from(limit).unwrap_or(10)).await?;
    Ok(Json(popular.into_iter().map(Into::into).collect()))
}
