//! `GET /api/hospitals/{id}/statistics/`

use crate::Desk;
use crate::description::Reading;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use ward_domain::calendar::AppointmentStatus;
use ward_domain::statistics::Measure;
use ward_domain::time::Time;
use ward_http::bounds::period;
use ward_http::{Caller, InPath, Outcome, Params, PathId};
use ward_services::hospital::{self, HospitalStatistics, Sums};

/// A hospital's figures.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Statistics {
    /// Active ones, as the next three.
    total_doctors: u64,
    total_patients: u64,
    total_staff: u64,
    total_admins: u64,
    /// In every status.
    total_appointments: u64,
    /// `scheduled`, `confirmed`, `completed`, `cancelled`, `no_show`.
    appointments_by_status: BTreeMap<&'static str, u64>,
    /// That begin today in the hospital's time zone.
    appointments_today: u64,
    /// That can be booked from now on.
    available_slots: u64,
    /// Recorded consultations.
    total_encounters: u64,
    /// The period of what follows: days of the hospital, both inclusive.
    #[schema(format = Date)]
    date_from: String,
    #[schema(format = Date)]
    date_to: String,
    /// All days together.
    period_totals: Figures,
    /// Every day of the period.
    by_day: Vec<DayFigures>,
    /// Doctors who had anything; for the administrator and staff, and for doctors themselves.
    by_doctor: Vec<DoctorFigures>,
    by_appointment_type: Vec<TypeFigures>,
    /// False where so much has just changed that some of it is not in the period's figures yet.
    is_up_to_date: bool,
    #[schema(value_type = String, format = DateTime)]
    generated_at: Time,
}

/// Figures of some days.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Figures {
    /// Appointments that were booked in these days, whatever became of them.
    booked: u64,
    /// Appointments that begin in these days, by where they stand; as the next four.
    scheduled: u64,
    confirmed: u64,
    completed: u64,
    cancelled: u64,
    no_show: u64,
    new_patients: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DayFigures {
    #[schema(format = Date)]
    date: String,
    #[serde(flatten)]
    figures: Figures,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DoctorFigures {
    doctor: u64,
    #[serde(flatten)]
    figures: Figures,
}

/// Types that hospitals made up themselves count as `other`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TypeFigures {
    appointment_type: &'static str,
    #[serde(flatten)]
    figures: Figures,
}

impl From<Sums> for Figures {
    fn from(sums: Sums) -> Self {
        let begin = |status| sums.of(Measure::Begin(status));
        Self {
            booked: sums.of(Measure::Booked),
            scheduled: begin(AppointmentStatus::Scheduled),
            confirmed: begin(AppointmentStatus::Confirmed),
            completed: begin(AppointmentStatus::Completed),
            cancelled: begin(AppointmentStatus::Cancelled),
            no_show: begin(AppointmentStatus::NoShow),
            new_patients: sums.of(Measure::NewPatients),
        }
    }
}

impl From<HospitalStatistics> for Statistics {
    fn from(counted: HospitalStatistics) -> Self {
        let period = counted.period;
        Self {
            total_doctors: counted.doctors,
            total_patients: counted.patients,
            total_staff: counted.staff,
            total_admins: counted.admins,
            total_appointments: counted.appointments.iter().map(|(_, number)| number).sum(),
            appointments_by_status: counted
                .appointments
                .iter()
                .map(|(status, number)| (status.word(), *number))
                .collect(),
            appointments_today: counted.appointments_today,
            available_slots: counted.open_slots,
            total_encounters: counted.encounters,
            date_from: period.from.to_string(),
            date_to: period.until.to_string(),
            period_totals: period.total.into(),
            by_day: period
                .by_day
                .into_iter()
                .map(|(date, sums)| DayFigures { date: date.to_string(), figures: sums.into() })
                .collect(),
            by_doctor: period
                .by_doctor
                .into_iter()
                .map(|(doctor, sums)| DoctorFigures { doctor: doctor.get(), figures: sums.into() })
                .collect(),
            by_appointment_type: period
                .by_type
                .into_iter()
                .map(|(appointment_type, sums)| TypeFigures { appointment_type, figures: sums.into() })
                .collect(),
            is_up_to_date: period.up_to_date,
            generated_at: counted.at,
        }
    }
}

/// Gets a hospital's statistics
///
/// How things stand, and figures over a period of at most 366 days: the last 30 of the hospital unless it is said.
#[utoipa::path(
    get,
    path = "/api/hospitals/{id}/statistics/",
    operation_id = "read_hospital_statistics",
    tag = "Hospitals",
    params(
        ("id" = u64, Path),
        ("date_from" = Option<String>, Query, description = "The first day of the period", example = "2025-01-01"),
        ("date_to" = Option<String>, Query, description = "The last day of the period", example = "2025-01-30"),
    ),
    responses((status = 200, body = Statistics), Reading)
)]
pub(crate) async fn statistics(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    mut params: Params,
) -> Outcome<Json<Statistics>> {
    let period = period(&mut params, &house.zone(&ctx).await);
    params.finish()?;
    let counted = hospital::statistics(&house, &ctx, id, period).await?;
    Ok(Json(counted.into()))
}
