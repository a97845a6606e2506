//! What is kept of a patient, as the document prints it.

use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::chart::{MedicalRecord, Prescription};
use ward_services::patient_access;

/// What is kept of a patient.
#[derive(Debug, Serialize, ToSchema)]
pub struct PatientData {
    basic_info: BasicInfo,
    medical_history: MedicalHistory,
    /// The newest five records of the chart.
    recent_encounters: Vec<RecentEncounter>,
}

/// Who they are.
#[derive(Debug, Serialize, ToSchema)]
pub struct BasicInfo {
    name: String,
    /// In years; null where the date of birth is not known.
    age: Option<u32>,
    gender: String,
    phone: String,
}

/// What they have had.
#[derive(Debug, Serialize, ToSchema)]
pub struct MedicalHistory {
    /// A day on which an appointment took place or a record was written; empty where there was none.
    #[schema(example = "2024-01-15")]
    last_visit: String,
    total_visits: usize,
    /// Diagnoses of the chart, the newest first.
    conditions: Vec<String>,
    allergies: Vec<String>,
    current_medications: Vec<Medication>,
}

/// A medicine that is to be taken, as it was written.
#[derive(Debug, Serialize, ToSchema)]
pub struct Medication {
    name: String,
    dosage: String,
    frequency: String,
}

/// A record of the chart.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecentEncounter {
    id: u64,
    #[schema(example = "2024-01-15")]
    date: String,
    chief_complaint: String,
    summary: String,
}

impl From<patient_access::PatientData> for PatientData {
    fn from(data: patient_access::PatientData) -> Self {
        let profile = data.patient.profile;
        Self {
            basic_info: BasicInfo {
                name: profile.full_name(),
                age: data.age,
                gender: profile.gender,
                phone: profile.phone_number,
            },
            medical_history: MedicalHistory {
                last_visit: data.last_visit.unwrap_or_default(),
                total_visits: data.total_visits,
                conditions: data.conditions,
                allergies: data.allergies,
                current_medications: data.medications.into_iter().map(Medication::from).collect(),
            },
            recent_encounters: data.records.into_iter().map(RecentEncounter::from).collect(),
        }
    }
}

impl From<Prescription> for Medication {
    fn from(prescription: Prescription) -> Self {
        let Prescription { medication_name: name, dosage, frequency, .. } = prescription;
        Self { name, dosage, frequency }
    }
}

impl From<(MedicalRecord, String)> for RecentEncounter {
    fn from((record, date): (MedicalRecord, String)) -> Self {
        let first = |one: String, other: String| if one.trim().is_empty() { other } else { one };
        Self {
            id: record.id.get(),
            date,
            chief_complaint: first(record.symptoms, record.title),
            summary: first(record.diagnosis, record.description),
        }
    }
}
