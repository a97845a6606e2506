//! A medical record as this API spells it.

use axum::Json;
use axum::response::IntoResponse;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use ward_domain::chart;
use ward_domain::time::Time;
use ward_http::extract::etag;
use ward_services::house::Versioned;

/// What a doctor notes of a patient.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MedicalRecord {
    id: u64,
    patient: u64,
    /// The doctor who wrote it, and alone may change it.
    doctor: u64,
    #[schema(example = "general")]
    record_type: String,
    #[schema(example = "Initial Health Assessment")]
    title: String,
    description: String,
    diagnosis: String,
    symptoms: String,
    /// An open object, exactly as it was sent.
    #[schema(value_type = Object)]
    vital_signs: Box<RawValue>,
    /// From 1; each edit makes the next.
    version: u64,
    /// Why the newest version was made.
    edit_reason: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
}

impl From<chart::MedicalRecord> for MedicalRecord {
    fn from(record: chart::MedicalRecord) -> Self {
        let vital_signs = RawValue::from_string(record.vital_signs.text().to_owned());
        Self {
            id: record.id.get(),
            patient: record.patient.get(),
            doctor: record.author.get(),
            record_type: record.record_type,
            title: record.title,
            description: record.description,
            diagnosis: record.diagnosis,
            symptoms: record.symptoms,
            // It was JSON when it was taken.
            vital_signs: vital_signs.unwrap_or_default(),
            version: record.edition.number,
            edit_reason: record.edition.reason,
            created_at: record.created_at,
            updated_at: record.edition.at,
        }
    }
}

/// A medical record as an answer, with its version.
pub(super) fn one(found: Versioned<chart::MedicalRecord>) -> impl IntoResponse {
    (etag(found.version), Json(MedicalRecord::from(found.document)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ward_domain::chart::{Edition, OpenObject};
    use ward_domain::id::Id;

    #[test]
    fn vital_signs_leave_as_they_came() {
        let id = |number| Id::new(number).unwrap();
        let at = Time::parse("2025-01-20T09:00:00Z").unwrap();
        let sent = r#"{"blood_pressure": "120/80", "temperature": 98.60, "own": {"key": [1e2]}}"#;
        let record = chart::MedicalRecord {
            id: id(1).into(),
            patient: id(3).into(),
            kept_by: None,
            author: id(2).into(),
            record_type: "general".into(),
            title: "Initial Health Assessment".into(),
            description: String::new(),
            diagnosis: String::new(),
            symptoms: "None".into(),
            vital_signs: OpenObject::read(sent).unwrap(),
            edition: Edition::first(id(2).into(), at),
            created_at: at,
            deleted: None,
        };
        let text = serde_json::to_string(&MedicalRecord::from(record)).unwrap();
        assert_eq!(
            text,
            format!(
                "{{\"id\":1,\"patient\":3,\"doctor\":2,\"record_type\":\"general\",\"title\":\"Initial Health Assessment\",\
                 \"description\":\"\",\"diagnosis\":\"\",\"symptoms\":\"None\",\"vital_signs\":{sent},\"version\":1,\
                 \"edit_reason\":\"\",\"created_at\":\"2025-01-20T09:00:00Z\",\"updated_at\":\"2025-01-20T09:00:00Z\"}}"
            )
        );
    }
}
