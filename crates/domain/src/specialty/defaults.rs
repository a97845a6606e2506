//! The specialties that a hospital begins with.

use super::Specialty;
use crate::id::Id;
use crate::time::Time;

/// Names only: what a hospital means by each is its own to write down.
const NAMES: [&str; 44] = [
    "Allergy and Immunology",
    "Anesthesiology",
    "Cardiac Surgery",
    "Cardiology",
    "Child and Adolescent Psychiatry",
    "Clinical Genetics",
    "Dentistry",
    "Dermatology",
    "Emergency Medicine",
    "Endocrinology",
    "Family Medicine",
    "Gastroenterology",
    "General Practice",
    "General Surgery",
    "Geriatrics",
    "Gynecology and Obstetrics",
    "Hematology",
    "Infectious Diseases",
    "Intensive Care",
    "Internal Medicine",
    "Neonatology",
    "Nephrology",
    "Neurology",
    "Neurosurgery",
    "Nuclear Medicine",
    "Occupational Medicine",
    "Oncology",
    "Ophthalmology",
    "Orthopedics",
    "Otorhinolaryngology",
    "Pain Medicine",
    "Palliative Care",
    "Pathology",
    "Pediatrics",
    "Physical Medicine and Rehabilitation",
    "Plastic Surgery",
    "Psychiatry",
    "Public Health",
    "Pulmonology",
    "Radiology",
    "Rheumatology",
    "Sports Medicine",
    "Urology",
    "Vascular Surgery",
];

/// The specialties of a hospital that has none yet; `id` gives each its id.
pub fn defaults<E>(now: Time, mut id: impl FnMut() -> Result<Id, E>) -> Result<Vec<Specialty>, E> {
    let one = |name: &str| {
        Ok(Specialty {
            id: id()?.into(),
            name: name.to_owned(),
            code: name.to_lowercase().replace(' ', "-"),
            description: String::new(),
            active: true,
            created_at: now,
            updated_at: now,
        })
    };
    NAMES.into_iter().map(one).collect()
}
