//! A place on a waiting list as this API spells it.

use axum::Json;
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::calendar;
use ward_domain::id::AppointmentId;
use ward_domain::time::Time;
use ward_http::extract::etag;
use ward_services::house::Versioned;

/// Someone who waits for a doctor's time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WaitingEntry {
    id: u64,
    doctor: u64,
    patient: u64,
    /// The first day, as asked.
    #[schema(example = "2025-01-20")]
    from: String,
    /// The last day, as asked.
    #[schema(example = "2025-01-31")]
    until: String,
    #[schema(example = "consultation")]
    appointment_type: String,
    notes: String,
    /// `waiting`, `offered`, `booked`, `withdrawn` or `ended`.
    status: &'static str,
    /// The slot that is offered; null where none is.
    offer: Option<Offer>,
    /// What was booked by accepting.
    appointment: Option<u64>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
}

/// A slot that is kept for who waits, until the offer expires.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Offer {
    slot: u64,
    #[schema(value_type = String, format = DateTime)]
    start_time: Time,
    #[schema(value_type = String, format = DateTime)]
    end_time: Time,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Time,
}

impl From<calendar::WaitingEntry> for WaitingEntry {
    fn from(entry: calendar::WaitingEntry) -> Self {
        let offer = entry.offer.filter(|_| entry.status == calendar::WaitingStatus::Offered);
        Self {
            id: entry.id.get(),
            doctor: entry.doctor.get(),
            patient: entry.patient.get(),
            from: entry.first_day,
            until: entry.last_day,
            appointment_type: entry.appointment_type,
            notes: entry.notes,
            status: entry.status.word(),
            offer: offer.map(|offer| Offer {
                slot: offer.slot.get(),
                start_time: offer.start,
                end_time: offer.end,
                expires_at: offer.until,
            }),
            appointment: entry.appointment.map(AppointmentId::get),
            created_at: entry.created_at,
            updated_at: entry.updated_at,
        }
    }
}

/// An entry as an answer, with its version.
pub(super) fn one(found: Versioned<calendar::WaitingEntry>) -> impl IntoResponse {
    (etag(found.version), Json(WaitingEntry::from(found.document)))
}
