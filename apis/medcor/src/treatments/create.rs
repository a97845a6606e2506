//! `POST /api/treatments/`

use super::treatment::{Treatment, one};
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;
use ward_domain::chart::longest;
use ward_domain::id::Id;
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_http::{Caller, Given, JsonBody, Outcome};
use ward_services::chart::{NewTreatment, treat};

/// What a doctor does about something.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CreateTreatment {
    /// The patient's with this doctor.
    #[schema(value_type = Option<u64>, example = 1)]
    appointment: Given<Id>,
    #[schema(value_type = u64, example = 3)]
    patient: Given<Id>,
    /// The caller: a treatment is recorded by the doctor who treats.
    #[schema(value_type = Option<u64>, example = 2)]
    doctor: Given<Id>,
    #[schema(value_type = Option<String>, example = "Mild hypertension")]
    diagnosis: Given<String>,
    #[schema(value_type = Option<String>, example = "Lifestyle changes and medication")]
    treatment_plan: Given<String>,
    #[schema(value_type = Option<String>, example = "Monitor blood pressure weekly")]
    notes: Given<String>,
    #[schema(value_type = Option<bool>, default = false)]
    follow_up_required: Given<bool>,
    /// Not before today (422).
    #[schema(value_type = Option<String>, format = Date, example = "2025-02-20")]
    follow_up_date: Given<Date>,
}

impl CreateTreatment {
    fn read(self) -> Result<NewTreatment, Refusal> {
        let mut errors = FieldErrors::default();
        let patient = self.patient.required("patient", &mut errors);
        let doctor = self.doctor.optional("doctor", &mut errors);
        let appointment = self.appointment.optional("appointment", &mut errors);
        let mut lines = |given: Given<String>, name: &'static str| {
            given.lines(longest(name)).optional(name, &mut errors).unwrap_or_default()
        };
        let diagnosis = lines(self.diagnosis, "diagnosis");
        let treatment_plan = lines(self.treatment_plan, "treatment_plan");
        let notes = lines(self.notes, "notes");
        let required = self.follow_up_required.optional("follow_up_required", &mut errors);
        let follow_up_date = self.follow_up_date.optional("follow_up_date", &mut errors);
        errors.finish()?;
        let Some(patient) = patient else { unreachable!("noted above") };
        Ok(NewTreatment {
            patient,
            doctor,
            appointment,
            diagnosis,
            treatment_plan,
            notes,
            follow_up_required: required.unwrap_or_default(),
            follow_up_date,
        })
    }
}

/// Creates a treatment
///
/// In the calling doctor's own name, for any patient of the hospital.
#[utoipa::path(
    post,
    path = "/api/treatments/",
    operation_id = "create_treatment",
    tag = "Treatments",
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once")),
    request_body = CreateTreatment,
    responses((status = 201, body = Treatment), Writing)
)]
pub(crate) async fn create(
    State(house): Desk,
    Caller(ctx): Caller,
    JsonBody(body): JsonBody<CreateTreatment>,
) -> Outcome<impl IntoResponse> {
    let created = treat(&house, &ctx, body.read()?).await?;
    Ok((StatusCode::CREATED, one(created)))
}
