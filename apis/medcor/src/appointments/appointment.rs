//! An appointment as this API spells it.

use axum::Json;
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::calendar::{self, ReminderState};
use ward_domain::time::Time;
use ward_http::extract::etag;
use ward_services::house::Versioned;

/// A patient's time with a doctor.
#[derive(Debug, Serialize, ToSchema)]
#[allow(clippy::struct_field_names)] // the document's names
pub(crate) struct Appointment {
    id: u64,
    patient: u64,
    doctor: u64,
    /// The slot that it holds, or held last.
    slot: u64,
    #[schema(example = "consultation")]
    appointment_type: String,
    reason: String,
    notes: String,
    /// `scheduled`, `confirmed`, `completed`, `cancelled` or `no_show`.
    status: &'static str,
    #[schema(value_type = String, format = DateTime)]
    start_time: Time,
    #[schema(value_type = String, format = DateTime)]
    end_time: Time,
    /// True once it was moved.
    is_rescheduled: bool,
    /// The user who booked.
    booked_by: u64,
    cancellation_reason: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    cancelled_at: Option<Time>,
    reminders: Vec<Reminder>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
}

/// A message to the patient before the appointment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Reminder {
    minutes_before: i64,
    #[schema(value_type = String, format = DateTime)]
    due_at: Time,
    /// `pending`, `sent` or `skipped`.
    status: &'static str,
    #[schema(value_type = Option<String>, format = DateTime)]
    sent_at: Option<Time>,
}

impl From<calendar::Reminder> for Reminder {
    fn from(reminder: calendar::Reminder) -> Self {
        Self {
            minutes_before: reminder.minutes_before,
            due_at: reminder.due,
            status: match reminder.state {
                ReminderState::Pending => "pending",
                ReminderState::Sent => "sent",
                ReminderState::Skipped => "skipped",
            },
            sent_at: reminder.sent_at,
        }
    }
}

impl From<calendar::Appointment> for Appointment {
    fn from(appointment: calendar::Appointment) -> Self {
        let (cancelled_at, cancellation_reason) =
            appointment.cancellation.map(|cancellation| (cancellation.at, cancellation.reason)).unzip();
        Self {
            id: appointment.id.get(),
            patient: appointment.patient.get(),
            doctor: appointment.doctor.get(),
            slot: appointment.slot.get(),
            appointment_type: appointment.appointment_type,
            reason: appointment.reason,
            notes: appointment.notes,
            status: appointment.status.word(),
            start_time: appointment.start,
            end_time: appointment.end,
            is_rescheduled: appointment.rescheduled,
            booked_by: appointment.booked_by.get(),
            cancellation_reason: cancellation_reason.unwrap_or_default(),
            cancelled_at,
            reminders: appointment.reminders.into_iter().map(Into::into).collect(),
            created_at: appointment.created_at,
            updated_at: appointment.updated_at,
        }
    }
}

/// An appointment as an answer, with its version.
pub(crate) fn one(found: Versioned<calendar::Appointment>) -> impl IntoResponse {
    (etag(found.version), Json(Appointment::from(found.document)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use ward_domain::calendar::{AppointmentStatus, Cancellation};
    use ward_domain::id::Id;
    use ward_domain::time::{HOUR, MINUTE};

    #[test]
    fn every_field_is_there_before_and_after_a_cancellation() {
        let id = |number| Id::new(number).unwrap();
        let start = Time::parse("2025-01-20T09:00:00Z").unwrap();
        let mut appointment = calendar::Appointment {
            id: id(1).into(),
            doctor: id(2).into(),
            patient: id(3).into(),
            slot: id(4).into(),
            start,
            end: start.plus(30 * MINUTE),
            status: AppointmentStatus::Scheduled,
            rescheduled: false,
            appointment_type: "consultation".into(),
            reason: "Regular checkup".into(),
            notes: String::new(),
            booked_by: id(5).into(),
            cancellation: None,
            reminders: calendar::Appointment::reminders_for(start, start.plus(-HOUR)),
            created_at: start.plus(-HOUR),
            updated_at: start.plus(-HOUR),
            sequence: 0,
        };
        let mut expected = json!({
            "id": 1, "doctor": 2, "patient": 3, "slot": 4, "booked_by": 5,
            "start_time": "2025-01-20T09:00:00Z", "end_time": "2025-01-20T09:30:00Z",
            "status": "scheduled", "is_rescheduled": false,
            "appointment_type": "consultation", "reason": "Regular checkup", "notes": "",
            "cancellation_reason": "", "cancelled_at": null,
            "reminders": [
                {"minutes_before": 1440, "due_at": "2025-01-19T09:00:00Z", "status": "skipped", "sent_at": null},
                {"minutes_before": 30, "due_at": "2025-01-20T08:30:00Z", "status": "pending", "sent_at": null},
            ],
            "created_at": "2025-01-20T08:00:00Z", "updated_at": "2025-01-20T08:00:00Z",
        });
        assert_eq!(serde_json::to_value(Appointment::from(appointment.clone())).unwrap(), expected);

        appointment.status = AppointmentStatus::Cancelled;
        appointment.cancellation = Some(Cancellation { by: id(3).into(), at: start, reason: "Ill".into() });
        expected["status"] = json!("cancelled");
        expected["cancellation_reason"] = json!("Ill");
        expected["cancelled_at"] = json!("2025-01-20T09:00:00Z");
        assert_eq!(serde_json::to_value(Appointment::from(appointment)).unwrap(), expected);
    }
}
