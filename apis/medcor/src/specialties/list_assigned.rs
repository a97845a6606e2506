//! `GET /api/specialty/doctor-specialties/`

use super::assignment::DoctorSpecialty;
use crate::Desk;
use crate::description::Reading;
use crate::list::{Page, descending, page, slice};
use axum::extract::State;
use ward_http::{Caller, Listing, Outcome, Params, RequestUrl};
use ward_services::specialty::{self, AssignedQuery};

/// Lists doctors' specialties
///
/// In the order in which they were assigned.
#[utoipa::path(
    get,
    path = "/api/specialty/doctor-specialties/",
    operation_id = "list_doctor_specialties",
    tag = "Specialties",
    params(
        ("page" = Option<u64>, Query, description = "From 1"),
        ("page_size" = Option<u32>, Query, description = "20 unless asked, at most 100"),
        ("doctor" = Option<u64>, Query, description = "One who is none is an error"),
        ("specialty" = Option<u64>, Query, description = "One that is none is an error"),
        ("is_primary" = Option<bool>, Query),
        ("ordering" = Option<String>, Query, description = "created_at; - for descending"),
    ),
    responses((status = 200, body = Page<DoctorSpecialty>), Reading)
)]
pub(crate) async fn list_assigned(
    State(house): Desk,
    Caller(ctx): Caller,
    url: RequestUrl,
    mut params: Params,
) -> Outcome<Listing<Page<DoctorSpecialty>>> {
    let wanted = page(&mut params);
    let query = AssignedQuery {
        doctor: params.id("doctor"),
        specialty: params.id("specialty"),
        primary: params.flag("is_primary"),
        descending: descending(
            params.ordering(&[("created_at", ())]).map(|((), direction)| direction),
            false,
        ),
    };
    params.finish()?;
    let listed = specialty::list_assigned(&house, &ctx, query, slice(wanted)).await?;
    Ok(Listing(Page::new(wanted, &url, listed, DoctorSpecialty::from)))
}
