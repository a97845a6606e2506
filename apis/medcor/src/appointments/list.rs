//! `GET /api/appointments/`

use super::appointment::Appointment;
use crate::Desk;
use crate::description::Reading;
use crate::list::{Page, descending, page, slice};
use axum::extract::State;
use ward_domain::calendar::AppointmentStatus;
use ward_domain::zone::Zone;
use ward_http::bounds::period;
use ward_http::{Caller, Listing, Outcome, Params, RequestUrl};
use ward_services::appointment::{self, AppointmentOrder, AppointmentQuery};
use ward_services::{Listed, Order};

const ORDERS: [(&str, AppointmentOrder); 2] =
    [("created_at", AppointmentOrder::Created), ("start_time", AppointmentOrder::Start)];

/// Reads the filters; wrong ones stay noted in `params`. The latest booked first unless asked otherwise.
fn query(params: &mut Params, zone: &Zone) -> AppointmentQuery {
    let order = params.ordering(&ORDERS);
    AppointmentQuery {
        doctor: params.id("doctor"),
        patient: params.id("patient"),
        status: params.choice("status", &AppointmentStatus::ALL.map(|status| (status.word(), status))),
        start: period(params, zone),
        search: params.text("search", 500),
        order: Order {
            by: order.map_or(AppointmentOrder::Created, |(by, _)| by),
            descending: descending(order.map(|(_, direction)| direction), true),
        },
    }
}

/// Lists appointments
///
/// One's own for doctors and patients, all of the hospital for its administrator and staff.
#[utoipa::path(
    get,
    path = "/api/appointments/",
    operation_id = "list_appointments",
    tag = "Appointments",
    params(
        ("page" = Option<u64>, Query, description = "From 1"),
        ("page_size" = Option<u32>, Query, description = "20 unless asked, at most 100"),
        ("search" = Option<String>, Query, description = "Words to find in reason, notes and names"),
        ("ordering" = Option<String>, Query, description = "created_at, start_time; - for descending"),
        ("status" = Option<String>, Query, description = "scheduled, confirmed, completed, cancelled or no_show"),
        ("doctor" = Option<u64>, Query, description = "One who is none is an error"),
        ("patient" = Option<u64>, Query, description = "One who is none is an error; to a patient, others find nothing"),
        ("hospital" = Option<u64>, Query, description = "Another's id finds nothing"),
        ("date_from" = Option<String>, Query, description = "Beginning from; a date is a day of the hospital"),
        ("date_to" = Option<String>, Query, description = "Beginning until, inclusive"),
    ),
    responses((status = 200, body = Page<Appointment>), Reading)
)]
pub(crate) async fn list(
    State(house): Desk,
    Caller(ctx): Caller,
    url: RequestUrl,
    mut params: Params,
) -> Outcome<Listing<Page<Appointment>>> {
    let wanted = page(&mut params);
    let query = query(&mut params, &house.zone(&ctx).await);
    let hospital = params.id("hospital");
    params.finish()?;
    let listed = if hospital.is_some_and(|hospital| hospital.get() != ctx.scope.tenant().get()) {
        Listed { items: Vec::new(), total: 0 }
    } else {
        appointment::list(&house, &ctx, query, slice(wanted)).await?
    };
    Ok(Listing(Page::new(wanted, &url, listed, |found| found.document.into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<AppointmentQuery, String> {
        let mut params = Params::read(text);
        let query = query(&mut params, &Zone::UTC);
        let names = |refusal: ward_domain::refusal::Refusal| {
            refusal.fields.iter().map(|error| error.field.to_string()).collect::<Vec<_>>().join(",")
        };
        std::mem::take(params.errors()).finish().map(|()| query).map_err(names)
    }

    #[test]
    fn orders_and_statuses_are_read() {
        let by = |by, descending| Order { by, descending };
        for (text, expected) in [
            ("", by(AppointmentOrder::Created, true)),
            ("ordering=created_at", by(AppointmentOrder::Created, false)),
            ("ordering=-start_time", by(AppointmentOrder::Start, true)),
        ] {
            assert_eq!(read(text).unwrap().order, expected, "{text}");
        }
        assert_eq!(read("status=no_show").unwrap().status, Some(AppointmentStatus::NoShow));
    }

    #[test]
    fn wrong_parameters_are_named() {
        for (text, expected) in [
            ("ordering=notes&status=booked", "ordering,status"),
            ("doctor=x&patient=-1&date_to=later", "doctor,patient,date_to"),
        ] {
            assert_eq!(read(text).err().as_deref(), Some(expected), "{text}");
        }
    }
}
