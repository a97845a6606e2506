//! `GET /api/treatments/`

use super::treatment::Treatment;
use crate::Desk;
use crate::description::Reading;
use crate::list::{Page, page, slice};
use crate::medical_records::list::query;
use axum::extract::State;
use ward_http::{Caller, Listing, Outcome, Params, RequestUrl};
use ward_services::chart;

/// Lists treatments
///
/// To a doctor, what they wrote; with `patient`, the patient's whole chart if it is open to them, else what they wrote
/// there. To a patient their own, to the administrator the hospital's.
#[utoipa::path(
    get,
    path = "/api/treatments/",
    operation_id = "list_treatments",
    tag = "Treatments",
    params(
        ("page" = Option<u64>, Query, description = "From 1"),
        ("page_size" = Option<u32>, Query, description = "20 unless asked, at most 100"),
        ("ordering" = Option<String>, Query, description = "created_at; - for descending"),
        ("patient" = Option<u64>, Query, description = "One who is none is an error; to a patient, others find nothing"),
        ("doctor" = Option<u64>, Query, description = "Who wrote it; one who is none is an error"),
        ("date_from" = Option<String>, Query, description = "Made from; a date is a day of the hospital"),
        ("date_to" = Option<String>, Query, description = "Made until, inclusive"),
    ),
    responses((status = 200, body = Page<Treatment>), Reading)
)]
pub(crate) async fn list(
    State(house): Desk,
    Caller(ctx): Caller,
    url: RequestUrl,
    mut params: Params,
) -> Outcome<Listing<Page<Treatment>>> {
    let wanted = page(&mut params);
    let mut query = query(&mut params, &house.zone(&ctx).await);
    query.patient = params.id("patient");
    params.finish()?;
    let listed = chart::list(&house, &ctx, query, slice(wanted)).await?;
    Ok(Listing(Page::new(wanted, &url, listed, |found| {
        let treatment: ward_domain::chart::Treatment = found.document;
        treatment.into()
    })))
}
