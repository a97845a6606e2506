//! `GET /api/medical-records/patient/{patient_id}/`

use super::list::query;
use super::medical_record::MedicalRecord;
use crate::Desk;
use crate::description::Reading;
use crate::list::{Page, page, slice};
use axum::extract::State;
use ward_domain::chart::longest;
use ward_http::{Caller, InPath, Listing, Outcome, Params, PathId, RequestUrl};
use ward_services::chart;

/// Gets a patient's records
///
/// The whole chart: to doctors to whom it is open, to the patient, and to the administrator. To others it is closed (403,
/// `CHART_CLOSED`): in an emergency a doctor breaks the glass.
#[utoipa::path(
    get,
    path = "/api/medical-records/patient/{patient_id}/",
    operation_id = "list_medical_records_of_patient",
    tag = "Medical records",
    params(
        ("patient_id" = u64, Path),
        ("page" = Option<u64>, Query, description = "From 1"),
        ("page_size" = Option<u32>, Query, description = "20 unless asked, at most 100"),
        ("ordering" = Option<String>, Query, description = "created_at; - for descending"),
        ("doctor" = Option<u64>, Query, description = "Who wrote it; one who is none is an error"),
        ("record_type" = Option<String>, Query, description = "As it is spelled"),
        ("date_from" = Option<String>, Query, description = "Made from; a date is a day of the hospital"),
        ("date_to" = Option<String>, Query, description = "Made until, inclusive"),
    ),
    responses((status = 200, body = Page<MedicalRecord>), Reading)
)]
pub(crate) async fn of_patient(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(patient)): InPath<PathId>,
    url: RequestUrl,
    mut params: Params,
) -> Outcome<Listing<Page<MedicalRecord>>> {
    let wanted = page(&mut params);
    let mut query = query(&mut params, &house.zone(&ctx).await);
    query.record_type = params.text("record_type", longest("record_type"));
    params.finish()?;
    let listed = chart::list_of_patient(&house, &ctx, patient, query, slice(wanted)).await?;
    Ok(Listing(Page::new(wanted, &url, listed, |found| {
        let record: ward_domain::chart::MedicalRecord = found.document;
        record.into()
    })))
}
