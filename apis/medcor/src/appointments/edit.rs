//! `PUT /api/appointments/{id}/`

use super::appointment::{Appointment, one};
use super::{MAX_NOTES, MAX_REASON, MAX_TYPE};
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::ToSchema;
use ward_domain::calendar::{AppointmentStatus, Edit};
use ward_domain::id::Id;
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_http::{Caller, Given, IfMatch, InPath, JsonBody, Outcome, PathId};
use ward_services::appointment;

/// What is to change; what is missing stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct EditAppointment {
    #[schema(value_type = Option<String>)]
    appointment_type: Given<String>,
    #[schema(value_type = Option<String>)]
    reason: Given<String>,
    #[schema(value_type = Option<String>)]
    notes: Given<String>,
    /// Another slot of the same doctor moves the appointment.
    #[schema(value_type = Option<u64>)]
    slot: Given<Id>,
    /// `confirmed`, `cancelled`, `completed` or `no_show`; `scheduled` only as it is, or with another slot.
    #[schema(value_type = Option<String>, example = "confirmed")]
    status: Given<String>,
}

impl EditAppointment {
    fn read(self) -> Result<(Edit, Option<AppointmentStatus>), Refusal> {
        let mut errors = FieldErrors::default();
        let kind = self.appointment_type.line(MAX_TYPE).patch("appointment_type", &mut errors);
        let reason = self.reason.lines(MAX_REASON).patch("reason", &mut errors);
        let notes = self.notes.lines(MAX_NOTES).patch("notes", &mut errors);
        let slot = self.slot.optional("slot", &mut errors);
        let statuses = AppointmentStatus::ALL.map(|status| (status.word(), status));
        let status = self.status.choice(&statuses).optional("status", &mut errors);
        errors.finish()?;
        let edit = Edit {
            appointment_type: kind.map(Option::unwrap_or_default),
            reason: reason.map(Option::unwrap_or_default),
            notes: notes.map(Option::unwrap_or_default),
            slot: slot.map(Into::into),
        };
        Ok((edit, status))
    }
}

/// Updates an appointment
///
/// Changes its words, moves it to another slot of the same doctor, or says where it stands.
#[utoipa::path(
    put,
    path = "/api/appointments/{id}/",
    operation_id = "edit_appointment",
    tag = "Appointments",
    params(("id" = u64, Path), ("If-Match" = Option<String>, Header, description = "The ETag that is edited")),
    request_body = EditAppointment,
    responses((status = 200, body = Appointment), Writing)
)]
pub(crate) async fn edit(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    IfMatch(if_version): IfMatch,
    JsonBody(body): JsonBody<EditAppointment>,
) -> Outcome<impl IntoResponse> {
    let (edit, status) = body.read()?;
    let updated = appointment::update(&house, &ctx, id, edit, status, if_version).await?;
    Ok(one(updated))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(body: &Value) -> Result<(Edit, Option<AppointmentStatus>), String> {
        let body: EditAppointment = serde_json::from_value(body.clone()).unwrap();
        let names = |refusal: Refusal| {
            refusal.fields.iter().map(|error| error.field.to_string()).collect::<Vec<_>>().join(",")
        };
        body.read().map_err(names)
    }

    #[test]
    fn an_edit_holds_what_was_sent_and_nothing_else() {
        let none = Edit::default();
        for (body, expected) in [
            (json!({}), Ok((none.clone(), None))),
            (json!({"patient": 9, "doctor": 9, "start_time": "x"}), Ok((none.clone(), None))),
            (json!({"notes": null}), Ok((Edit { notes: Some(String::new()), ..none.clone() }, None))),
            (json!({"slot": 7}), Ok((Edit { slot: Id::new(7).map(Into::into), ..none.clone() }, None))),
            (json!({"status": "no_show"}), Ok((none.clone(), Some(AppointmentStatus::NoShow)))),
            (json!({"status": "lost", "slot": "x", "reason": []}), Err("reason,slot,status".to_owned())),
        ] {
            assert_eq!(read(&body), expected, "{body}");
        }
    }
}
