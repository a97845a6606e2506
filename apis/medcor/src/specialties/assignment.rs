//! A doctor's specialty on the wire: as it is answered, and what can be set of it.

use axum::Json;
use axum::response::IntoResponse;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::refusal::FieldErrors;
use ward_domain::specialty::{Assignment, MAX_YEARS};
use ward_domain::time::Time;
use ward_http::Given;
use ward_http::extract::etag;
use ward_services::specialty::Assigned;

/// That a doctor has a specialty.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DoctorSpecialty {
    id: u64,
    doctor: u64,
    #[schema(example = "Jane Smith")]
    doctor_name: String,
    specialty: u64,
    #[schema(example = "Cardiology")]
    specialty_name: String,
    /// Exactly one of a doctor's is.
    is_primary: bool,
    years_of_experience: Option<u32>,
    #[schema(format = Date)]
    certification_date: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
}

impl From<Assigned> for DoctorSpecialty {
    fn from(assigned: Assigned) -> Self {
        let document = assigned.found.document;
        Self {
            id: document.id.get(),
            doctor: document.doctor.get(),
            doctor_name: assigned.doctor_name,
            specialty: document.specialty.get(),
            specialty_name: assigned.specialty_name,
            is_primary: document.primary,
            years_of_experience: document.years,
            certification_date: Some(document.certified).filter(|date| !date.is_empty()),
            created_at: document.created_at,
            updated_at: document.updated_at,
        }
    }
}

/// A doctor's specialty as an answer, with its version.
pub(super) fn one(assigned: Assigned) -> impl IntoResponse {
    (etag(assigned.found.version), Json(DoctorSpecialty::from(assigned)))
}

/// Reads how a doctor has a specialty.
pub(super) fn read(
    is_primary: Given<bool>,
    years: Given<i64>,
    certified: Given<Date>,
    errors: &mut FieldErrors,
) -> Assignment {
    let years = years.within(0..=MAX_YEARS).map(|years| u32::try_from(years).unwrap_or_default());
    let certified = certified.map(|date| date.to_string()).patch("certification_date", errors);
    Assignment {
        primary: is_primary.optional("is_primary", errors),
        years: years.patch("years_of_experience", errors),
        certified: certified.map(Option::unwrap_or_default),
    }
}
