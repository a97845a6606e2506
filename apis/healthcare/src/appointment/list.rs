//! `GET /api/appointments/`: the appointments that the caller's role reaches.

use super::Booked;
use crate::answer::{Answer, Errors, Page};
use axum::Json;
use axum::extract::State;
use std::sync::Arc;
use ward_domain::calendar::AppointmentStatus;
use ward_domain::zone::Zone;
use ward_http::{Caller, Direction, Outcome, PageRequest, Params, RequestUrl, bounds};
use ward_services::appointment::{self, AppointmentOrder, AppointmentQuery, Recorded};
use ward_services::{Filters, House, Order};

/// Longest search, in characters.
const MAX_SEARCH: usize = 200;

/// The caller's appointments (the hospital's, for its administrator and staff), newest first.
#[utoipa::path(
    get, path = "/api/appointments/", tag = "Appointments", security(("bearer" = [])),
    params(
        ("page" = Option<u64>, Query, description = "From 1."),
        ("page_size" = Option<u32>, Query, description = "20; at most 100."),
        ("status" = Option<String>, Query, description = "scheduled, confirmed, completed, cancelled or no_show."),
        ("search" = Option<String>, Query, description = "Words in reason, notes and people's names."),
        ("created_at" = Option<String>, Query, description = "Booked on a day of the hospital."),
        ("updated_at" = Option<String>, Query, description = "Last changed on a day of the hospital."),
        ("ordering" = Option<String>, Query, description = "created_at or start_time, with - for the latest first."),
    ),
    responses((status = 200, description = "A page.", body = Answer<Page<Booked>>), Errors)
)]
pub async fn list(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    url: RequestUrl,
    params: Params,
) -> Outcome<Json<Answer<Page<Booked>>>> {
    let (query, recorded, page) = read(params, &house.zone(&ctx).await)?;
    let wanted = ward_services::PageRequest { offset: page.offset(), limit: page.size as usize };
    let listed = appointment::list_recorded(&house, &ctx, query, recorded, wanted).await?;
    let rows = listed.items.into_iter().map(|item| Booked::from(item.document)).collect();
    Ok(Json(Answer::new("Appointments.", Page::new(page, listed.total, &url, rows))))
}

fn read(mut params: Params, zone: &Zone) -> Outcome<(AppointmentQuery, Recorded, PageRequest)> {
    let page = params.page("page_size", 20, 100);
    let orders = [("created_at", AppointmentOrder::Created), ("start_time", AppointmentOrder::Start)];
    let (by, direction) =
        params.ordering(&orders).unwrap_or((AppointmentOrder::Created, Direction::Descending));
    let query = AppointmentQuery {
        doctor: None,
        patient: None,
        status: params.choice("status", &AppointmentStatus::ALL.map(|status| (status.word(), status))),
        start: Filters::default(),
        search: params.text("search", MAX_SEARCH),
        order: Order { by, descending: direction == Direction::Descending },
    };
    let recorded = Recorded {
        created: bounds::on(&mut params, zone, "created_at"),
        updated: bounds::on(&mut params, zone, "updated_at"),
    };
    params.finish()?;
    Ok((query, recorded, page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_is_read_and_wrong_parameters_are_refused() {
        let (query, recorded, page) = read(Params::read("ordering=-start_time&page=2"), &Zone::UTC).unwrap();
        assert_eq!(query.order, Order { by: AppointmentOrder::Start, descending: true });
        assert_eq!((recorded, page.offset()), (Recorded::default(), 20));
        let (_, recorded, _) = read(Params::read("created_at=2025-01-20"), &Zone::UTC).unwrap();
        assert_eq!(recorded.created.until.unwrap().to_string(), "2025-01-20T23:59:59.999Z");
        for wrong in ["status=gone", "created_at=soon", "ordering=doctor", "page_size=x"] {
            assert!(read(Params::read(wrong), &Zone::UTC).is_err(), "{wrong}");
        }
    }
}
