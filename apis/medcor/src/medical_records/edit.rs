//! `PUT /api/medical-records/{id}/`

use super::medical_record::{MedicalRecord, one};
use super::vital_signs;
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use ward_domain::chart::{self, ChartEdit, MAX_EDIT_REASON, RecordEdit, longest};
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_http::{Caller, Given, IfMatch, InPath, JsonSent, Outcome, PathId, Sent};
use ward_services::chart::Why;

/// What is to change; what is missing stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct EditMedicalRecord {
    #[schema(value_type = Option<String>)]
    record_type: Given<String>,
    #[schema(value_type = Option<String>)]
    title: Given<String>,
    #[schema(value_type = Option<String>)]
    description: Given<String>,
    #[schema(value_type = Option<String>, example = "Mild hypertension")]
    diagnosis: Given<String>,
    #[schema(value_type = Option<String>)]
    symptoms: Given<String>,
    /// Takes the place of the whole object.
    #[schema(value_type = Option<Object>)]
    vital_signs: Given<Map<String, Value>>,
    /// Why: it stands with the version that this makes.
    #[schema(value_type = Option<String>, example = "Blood pressure was measured again")]
    edit_reason: Given<String>,
}

impl EditMedicalRecord {
    fn read(self, sent: &Sent) -> Result<(RecordEdit, String), Refusal> {
        let mut errors = FieldErrors::default();
        let mut line = |given: Given<String>, name: &'static str| {
            given.line(longest(name)).not_blank().optional(name, &mut errors)
        };
        let record_type = line(self.record_type, "record_type");
        let title = line(self.title, "title");
        let mut lines = |given: Given<String>, name: &'static str| {
            given.lines(longest(name)).patch(name, &mut errors).map(Option::unwrap_or_default)
        };
        let description = lines(self.description, "description");
        let diagnosis = lines(self.diagnosis, "diagnosis");
        let symptoms = lines(self.symptoms, "symptoms");
        let vital_signs = vital_signs(self.vital_signs, sent).patch("vital_signs", &mut errors);
        let reason = self.edit_reason.lines(MAX_EDIT_REASON).optional("edit_reason", &mut errors);
        errors.finish()?;
        let edit = RecordEdit {
            record_type,
            title,
            description,
            diagnosis,
            symptoms,
            vital_signs: vital_signs.map(Option::unwrap_or_default),
        };
        Ok((edit, reason.unwrap_or_default()))
    }
}

/// Updates a medical record
///
/// Only the doctor who wrote it may. The version before is kept: see `versions/`.
#[utoipa::path(
    put,
    path = "/api/medical-records/{id}/",
    operation_id = "edit_medical_record",
    tag = "Medical records",
    params(("id" = u64, Path), ("If-Match" = Option<String>, Header, description = "The ETag that is edited")),
    request_body = EditMedicalRecord,
    responses((status = 200, body = MedicalRecord), Writing)
)]
pub(crate) async fn edit(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    IfMatch(if_version): IfMatch,
    JsonSent { body, sent }: JsonSent<EditMedicalRecord>,
) -> Outcome<impl IntoResponse> {
    let (edit, reason) = body.read(&sent)?;
    let (edit, why) = (ChartEdit::Record(id.into(), edit), Why { reason, if_version });
    Ok(one(ward_services::chart::edit::<chart::MedicalRecord>(&house, &ctx, edit, why).await?))
}
