//! What can be told to a hospital's specialties, and what they answer.

use super::{DoctorSpecialty, Specialty};
use crate::id::{DoctorSpecialtyId, SpecialtyId, UserId};
use crate::record::ClaimOp;
use std::collections::BTreeMap;

/// What can be set of a specialty; `None` leaves as is (and on a new one is empty, or active).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpecialtyText {
    /// Its name.
    pub name: Option<String>,
    /// Its code.
    pub code: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// Whether doctors can be given it.
    pub active: Option<bool>,
}

/// What can be set of a doctor's specialty; `None` leaves as is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assignment {
    /// Whether it is the primary one.
    pub primary: Option<bool>,
    /// Years in it; `Some(None)` takes them back.
    pub years: Option<Option<u32>>,
    /// `YYYY-MM-DD`, or `""`.
    pub certified: Option<String>,
}

/// What can be told to a hospital's specialties.
#[derive(Debug, Clone)]
pub enum SpecialtiesCommand {
    /// Puts the first specialties in, where there are none.
    Begin(
        /// All of them.
        Vec<Specialty>,
    ),
    /// Adds one.
    Create {
        /// Its id, minted by the use case.
        id: SpecialtyId,
        /// What it is.
        text: SpecialtyText,
        /// Further claims of the same commit: a request's key.
        claims: Vec<ClaimOp>,
    },
    /// Changes one.
    Edit {
        /// Which.
        id: SpecialtyId,
        /// What.
        text: SpecialtyText,
        /// The document's version that the caller edits, if they said.
        if_version: Option<u64>,
    },
    /// Gives a doctor a specialty.
    Assign {
        /// Its id, minted by the use case.
        id: DoctorSpecialtyId,
        /// To whom: a doctor of this hospital.
        doctor: UserId,
        /// Which.
        specialty: SpecialtyId,
        /// How.
        with: Assignment,
        /// Further claims of the same commit: a request's key.
        claims: Vec<ClaimOp>,
    },
    /// Changes how a doctor has it.
    Revise {
        /// Which.
        id: DoctorSpecialtyId,
        /// Whose it is.
        doctor: UserId,
        /// What.
        with: Assignment,
        /// The document's version that the caller edits, if they said.
        if_version: Option<u64>,
    },
    /// Takes it from a doctor.
    Remove {
        /// Which.
        id: DoctorSpecialtyId,
        /// Whose it is.
        doctor: UserId,
    },
}

impl SpecialtiesCommand {
    /// The doctor whose specialties must be in hand to decide it.
    pub const fn doctor(&self) -> Option<UserId> {
        match self {
            Self::Assign { doctor, .. } | Self::Revise { doctor, .. } | Self::Remove { doctor, .. } => {
                Some(*doctor)
            }
            Self::Begin(_) | Self::Create { .. } | Self::Edit { .. } => None,
        }
    }
}

/// What a hospital's specialties answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpecialtyAnswer {
    /// They have begun.
    Begun,
    /// A specialty as it is now.
    Specialty(Specialty),
    /// A doctor's specialty as it is now, or was when it was removed.
    Assigned(DoctorSpecialty),
}

/// What a decision rests on: every specialty, and the named doctor's. Each document comes with the version that wrote
/// it.
#[derive(Debug, Clone, Default)]
pub struct SpecialtiesView {
    /// The hospital's.
    pub specialties: BTreeMap<SpecialtyId, (Specialty, u64)>,
    /// The doctor's.
    pub of_doctor: BTreeMap<DoctorSpecialtyId, (DoctorSpecialty, u64)>,
}
