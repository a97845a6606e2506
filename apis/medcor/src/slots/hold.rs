//! `POST` and `DELETE /api/appointments/availability-slots/{id}/hold/`

use crate::Desk;
use crate::description::Writing;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use ward_domain::calendar::{self, HOLD_MINUTES, MAX_HOLD_MINUTES};
use ward_domain::id::Id;
use ward_domain::policy::Role;
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_domain::time::Time;
use ward_http::extract::etag;
use ward_http::{Caller, Failure, Given, InPath, JsonBody, Outcome, PathId};
use ward_services::slot::{self, Holding};

/// For how long, and for whom; the body may be missing.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct HoldSlot {
    /// 1 to 30.
    #[schema(value_type = Option<u32>, default = 10)]
    minutes: Given<i64>,
    /// For whom; a patient who says nothing holds for themself.
    #[schema(value_type = Option<u64>)]
    patient: Given<Id>,
}

impl HoldSlot {
    fn read(self, caller: Id, role: Role) -> Result<Holding, Refusal> {
        let mut errors = FieldErrors::default();
        let minutes = self.minutes.within(1..=MAX_HOLD_MINUTES).optional("minutes", &mut errors);
        let patient = if role == Role::Patient {
            self.patient.optional("patient", &mut errors).or(Some(caller))
        } else {
            self.patient.required("patient", &mut errors)
        };
        errors.finish()?;
        let Some(patient) = patient else { unreachable!("noted above") };
        Ok(Holding { patient, minutes: minutes.unwrap_or(HOLD_MINUTES) })
    }
}

/// A slot that is one patient's for a while.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HeldSlot {
    /// The hold's id.
    id: u64,
    slot: u64,
    doctor: u64,
    patient: u64,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Time,
    /// True where it cannot be renewed any more.
    is_renewed: bool,
}

impl HeldSlot {
    fn new(slot: &calendar::Slot) -> Option<Self> {
        let hold = slot.hold?;
        Some(Self {
            id: hold.id.get(),
            slot: slot.id.get(),
            doctor: slot.doctor.get(),
            patient: hold.patient.get(),
            expires_at: hold.until,
            is_renewed: hold.times > 1,
        })
    }
}

/// Holds a slot
///
/// Until the hold expires nobody else can book or hold the slot; booking it uses the hold up. A patient holds three slots
/// at a time, and renews each once by holding it again. A slot that is held or taken answers 409 with up to three free
/// ones in `error.alternatives`.
#[utoipa::path(
    post,
    path = "/api/appointments/availability-slots/{id}/hold/",
    operation_id = "hold_slot",
    tag = "Availability slots",
    params(
        ("id" = u64, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once"),
    ),
    request_body = Option<HoldSlot>,
    responses((status = 201, body = HeldSlot), Writing)
)]
pub(crate) async fn hold(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    JsonBody(body): JsonBody<HoldSlot>,
) -> Outcome<impl IntoResponse> {
    let holding = body.read(ctx.user.id(), ctx.role)?;
    let held = slot::hold(&house, &ctx, id, holding).await?;
    let body = HeldSlot::new(&held.document).ok_or_else(|| Failure::fault("a held slot has no hold"))?;
    Ok((StatusCode::CREATED, etag(held.version), Json(body)))
}

/// Gives a held slot back
///
/// Before its time. A slot that was offered from the waiting list is thereby declined.
#[utoipa::path(
    delete,
    path = "/api/appointments/availability-slots/{id}/hold/",
    operation_id = "release_slot",
    tag = "Availability slots",
    params(("id" = u64, Path)),
    responses((status = 204, description = "It is held no more."), Writing)
)]
pub(crate) async fn release(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<StatusCode> {
    slot::release(&house, &ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(body: &Value, role: Role) -> Result<(u64, i64), String> {
        let body: HoldSlot = serde_json::from_value(body.clone()).unwrap();
        let holding = body.read(Id::new(3).unwrap(), role);
        let names = |refusal: Refusal| {
            refusal.fields.iter().map(|error| error.field.to_string()).collect::<Vec<_>>().join(",")
        };
        holding.map(|holding| (holding.patient.get(), holding.minutes)).map_err(names)
    }

    #[test]
    fn a_hold_is_ten_minutes_for_oneself_unless_said_otherwise() {
        for (body, role, expected) in [
            (json!({}), Role::Patient, Ok((3, 10))),
            (json!({"minutes": 30, "patient": 8}), Role::Staff, Ok((8, 30))),
            (json!({"minutes": 31}), Role::Staff, Err("minutes,patient".to_owned())),
            (json!({"minutes": 0}), Role::Patient, Err("minutes".to_owned())),
        ] {
            assert_eq!(read(&body, role), expected, "{body}");
        }
    }
}
