//! `POST /api/appointments/`

use super::appointment::{Appointment, one};
use super::{MAX_NOTES, MAX_REASON, MAX_TYPE};
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use ward_domain::id::Id;
use ward_domain::policy::Role;
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_http::{Caller, Given, JsonBody, Outcome};
use ward_services::appointment::{self, Booking};

/// A slot to be booked.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct BookAppointment {
    /// For whom; a patient who says nothing books for themself.
    #[schema(value_type = Option<u64>)]
    patient: Given<Id>,
    /// Must be the slot's.
    #[schema(value_type = u64)]
    doctor: Given<Id>,
    #[schema(value_type = u64)]
    slot: Given<Id>,
    #[schema(value_type = Option<String>, default = "consultation")]
    appointment_type: Given<String>,
    #[schema(value_type = Option<String>, example = "Regular checkup")]
    reason: Given<String>,
    #[schema(value_type = Option<String>)]
    notes: Given<String>,
}

impl BookAppointment {
    /// `caller` and their role, for a patient need not name themself.
    fn read(self, caller: Id, role: Role) -> Result<Booking, Refusal> {
        let mut errors = FieldErrors::default();
        let patient = if role == Role::Patient {
            self.patient.optional("patient", &mut errors).or(Some(caller))
        } else {
            self.patient.required("patient", &mut errors)
        };
        let doctor = self.doctor.required("doctor", &mut errors);
        let slot = self.slot.required("slot", &mut errors);
        let kind = self.appointment_type.line(MAX_TYPE).optional("appointment_type", &mut errors);
        let reason = self.reason.lines(MAX_REASON).optional("reason", &mut errors);
        let notes = self.notes.lines(MAX_NOTES).optional("notes", &mut errors);
        errors.finish()?;
        let (Some(patient), Some(slot)) = (patient, slot) else { unreachable!("noted above") };
        Ok(Booking {
            patient,
            doctor,
            slot,
            appointment_type: kind
                .filter(|kind| !kind.is_empty())
                .unwrap_or_else(|| "consultation".to_owned()),
            reason: reason.unwrap_or_default(),
            notes: notes.unwrap_or_default(),
        })
    }
}

/// Creates an appointment
///
/// A slot that is taken answers 409 with up to three free ones in `error.alternatives`.
#[utoipa::path(
    post,
    path = "/api/appointments/",
    operation_id = "book_appointment",
    tag = "Appointments",
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once")),
    request_body = BookAppointment,
    responses((status = 201, body = Appointment), Writing)
)]
pub(crate) async fn book(
    State(house): Desk,
    Caller(ctx): Caller,
    JsonBody(body): JsonBody<BookAppointment>,
) -> Outcome<impl IntoResponse> {
    let booking = body.read(ctx.user.id(), ctx.role)?;
    let booked = appointment::book(&house, &ctx, booking).await?;
    Ok((StatusCode::CREATED, one(booked)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(body: &Value, role: Role) -> Result<Booking, String> {
        let body: BookAppointment = serde_json::from_value(body.clone()).unwrap();
        let names = |refusal: Refusal| {
            refusal.fields.iter().map(|error| error.field.to_string()).collect::<Vec<_>>().join(",")
        };
        body.read(Id::new(3).unwrap(), role).map_err(names)
    }

    #[test]
    fn a_patient_need_not_name_themself() {
        let body = json!({"doctor": 2, "slot": 1});
        let booking = read(&body, Role::Patient).unwrap();
        assert_eq!((booking.patient.get(), booking.appointment_type.as_str()), (3, "consultation"));
        assert_eq!(read(&body, Role::Staff).err().as_deref(), Some("patient"));
    }

    #[test]
    fn a_patient_who_names_another_is_taken_at_their_word() {
        // Whether they may is the use case's to say.
        let booking = read(&json!({"patient": 8, "doctor": 2, "slot": 1}), Role::Patient).unwrap();
        assert_eq!(booking.patient.get(), 8);
    }

    #[test]
    fn wrong_fields_are_named() {
        for (body, expected) in [
            (json!({}), "patient,doctor,slot"),
            (json!({"patient": "x", "doctor": null, "slot": 1.5, "reason": 5}), "patient,doctor,slot,reason"),
            (
                json!({"patient": 3, "doctor": 2, "slot": 1, "appointment_type": "x".repeat(101)}),
                "appointment_type",
            ),
            (json!({"patient": 3, "doctor": 2, "slot": 1, "notes": "a\u{0}b"}), "notes"),
        ] {
            assert_eq!(read(&body, Role::Doctor).err().as_deref(), Some(expected), "{body}");
        }
    }
}
