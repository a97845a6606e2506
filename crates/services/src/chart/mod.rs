//! Patients' charts: medical records, treatments, prescriptions, their versions, and breaking the glass.
//!
//! Who may look at what is decided in [`access`], for every use case here.

pub(crate) mod access;
mod add;
mod break_glass;
mod delete;
mod edit;
mod list;
mod prescribe;
mod read;
mod treat;
mod versions;
mod warned;

pub use add::{NewRecord, add_record};
pub use break_glass::{break_glass, end_break_glass, list_break_glass};
pub use delete::delete_record;
pub use edit::{Why, edit};
pub use list::{ChartQuery, list, list_of_patient};
pub use prescribe::{NewPrescription, edit_prescription, list_prescriptions, prescribe, read_prescription};
pub use read::read;
pub use treat::{NewTreatment, treat};
pub use versions::{VersionOf, versions};
pub use warned::Warned;
