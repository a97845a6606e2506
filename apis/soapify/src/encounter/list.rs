//! `GET /api/encounters/`: the caller's consultations.

use super::Row;
use super::create::object_url;
use crate::answer::{Answer, Errors, Page};
use axum::Json;
use axum::extract::State;
use std::sync::Arc;
use ward_domain::encounter::{Encounter, EncounterStatus};
use ward_domain::zone::Zone;
use ward_http::{Caller, Direction, Outcome, PageRequest, Params, RequestUrl, bounds};
use ward_services::encounter::{self, EncounterOrder, EncounterQuery};
use ward_services::{House, Order};

/// Longest search, in characters.
const MAX_SEARCH: usize = 200;

/// The caller's consultations, newest first.
#[utoipa::path(
    get, path = "/api/encounters/", tag = "Encounters", security(("bearer" = [])),
    params(
        ("page" = Option<u64>, Query, description = "From 1."),
        ("page_size" = Option<u32>, Query, description = "20; at most 100."),
        ("search" = Option<String>, Query, description = "Words in patients' names and complaints."),
        ("status" = Option<String>, Query, description = "pending, processing, completed or failed."),
        ("date_from" = Option<String>, Query, description = "Made then or later: a time, or a day of the hospital."),
        ("date_to" = Option<String>, Query, description = "Made then or before; a day is included."),
        ("ordering" = Option<String>, Query, description = "created_at, -created_at, patient_name, -patient_name."),
    ),
    responses((status = 200, description = "A page.", body = Answer<Page<Row>>), Errors)
)]
pub async fn list(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    url: RequestUrl,
    params: Params,
) -> Outcome<Json<Answer<Page<Row>>>> {
    let (query, page) = read(params, &house.zone(&ctx).await)?;
    let wanted = ward_services::PageRequest { offset: page.offset(), limit: page.size as usize };
    let listed = encounter::list(&house, &ctx, query, wanted).await?;
    let row = |encounter: &Encounter| {
        let link = encounter::audio_link(&house, &ctx.scope, encounter);
        Row::new(encounter, link.map(|path| object_url(&url, &path)).unwrap_or_default())
    };
    let rows = listed.items.iter().map(|item| row(&item.document)).collect();
    Ok(Json(Answer::new(Page::new(page, listed.total, &url, rows), ctx.now)))
}

fn read(mut params: Params, zone: &Zone) -> Outcome<(EncounterQuery, PageRequest)> {
    let page = params.page("page_size", 20, 100);
    let orders = [("created_at", EncounterOrder::Created), ("patient_name", EncounterOrder::PatientName)];
    let (by, direction) =
        params.ordering(&orders).unwrap_or((EncounterOrder::Created, Direction::Descending));
    let query = EncounterQuery {
        search: params.text("search", MAX_SEARCH),
        status: params.choice("status", &EncounterStatus::ALL.map(|status| (status.word(), status))),
        created: bounds::period(&mut params, zone),
        order: Order { by, descending: direction == Direction::Descending },
    };
    params.finish()?;
    Ok((query, page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_is_read_and_wrong_parameters_are_refused() {
        let (query, page) = read(Params::read(""), &Zone::UTC).unwrap();
        assert_eq!((page.number, page.size), (1, 20));
        assert_eq!(query.order, Order { by: EncounterOrder::Created, descending: true });
        let (query, page) =
            read(Params::read("ordering=patient_name&status=failed&page_size=500"), &Zone::UTC).unwrap();
        assert_eq!(query.order, Order { by: EncounterOrder::PatientName, descending: false });
        assert_eq!((query.status, page.size), (Some(EncounterStatus::Failed), 100));
        for wrong in ["ordering=notes", "status=done", "page=x", "date_to=soon"] {
            assert!(read(Params::read(wrong), &Zone::UTC).is_err(), "{wrong}");
        }
    }
}
