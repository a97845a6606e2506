//! `POST /api/medical-records/`

use super::medical_record::{MedicalRecord, one};
use super::vital_signs;
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use ward_domain::chart::longest;
use ward_domain::id::Id;
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_http::{Caller, Given, JsonSent, Outcome, Sent};
use ward_services::chart::{NewRecord, add_record};

/// A note on a patient.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CreateMedicalRecord {
    #[schema(value_type = u64, example = 3)]
    patient: Given<Id>,
    #[schema(value_type = Option<String>, default = "general")]
    record_type: Given<String>,
    #[schema(value_type = String, example = "Initial Health Assessment")]
    title: Given<String>,
    #[schema(value_type = Option<String>, example = "Patient initial consultation and health history")]
    description: Given<String>,
    #[schema(value_type = Option<String>, example = "General checkup - healthy")]
    diagnosis: Given<String>,
    #[schema(value_type = Option<String>, example = "None")]
    symptoms: Given<String>,
    /// An open object: whatever it holds is kept exactly as it is sent, up to 16 KiB.
    #[schema(value_type = Option<Object>, example = json!({"blood_pressure": "120/80", "heart_rate": 72, "temperature": 98.6, "weight": 70}))]
    vital_signs: Given<Map<String, Value>>,
}

impl CreateMedicalRecord {
    fn read(self, sent: &Sent) -> Result<NewRecord, Refusal> {
        let mut errors = FieldErrors::default();
        let patient = self.patient.required("patient", &mut errors);
        let record_type =
            self.record_type.line(longest("record_type")).not_blank().optional("record_type", &mut errors);
        let title = self.title.line(longest("title")).not_blank().required("title", &mut errors);
        let mut lines = |given: Given<String>, name: &'static str| {
            given.lines(longest(name)).optional(name, &mut errors).unwrap_or_default()
        };
        let description = lines(self.description, "description");
        let diagnosis = lines(self.diagnosis, "diagnosis");
        let symptoms = lines(self.symptoms, "symptoms");
        let vital_signs = vital_signs(self.vital_signs, sent).optional("vital_signs", &mut errors);
        errors.finish()?;
        let (Some(patient), Some(title)) = (patient, title) else { unreachable!("noted above") };
        Ok(NewRecord {
            patient,
            record_type: record_type.unwrap_or_else(|| "general".to_owned()),
            title,
            description,
            diagnosis,
            symptoms,
            vital_signs: vital_signs.unwrap_or_default(),
        })
    }
}

/// Creates a medical record
///
/// A doctor may add to the chart of any patient of the hospital. Vital signs keep their keys and the spelling of their
/// numbers.
#[utoipa::path(
    post,
    path = "/api/medical-records/",
    operation_id = "create_medical_record",
    tag = "Medical records",
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once")),
    request_body = CreateMedicalRecord,
    responses((status = 201, body = MedicalRecord), Writing)
)]
pub(crate) async fn create(
    State(house): Desk,
    Caller(ctx): Caller,
    JsonSent { body, sent }: JsonSent<CreateMedicalRecord>,
) -> Outcome<impl IntoResponse> {
    let created = add_record(&house, &ctx, body.read(&sent)?).await?;
    Ok((StatusCode::CREATED, one(created)))
}
