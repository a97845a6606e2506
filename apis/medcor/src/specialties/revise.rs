//! `PUT /api/specialty/doctor-specialties/{id}/`

use super::assignment::{DoctorSpecialty, one, read};
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;
use ward_domain::id::Id;
use ward_domain::refusal::FieldErrors;
use ward_http::{Caller, Given, IfMatch, InPath, JsonBody, Outcome, PathId};
use ward_services::specialty;

/// What is to change; what is missing stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ReviseSpecialty {
    /// Only as it is: remove this one and assign another.
    #[schema(value_type = Option<u64>)]
    doctor: Given<Id>,
    /// Only as it is: remove this one and assign another.
    #[schema(value_type = Option<u64>)]
    specialty: Given<Id>,
    /// False on the primary one makes the one that the doctor was given first, of the others, primary.
    #[schema(value_type = Option<bool>)]
    is_primary: Given<bool>,
    #[schema(value_type = Option<u32>, minimum = 0, maximum = 80, example = 11)]
    years_of_experience: Given<i64>,
    #[schema(value_type = Option<String>, format = Date, example = "2014-06-15")]
    certification_date: Given<Date>,
}

/// Updates a doctor's specialty
///
/// For the hospital's administrator, and for doctors their own.
#[utoipa::path(
    put,
    path = "/api/specialty/doctor-specialties/{id}/",
    operation_id = "edit_doctor_specialty",
    tag = "Specialties",
    params(("id" = u64, Path), ("If-Match" = Option<String>, Header, description = "The ETag that is edited")),
    request_body = ReviseSpecialty,
    responses((status = 200, body = DoctorSpecialty), Writing)
)]
pub(crate) async fn revise(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    IfMatch(if_version): IfMatch,
    JsonBody(body): JsonBody<ReviseSpecialty>,
) -> Outcome<impl IntoResponse> {
    let mut errors = FieldErrors::default();
    let doctor = body.doctor.optional("doctor", &mut errors);
    let named = body.specialty.optional("specialty", &mut errors);
    let with = read(body.is_primary, body.years_of_experience, body.certification_date, &mut errors);
    errors.finish()?;
    let revised = specialty::revise(&house, &ctx, id, (doctor, named), with, if_version).await?;
    Ok(one(revised))
}
