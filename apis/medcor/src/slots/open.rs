//! `POST /api/appointments/availability-slots/`

use super::slot::Slot;
use crate::Desk;
use crate::description::Writing;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use ward_domain::id::Id;
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_domain::time::Time;
use ward_http::extract::etag;
use ward_http::{Caller, Failure, Given, JsonBody, Outcome};
use ward_services::slot::{self, OpenSlots};

/// A window of a doctor's time.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct OpenWindow {
    #[schema(value_type = u64)]
    doctor: Given<Id>,
    #[schema(value_type = String, format = DateTime)]
    start_time: Given<Time>,
    #[schema(value_type = String, format = DateTime)]
    end_time: Given<Time>,
    /// False where the doctor keeps the time for themself.
    #[schema(value_type = Option<bool>, default = true)]
    is_available: Given<bool>,
    /// Splits the window into slots of so many minutes, 5 to 1440; without it the window is one slot.
    #[schema(value_type = Option<u32>)]
    slot_minutes: Given<i64>,
}

/// The first slot of the window; all of them where it was split.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OpenedSlots {
    #[serde(flatten)]
    first: Slot,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    slots: Vec<Slot>,
}

impl OpenWindow {
    fn read(self) -> Result<OpenSlots, Refusal> {
        let mut errors = FieldErrors::default();
        let doctor = self.doctor.required("doctor", &mut errors);
        let start = self.start_time.required("start_time", &mut errors);
        let end = self.end_time.required("end_time", &mut errors);
        let bookable = self.is_available.optional("is_available", &mut errors).unwrap_or(true);
        let slot_minutes = self.slot_minutes.optional("slot_minutes", &mut errors);
        errors.finish()?;
        let (Some(doctor), Some(start), Some(end)) = (doctor, start, end) else {
            unreachable!("noted above")
        };
        Ok(OpenSlots { doctor, start, end, slot_minutes, bookable })
    }
}

/// Creates availability slots
///
/// For the doctor and the hospital's administrator. All slots of the window are opened or none.
#[utoipa::path(
    post,
    path = "/api/appointments/availability-slots/",
    operation_id = "open_slots",
    tag = "Availability slots",
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once")),
    request_body = OpenWindow,
    responses((status = 201, body = OpenedSlots), Writing)
)]
pub(crate) async fn open(
    State(house): Desk,
    Caller(ctx): Caller,
    JsonBody(body): JsonBody<OpenWindow>,
) -> Outcome<Response> {
    let window = body.read()?;
    let split = window.slot_minutes.is_some();
    let opened = slot::open(&house, &ctx, window).await?;
    let first = opened.first().ok_or_else(|| Failure::fault("a window was opened without a slot"))?;
    let tag = etag(first.version);
    let first = Slot::new(&first.document, &ctx);
    let all = opened.iter().filter(|_| split).map(|found| Slot::new(&found.document, &ctx));
    Ok((StatusCode::CREATED, tag, Json(OpenedSlots { first, slots: all.collect() })).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(body: &Value) -> Result<OpenSlots, String> {
        let body: OpenWindow = serde_json::from_value(body.clone()).unwrap();
        let names = |refusal: Refusal| {
            refusal.fields.iter().map(|error| error.field.to_string()).collect::<Vec<_>>().join(",")
        };
        body.read().map_err(names)
    }

    #[test]
    fn the_documented_window_is_read() {
        let documented = json!({
            "doctor": 2, "start_time": "2025-01-20T09:00:00Z", "end_time": "2025-01-20T17:00:00Z", "is_available": true,
        });
        let window = read(&documented).unwrap();
        assert_eq!((window.doctor.get(), window.bookable, window.slot_minutes), (2, true, None));
        assert_eq!(window.end.to_string(), "2025-01-20T17:00:00Z");
    }

    #[test]
    fn wrong_fields_are_named() {
        for (body, expected) in [
            (json!({}), "doctor,start_time,end_time"),
            (json!({"doctor": "x", "start_time": "soon", "end_time": 5}), "doctor,start_time,end_time"),
            (
                json!({"doctor": 2, "start_time": "2025-01-20", "end_time": "2025-01-21", "is_available": 1, "slot_minutes": 7.5}),
                "is_available,slot_minutes",
            ),
        ] {
            assert_eq!(read(&body).err().as_deref(), Some(expected), "{body}");
        }
    }
}
