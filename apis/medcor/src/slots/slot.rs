//! A slot as this API spells it.

use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::calendar;
use ward_domain::id::AppointmentId;
use ward_domain::policy::Role;
use ward_domain::time::Time;
use ward_services::Ctx;

/// One bookable unit of a doctor's time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Slot {
    id: u64,
    doctor: u64,
    #[schema(value_type = String, format = DateTime)]
    start_time: Time,
    #[schema(value_type = String, format = DateTime)]
    end_time: Time,
    /// Whether the caller can book it: open, not taken, not past, not held for someone else.
    is_available: bool,
    /// Until when it is held for someone, who may be the caller; null where it is not.
    #[schema(value_type = Option<String>, format = DateTime)]
    held_until: Option<Time>,
    /// Who has it; told to the hospital's administrator and staff, and to the doctor.
    appointment: Option<u64>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
}

impl Slot {
    /// The slot as the caller may see it.
    pub fn new(slot: &calendar::Slot, ctx: &Ctx) -> Self {
        let told = matches!(ctx.role, Role::HospitalAdmin | Role::Staff) || slot.doctor == ctx.user;
        Self {
            id: slot.id.get(),
            doctor: slot.doctor.get(),
            is_available: slot.is_free(ctx.now, Some(ctx.user)),
            held_until: slot.live_hold(ctx.now).map(|hold| hold.until),
            start_time: slot.start,
            end_time: slot.end,
            appointment: slot.appointment.filter(|_| told).map(AppointmentId::get),
            created_at: slot.created_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::time::Duration;
    use ward_domain::face::Face;
    use ward_domain::id::Id;
    use ward_domain::tenancy::{TenantId, TenantScope};
    use ward_domain::time::HOUR;
    use ward_services::RequestMeta;

    const START: &str = "2025-01-20T09:00:00Z";

    #[allow(clippy::disallowed_methods)] // no tenancy is needed to spell a slot
    fn ctx(role: Role, user: u64, now: Time) -> Ctx {
        let id = |number| Id::new(number).unwrap();
        Ctx {
            scope: TenantScope::mint(TenantId::from_number(1)),
            user: id(user).into(),
            role,
            session: id(1).into(),
            now,
            deadline: Duration::from_secs(1),
            meta: RequestMeta {
                request_id: "r".into(),
                face: Face::Medcor,
                address: None,
                host: None,
                idempotency: None,
            },
        }
    }

    fn slot(bookable: bool, appointment: Option<u64>) -> calendar::Slot {
        let id = |number| Id::new(number).unwrap();
        let start = Time::parse(START).unwrap();
        calendar::Slot {
            id: id(4).into(),
            doctor: id(2).into(),
            start,
            end: start.plus(HOUR),
            bookable,
            appointment: appointment.map(|number| id(number).into()),
            hold: None,
            created_at: start.plus(-HOUR),
        }
    }

    #[test]
    fn who_has_a_slot_is_told_to_few() {
        let before = Time::parse(START).unwrap().plus(-1);
        for (role, user, expected) in [
            (Role::HospitalAdmin, 7, json!(9)),
            (Role::Staff, 7, json!(9)),
            (Role::Doctor, 2, json!(9)),
            (Role::Doctor, 7, Value::Null),
            (Role::Patient, 7, Value::Null),
        ] {
            let wire =
                serde_json::to_value(Slot::new(&slot(true, Some(9)), &ctx(role, user, before))).unwrap();
            let whole = json!({
                "id": 4, "doctor": 2, "start_time": START, "end_time": "2025-01-20T10:00:00Z",
                "is_available": false, "held_until": null, "appointment": expected, "created_at": "2025-01-20T08:00:00Z",
            });
            assert_eq!(wire, whole, "{role:?} {user}");
        }
    }

    #[test]
    fn what_is_past_taken_or_kept_is_not_available() {
        let start = Time::parse(START).unwrap();
        for (bookable, appointment, now, expected) in [
            (true, None, start.plus(-1), true),
            (true, None, start, false),
            (false, None, start.plus(-1), false),
            (true, Some(9), start.plus(-1), false),
        ] {
            let shown = Slot::new(&slot(bookable, appointment), &ctx(Role::Patient, 7, now));
            assert_eq!(shown.is_available, expected, "{bookable} {appointment:?} {now}");
        }
    }

    #[test]
    fn a_held_slot_is_available_to_its_holder() {
        let now = Time::parse(START).unwrap().plus(-HOUR);
        let until = now.plus(600_000);
        let id = |number| Id::new(number).unwrap();
        let by = calendar::HeldBy::Patient { seat: 0 };
        let hold = calendar::Hold { id: id(5), patient: id(7).into(), until, times: 1, ended: false, by };
        let other = calendar::Slot { hold: Some(hold), ..slot(true, None) };
        for (user, at, available) in [(7, now, true), (8, now, false), (8, until, true)] {
            let shown = Slot::new(&other, &ctx(Role::Patient, user, at));
            assert_eq!(shown.is_available, available, "{user} {at}");
            assert_eq!(shown.held_until, Some(until).filter(|until| *until > at), "{user} {at}");
        }
    }
}
