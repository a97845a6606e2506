//! `POST /api/specialty/doctor-specialties/`

use super::assignment::{DoctorSpecialty, one, read};
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;
use ward_domain::id::Id;
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_http::{Caller, Given, JsonBody, Outcome};
use ward_services::specialty::{self, NewAssignment};

/// Which doctor is to have which specialty.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct AssignSpecialty {
    #[schema(value_type = u64)]
    doctor: Given<Id>,
    #[schema(value_type = u64)]
    specialty: Given<Id>,
    /// Takes the place of the primary one that the doctor has. A doctor's first is primary, whatever is said.
    #[schema(value_type = Option<bool>, default = false)]
    is_primary: Given<bool>,
    #[schema(value_type = Option<u32>, minimum = 0, maximum = 80, example = 10)]
    years_of_experience: Given<i64>,
    #[schema(value_type = Option<String>, format = Date, example = "2014-06-15")]
    certification_date: Given<Date>,
}

impl AssignSpecialty {
    fn read(self) -> Result<NewAssignment, Refusal> {
        let mut errors = FieldErrors::default();
        let doctor = self.doctor.required("doctor", &mut errors);
        let specialty = self.specialty.required("specialty", &mut errors);
        let with = read(self.is_primary, self.years_of_experience, self.certification_date, &mut errors);
        errors.finish()?;
        let (Some(doctor), Some(specialty)) = (doctor, specialty) else { unreachable!("noted above") };
        Ok(NewAssignment { doctor, specialty, with })
    }
}

/// Assigns a specialty to a doctor
///
/// For the hospital's administrator. A doctor has several specialties, each once (409), and exactly one of them is
/// primary.
#[utoipa::path(
    post,
    path = "/api/specialty/doctor-specialties/",
    operation_id = "assign_specialty",
    tag = "Specialties",
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once")),
    request_body = AssignSpecialty,
    responses((status = 201, body = DoctorSpecialty), Writing)
)]
pub(crate) async fn assign(
    State(house): Desk,
    Caller(ctx): Caller,
    JsonBody(body): JsonBody<AssignSpecialty>,
) -> Outcome<impl IntoResponse> {
    let assigned = specialty::assign(&house, &ctx, body.read()?).await?;
    Ok((StatusCode::CREATED, one(assigned)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use ward_domain::specialty::Assignment;

    fn read(body: &Value) -> Result<NewAssignment, String> {
        let body: AssignSpecialty = serde_json::from_value(body.clone()).unwrap();
        body.read().map_err(|refusal| {
            refusal.fields.iter().map(|error| error.field.to_string()).collect::<Vec<_>>().join(",")
        })
    }

    #[test]
    fn the_documented_assignment_is_read() {
        let body = json!({"doctor": 2, "specialty": 5, "is_primary": true, "years_of_experience": 10,
            "certification_date": "2014-06-15"});
        let new = read(&body).unwrap();
        assert_eq!((new.doctor.get(), new.specialty.get()), (2, 5));
        let expected =
            Assignment { primary: Some(true), years: Some(Some(10)), certified: Some("2014-06-15".into()) };
        assert_eq!(new.with, expected);
    }

    #[test]
    fn wrong_fields_are_named() {
        for (body, expected) in [
            (json!({}), "doctor,specialty"),
            (
                json!({"doctor": 2, "specialty": 5, "is_primary": 7, "years_of_experience": 81, "certification_date": "soon"}),
                "certification_date,is_primary,years_of_experience",
            ),
        ] {
            assert_eq!(read(&body).err().as_deref(), Some(expected), "{body}");
        }
    }
}
