//! A hospital's figures.

use super::rolled_up::{RolledUp, check};
use crate::{Ctx, Fail, Filters, House};
use jiff::civil::Date;
use ward_domain::calendar::AppointmentStatus;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource, Role};
use ward_domain::record::{Key, List};
use ward_domain::refusal::Refusal;
use ward_domain::tenancy::TenantScope;
use ward_domain::time::Time;
use ward_domain::zone::Zone;
use ward_store::Bounds;

/// Counts, exact where the store is not shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HospitalStatistics {
    /// Active accounts by role: doctors, patients, staff, administrators.
    pub doctors: u64,
    /// See [`HospitalStatistics::doctors`].
    pub patients: u64,
    /// See [`HospitalStatistics::doctors`].
    pub staff: u64,
    /// See [`HospitalStatistics::doctors`].
    pub admins: u64,
    /// Appointments in every status.
    pub appointments: Vec<(AppointmentStatus, u64)>,
    /// Appointments that begin today, in the hospital's time zone.
    pub appointments_today: u64,
    /// Open slots from now on.
    pub open_slots: u64,
    /// Recorded consultations.
    pub encounters: u64,
    /// Over the period that was asked for.
    pub period: RolledUp,
    /// When it was counted.
    pub at: Time,
}

/// Days of a period that is not said.
const DAYS: i64 = 30;

/// Counts a hospital's people, appointments and consultations, and gives its figures over a period: the last 30 days of the
/// hospital unless it is said. Figures by doctor are for who runs the hospital or works at its desk; a doctor sees their
/// own.
pub async fn statistics(
    house: &House,
    ctx: &Ctx,
    id: Id,
    period: Filters,
) -> Result<HospitalStatistics, Fail> {
    let hospital = house.hospital(ctx, id, Action::Read).await?.document;
    house.permit(ctx, Resource::Statistics, Action::Read, ctx.scope.tenant() == hospital.id.into()).await?;
    let scope = house.tenancy.register.scope(hospital.id.into()).await??;
    let users = async |role: Role| {
        count(house, &scope, List::UsersByRoleActive, Key::of(role.code()).and(1), Bounds::ALL).await
    };
    let mut appointments = Vec::new();
    for status in AppointmentStatus::ALL {
        let number =
            count(house, &scope, List::AppointmentsByStatusCreated, Key::of(status.code()), Bounds::ALL)
                .await?;
        appointments.push((status, number));
    }
    let zone = hospital.zone();
    let (from, until) = days(period, &zone, ctx.now);
    check(from, until)?;
    let mut period = house.rolled_up(&scope, (from, until), ctx.deadline).await?;
    let all = matches!(ctx.role, Role::PlatformAdmin | Role::HospitalAdmin | Role::Staff);
    period.by_doctor.retain(|(doctor, _)| all || *doctor == ctx.user);
    let (first, next) = zone
        .day(zone.date(ctx.now))
        .map_err(|error| Refusal::impossible("no_such_day", error.to_string()))?;
    let today = Bounds { from: first.sort_key(), until: next.plus(-1).sort_key() };
    let coming = Bounds { from: ctx.now.sort_key(), until: u64::MAX };
    let statistics = HospitalStatistics {
        doctors: users(Role::Doctor).await?,
        patients: users(Role::Patient).await?,
        staff: users(Role::Staff).await?,
        admins: users(Role::HospitalAdmin).await?,
        appointments,
        appointments_today: count(house, &scope, List::AppointmentsByStart, Key::all(), today).await?,
        open_slots: count(house, &scope, List::OpenSlots, Key::all(), coming).await?,
        encounters: count(house, &scope, List::Encounters, Key::all(), Bounds::ALL).await?,
        period,
        at: ctx.now,
    };
    house.trace_one(ctx, Action::Read, Resource::Statistics, id, &[]).await?;
    Ok(statistics)
}

/// The first and the last day of a period.
fn days(period: Filters, zone: &Zone, now: Time) -> (Date, Date) {
    let until = zone.date(period.until.unwrap_or(now));
    let before = until.checked_sub(jiff::Span::new().days(DAYS - 1)).unwrap_or(until);
    (period.from.map_or(before, |from| zone.date(from)), until)
}

async fn count(house: &House, scope: &TenantScope, list: List, eq: Key, bounds: Bounds) -> Result<u64, Fail> {
    Ok(house.env.store.count(scope, list, &eq, bounds).await?)
}
