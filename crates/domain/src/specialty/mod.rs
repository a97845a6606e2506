//! A hospital's specialties, and which doctor has which (FHIR R4 `PractitionerRole.specialty`).
//!
//! All of it is one aggregate per hospital: that a name is used once, and that a doctor with specialties has exactly
//! one primary specialty, are then rules over what one actor has in hand.

mod command;
mod defaults;
mod rules;

pub use command::{Assignment, SpecialtiesCommand, SpecialtiesView, SpecialtyAnswer, SpecialtyText};
pub use defaults::defaults;

use crate::id::{DoctorSpecialtyId, Id, SpecialtyId, UserId};
use crate::record::{Document, IndexRow, Key, List, RecordKind};
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// The most specialties of a hospital: the actor holds all of them.
pub const MAX_SPECIALTIES: usize = 500;
/// The most specialties of one doctor.
pub const MAX_OF_DOCTOR: usize = 20;
/// Longest name, in characters.
pub const MAX_NAME: usize = 100;
/// Longest code, in characters.
pub const MAX_CODE: usize = 50;
/// Longest description, in characters.
pub const MAX_DESCRIPTION: usize = 2_000;
/// The most years that a doctor can have been at it.
pub const MAX_YEARS: i64 = 80;

/// A specialty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Specialty {
    /// Its id.
    pub id: SpecialtyId,
    /// As sent; unique in the hospital, in any case.
    pub name: String,
    /// As sent, or `""`; unique in the hospital where there is one, in any case.
    pub code: String,
    /// As sent.
    pub description: String,
    /// Whether doctors can be given it.
    pub active: bool,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

impl Document for Specialty {
    const KIND: RecordKind = RecordKind::Specialty;
    fn record_id(&self) -> Id {
        self.id.id()
    }
    fn index(&self) -> Vec<IndexRow> {
        vec![IndexRow { list: List::Specialties, eq: Key::all(), sort: self.created_at.sort_key() }]
    }
}

/// That a doctor has a specialty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoctorSpecialty {
    /// Its id.
    pub id: DoctorSpecialtyId,
    /// Who.
    pub doctor: UserId,
    /// Which.
    pub specialty: SpecialtyId,
    /// Whether it is the doctor's primary one: exactly one is.
    pub primary: bool,
    /// Years in it.
    pub years: Option<u32>,
    /// `YYYY-MM-DD`, or `""`.
    pub certified: String,
    /// When it was assigned.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

impl Document for DoctorSpecialty {
    const KIND: RecordKind = RecordKind::DoctorSpecialty;
    fn record_id(&self) -> Id {
        self.id.id()
    }
    fn index(&self) -> Vec<IndexRow> {
        let sort = self.created_at.sort_key();
        vec![
            IndexRow { list: List::DoctorSpecialties, eq: Key::all(), sort },
            IndexRow { list: List::DoctorSpecialtiesByDoctor, eq: Key::of(self.doctor.get()), sort },
            IndexRow { list: List::DoctorSpecialtiesBySpecialty, eq: Key::of(self.specialty.get()), sort },
        ]
    }
}

/// A name or code as it is compared: lower case, one space between words.
pub fn folded(text: &str) -> String {
    text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
