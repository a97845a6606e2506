//! `POST /api/appointments/waiting-list/`

use super::entry::{WaitingEntry, one};
use super::{MAX_NOTES, MAX_TIME, MAX_TYPE};
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
use ward_domain::zone::Zone;
use ward_http::{Caller, Given, JsonBody, Outcome, bounds};
use ward_services::waiting::{self, Joining};

/// What is waited for.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct JoinWaitingList {
    #[schema(value_type = u64)]
    doctor: Given<Id>,
    /// Who waits; a patient who says nothing waits for themself.
    #[schema(value_type = Option<u64>)]
    patient: Given<Id>,
    /// Slots that begin from here on; a date is a day of the hospital.
    #[schema(value_type = String, example = "2025-01-20")]
    from: Given<String>,
    /// Slots that begin until here, inclusive; at most 400 days ahead.
    #[schema(value_type = String, example = "2025-01-31")]
    until: Given<String>,
    #[schema(value_type = Option<String>, default = "consultation")]
    appointment_type: Given<String>,
    #[schema(value_type = Option<String>)]
    notes: Given<String>,
}

impl JoinWaitingList {
    fn read(self, caller: Id, role: Role, zone: &Zone) -> Result<Joining, Refusal> {
        let mut errors = FieldErrors::default();
        let doctor = self.doctor.required("doctor", &mut errors);
        let patient = if role == Role::Patient {
            self.patient.optional("patient", &mut errors).or(Some(caller))
        } else {
            self.patient.required("patient", &mut errors)
        };
        let (from, until) = (self.from.line(MAX_TIME), self.until.line(MAX_TIME));
        let said = |given: &Given<String>| match given {
            Given::Value(text) => text.clone(),
            _ => String::new(),
        };
        let (first_day, last_day) = (said(&from), said(&until));
        let from = bounds::from(from, zone).required("from", &mut errors);
        let until = bounds::until(until, zone).required("until", &mut errors);
        let kind = self.appointment_type.line(MAX_TYPE).optional("appointment_type", &mut errors);
        let notes = self.notes.lines(MAX_NOTES).optional("notes", &mut errors);
        errors.finish()?;
        let (Some(doctor), Some(patient), Some(from), Some(until)) = (doctor, patient, from, until) else {
            unreachable!("noted above")
        };
        Ok(Joining {
            doctor,
            patient,
            from: (first_day, from),
            until: (last_day, until),
            appointment_type: kind
                .filter(|kind| !kind.is_empty())
                .unwrap_or_else(|| "consultation".to_owned()),
            notes: notes.unwrap_or_default(),
        })
    }
}

/// Joins a waiting list
///
/// A slot of the doctor that becomes free within these days is offered to who has waited longest, by mail, and kept for
/// them until the offer expires. What is free already can be booked.
#[utoipa::path(
    post,
    path = "/api/appointments/waiting-list/",
    operation_id = "join_waiting_list",
    tag = "Waiting list",
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once")),
    request_body = JoinWaitingList,
    responses((status = 201, body = WaitingEntry), Writing)
)]
pub(crate) async fn join(
    State(house): Desk,
    Caller(ctx): Caller,
    JsonBody(body): JsonBody<JoinWaitingList>,
) -> Outcome<impl IntoResponse> {
    let joining = body.read(ctx.user.id(), ctx.role, &house.zone(&ctx).await)?;
    let joined = waiting::join(&house, &ctx, joining).await?;
    Ok((StatusCode::CREATED, one(joined)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(body: &Value, role: Role) -> Result<Joining, String> {
        let body: JoinWaitingList = serde_json::from_value(body.clone()).unwrap();
        let names = |refusal: Refusal| {
            refusal.fields.iter().map(|error| error.field.to_string()).collect::<Vec<_>>().join(",")
        };
        body.read(Id::new(3).unwrap(), role, &Zone::named("Europe/Madrid").unwrap()).map_err(names)
    }

    #[test]
    fn days_are_the_hospitals_and_stay_as_they_were_asked() {
        let body = json!({"doctor": 2, "from": "2025-01-20", "until": "2025-01-31"});
        let joining = read(&body, Role::Patient).unwrap();
        let (day, first) = joining.from;
        assert_eq!((day.as_str(), first.to_string().as_str()), ("2025-01-20", "2025-01-19T23:00:00Z"));
        assert_eq!(joining.until.1.to_string(), "2025-01-31T22:59:59.999Z");
        assert_eq!((joining.patient.get(), joining.appointment_type.as_str()), (3, "consultation"));
    }

    #[test]
    fn wrong_fields_are_named() {
        for (body, expected) in [
            (json!({}), "doctor,patient,from,until"),
            (
                json!({"doctor": "x", "patient": 3, "from": "soon", "until": 7, "notes": []}),
                "doctor,from,until,notes",
            ),
        ] {
            assert_eq!(read(&body, Role::Staff).err().as_deref(), Some(expected), "{body}");
        }
    }
}
