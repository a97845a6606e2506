//! The body of an event, as each API spells it. The same delivery has the same bytes at every attempt.

use super::{Delivery, EventKind, Facts};
use crate::calendar::AppointmentStatus;
use crate::face::Face;
use crate::id::{EventId, Id, IdKind};
use crate::time::Time;
use serde::Serialize;
use serde_json::{Value, json};

#[derive(Serialize)]
struct Body<'a> {
    id: String,
    #[serde(rename = "type")]
    kind: &'a str,
    created: Time,
    data: Value,
}

/// The id of an event on the wire.
pub fn event_id(event: EventId) -> String {
    event.id().prefixed(IdKind::Event)
}

/// The body of a delivery.
pub fn body(face: Face, delivery: &Delivery) -> Vec<u8> {
    let body = Body {
        id: event_id(delivery.event),
        kind: delivery.kind.name(face),
        created: delivery.created_at,
        data: data(face, delivery.kind, &delivery.facts),
    };
    // Plain text keys and finite numbers: it always has a JSON form.
    serde_json::to_vec(&body).unwrap_or_default()
}

fn data(face: Face, kind: EventKind, facts: &Facts) -> Value {
    let mark = face == Face::Mark;
    let spelled = |of: IdKind, id: Id| if mark { json!(id.prefixed(of)) } else { json!(id.get()) };
    match facts {
        Facts::Appointment { id, then } if mark => json!({
            "appointment_id": spelled(IdKind::Appointment, id.id()),
            "patient_id": spelled(IdKind::Patient, then.patient.id()),
            "start_time": then.start,
            "end_time": then.end,
            "status": mark_status(kind, then.status),
        }),
        Facts::Appointment { id, then } => json!({
            "id": id.get(),
            "doctor": then.doctor.get(),
            "patient": then.patient.get(),
            "start_time": then.start,
            "end_time": then.end,
            "status": then.status.word(),
        }),
        Facts::Account { user, then } if kind_is_patient(kind) => {
            let name = if mark { "patient_id" } else { "id" };
            json!({ name: spelled(IdKind::Patient, user.id()), "is_active": then.active })
        }
        Facts::Account { user, then } => {
            let name = if mark { "user_id" } else { "id" };
            json!({ name: spelled(IdKind::User, user.id()), "role": then.role.word(), "is_active": then.active })
        }
        Facts::Ping { webhook } => {
            let name = if mark { "webhook_id" } else { "webhook" };
            json!({ name: spelled(IdKind::Webhook, webhook.id()) })
        }
    }
}

const fn kind_is_patient(kind: EventKind) -> bool {
    matches!(kind, EventKind::PatientCreated | EventKind::PatientUpdated)
}

/// Mark spells `canceled` with one l, and says of one that was moved that it is `rescheduled`.
const fn mark_status(kind: EventKind, status: AppointmentStatus) -> &'static str {
    match (kind, status) {
        (EventKind::AppointmentRescheduled, _) => "rescheduled",
        (_, AppointmentStatus::Cancelled) => "canceled",
        _ => status.word(),
    }
}
