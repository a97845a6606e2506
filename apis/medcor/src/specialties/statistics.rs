//! `GET /api/specialty/statistics/`

use crate::Desk;
use crate::description::Reading;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::time::Time;
use ward_http::{Caller, Outcome};
use ward_services::specialty::{self, SpecialtyFigures};

/// A specialty and how many doctors have it. Doctors are active ones.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SpecialtyCount {
    id: u64,
    #[schema(example = "Cardiology")]
    name: String,
    code: String,
    is_active: bool,
    doctor_count: u64,
    /// Whose primary specialty it is.
    primary_doctor_count: u64,
    /// Of the doctors who have years; null where none has.
    average_years_of_experience: Option<f64>,
}

impl From<SpecialtyFigures> for SpecialtyCount {
    fn from(figures: SpecialtyFigures) -> Self {
        Self {
            id: figures.specialty.id.get(),
            name: figures.specialty.name,
            code: figures.specialty.code,
            is_active: figures.specialty.active,
            doctor_count: figures.doctors,
            primary_doctor_count: figures.primary,
            average_years_of_experience: average(figures.years),
        }
    }
}

/// The figures of a hospital's specialties.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SpecialtyStatistics {
    total_specialties: u64,
    active_specialties: u64,
    /// Active doctors who have a specialty.
    total_doctors_with_specialty: u64,
    /// Specialties of active doctors: who has two counts twice.
    total_assignments: u64,
    average_years_of_experience: Option<f64>,
    /// Each specialty, by name.
    specialties: Vec<SpecialtyCount>,
    #[schema(value_type = String, format = DateTime)]
    generated_at: Time,
}

/// Sum and number as an average to two places.
fn average((sum, number): (u64, u64)) -> Option<f64> {
    #[allow(clippy::cast_precision_loss)] // years of people: far below 2^53
    (number > 0).then(|| (sum as f64 / number as f64 * 100.0).round() / 100.0)
}

/// Gets specialty statistics
///
/// Counted when asked: exact.
#[utoipa::path(
    get,
    path = "/api/specialty/statistics/",
    operation_id = "read_specialty_statistics",
    tag = "Specialties",
    responses((status = 200, body = SpecialtyStatistics), Reading)
)]
pub(crate) async fn statistics(
    State(house): Desk,
    Caller(ctx): Caller,
) -> Outcome<Json<SpecialtyStatistics>> {
    let totals = specialty::statistics(&house, &ctx).await?;
    let active = totals.specialties.iter().filter(|one| one.specialty.active).count();
    Ok(Json(SpecialtyStatistics {
        total_specialties: totals.specialties.len() as u64,
        active_specialties: active as u64,
        total_doctors_with_specialty: totals.doctors,
        total_assignments: totals.assignments,
        average_years_of_experience: average(totals.years),
        specialties: totals.specialties.into_iter().map(Into::into).collect(),
        generated_at: ctx.now,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn averages_are_of_those_who_said_theirs() {
        assert_eq!([average((0, 0)), average((25, 2)), average((10, 3))], [None, Some(12.5), Some(3.33)]);
    }
}
