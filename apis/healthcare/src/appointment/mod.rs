//! Appointments on the wire.

pub mod list;
pub mod read;

use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::calendar::Appointment;
use ward_domain::time::Time;

/// An appointment. People and slots are ids.
#[derive(Debug, Serialize, ToSchema)]
pub struct Booked {
    id: u64,
    doctor: u64,
    patient: u64,
    slot: u64,
    #[schema(value_type = String, format = DateTime)]
    start_time: Time,
    #[schema(value_type = String, format = DateTime)]
    end_time: Time,
    /// `scheduled`, `confirmed`, `completed`, `cancelled` or `no_show`.
    #[schema(example = "scheduled")]
    status: &'static str,
    /// True once it was moved.
    rescheduled: bool,
    #[schema(example = "consultation")]
    appointment_type: String,
    reason: String,
    notes: String,
    /// Null unless it was cancelled.
    cancellation: Option<Cancelled>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
}

/// Who cancelled an appointment, when and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct Cancelled {
    by: u64,
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    reason: String,
}

impl From<Appointment> for Booked {
    fn from(appointment: Appointment) -> Self {
        Self {
            id: appointment.id.get(),
            doctor: appointment.doctor.get(),
            patient: appointment.patient.get(),
            slot: appointment.slot.get(),
            start_time: appointment.start,
            end_time: appointment.end,
            status: appointment.status.word(),
            rescheduled: appointment.rescheduled,
            appointment_type: appointment.appointment_type,
            reason: appointment.reason,
            notes: appointment.notes,
            cancellation: appointment.cancellation.map(|cancellation| Cancelled {
                by: cancellation.by.get(),
                at: cancellation.at,
                reason: cancellation.reason,
            }),
            created_at: appointment.created_at,
            updated_at: appointment.updated_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_appointment_has_its_form() {
        let appointment: Appointment = serde_json::from_value(json!({
            "id": 5, "doctor": 2, "patient": 3, "slot": 4, "start": "2025-01-20T09:00:00Z",
            "end": "2025-01-20T09:30:00Z", "status": "cancelled", "appointment_type": "consultation",
            "reason": "Headache", "notes": "", "booked_by": 3, "reminders": [],
            "cancellation": {"by": 3, "at": "2025-01-19T09:00:00Z", "reason": "Better"},
            "created_at": "2025-01-01T00:00:00Z", "updated_at": "2025-01-19T09:00:00Z"
        }))
        .unwrap();
        let expected = json!({
            "id": 5, "doctor": 2, "patient": 3, "slot": 4, "start_time": "2025-01-20T09:00:00Z",
            "end_time": "2025-01-20T09:30:00Z", "status": "cancelled", "rescheduled": false,
            "appointment_type": "consultation", "reason": "Headache", "notes": "",
            "cancellation": {"by": 3, "at": "2025-01-19T09:00:00Z", "reason": "Better"},
            "created_at": "2025-01-01T00:00:00Z", "updated_at": "2025-01-19T09:00:00Z"
        });
        assert_eq!(serde_json::to_value(Booked::from(appointment)).unwrap(), expected);
    }
}
