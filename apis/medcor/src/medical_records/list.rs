//! `GET /api/medical-records/`

use super::medical_record::MedicalRecord;
use crate::Desk;
use crate::description::Reading;
use crate::list::{Page, descending, page, slice};
use axum::extract::State;
use ward_domain::chart::longest;
use ward_domain::zone::Zone;
use ward_http::bounds::period;
use ward_http::{Caller, Listing, Outcome, Params, RequestUrl};
use ward_services::chart::{self, ChartQuery};

/// Reads the filters of a list of a chart's documents; wrong ones stay noted in `params`. Newest first unless asked
/// otherwise.
pub(crate) fn query(params: &mut Params, zone: &Zone) -> ChartQuery {
    let direction = params.ordering(&[("created_at", ())]).map(|((), direction)| direction);
    ChartQuery {
        doctor: params.id("doctor"),
        created: period(params, zone),
        ascending: !descending(direction, true),
        ..ChartQuery::default()
    }
}

/// Lists medical records
///
/// To a doctor, what they wrote; with `patient`, the patient's whole chart if it is open to them, else what they wrote
/// there. To a patient their own, to the administrator the hospital's. There is no `search`: records are not in the search
/// index.
#[utoipa::path(
    get,
    path = "/api/medical-records/",
    operation_id = "list_medical_records",
    tag = "Medical records",
    params(
        ("page" = Option<u64>, Query, description = "From 1"),
        ("page_size" = Option<u32>, Query, description = "20 unless asked, at most 100"),
        ("ordering" = Option<String>, Query, description = "created_at; - for descending"),
        ("patient" = Option<u64>, Query, description = "One who is none is an error; to a patient, others find nothing"),
        ("doctor" = Option<u64>, Query, description = "Who wrote it; one who is none is an error"),
        ("record_type" = Option<String>, Query, description = "As it is spelled"),
        ("date_from" = Option<String>, Query, description = "Made from; a date is a day of the hospital"),
        ("date_to" = Option<String>, Query, description = "Made until, inclusive"),
    ),
    responses((status = 200, body = Page<MedicalRecord>), Reading)
)]
pub(crate) async fn list(
    State(house): Desk,
    Caller(ctx): Caller,
    url: RequestUrl,
    mut params: Params,
) -> Outcome<Listing<Page<MedicalRecord>>> {
    let wanted = page(&mut params);
    let mut query = query(&mut params, &house.zone(&ctx).await);
    query.patient = params.id("patient");
    query.record_type = params.text("record_type", longest("record_type"));
    params.finish()?;
    let listed = chart::list(&house, &ctx, query, slice(wanted)).await?;
    Ok(Listing(Page::new(wanted, &url, listed, |found| {
        let record: ward_domain::chart::MedicalRecord = found.document;
        record.into()
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newest_come_first_unless_asked_and_wrong_parameters_are_named() {
        for (text, ascending, wrong) in [
            ("", false, &[][..]),
            ("ordering=created_at", true, &[]),
            ("ordering=-created_at", false, &[]),
            ("ordering=title&doctor=x&date_from=never", false, &["ordering", "doctor", "date_from"]),
        ] {
            let mut params = Params::read(text);
            assert_eq!(query(&mut params, &Zone::UTC).ascending, ascending, "{text}");
            let refused = std::mem::take(params.errors()).finish().err();
            let named: Vec<_> = refused.into_iter().flat_map(|refusal| refusal.fields).collect();
            assert_eq!(named.iter().map(|error| &*error.field).collect::<Vec<_>>(), wrong, "{text}");
        }
    }
}
