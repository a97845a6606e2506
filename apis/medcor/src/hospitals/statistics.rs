//! `GET /api/hospitals/{id}/statistics/`

use crate::Desk;
use crate::description::Reading;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use ward_domain::time::Time;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::hospital::{self, HospitalStatistics};

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
    #[schema(value_type = String, format = DateTime)]
    generated_at: Time,
}

impl From<HospitalStatistics> for Statistics {
    fn from(counted: HospitalStatistics) -> Self {
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
            generated_at: counted.at,
        }
    }
}

/// Gets a hospital's statistics
#[utoipa::path(
    get,
    path = "/api/hospitals/{id}/statistics/",
    operation_id = "read_hospital_statistics",
    tag = "Hospitals",
    params(("id" = u64, Path)),
    responses((status = 200, body = Statistics), Reading)
)]
pub(crate) async fn statistics(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<Json<Statistics>> {
    let counted = hospital::statistics(&house, &ctx, id).await?;
    Ok(Json(counted.into()))
}
