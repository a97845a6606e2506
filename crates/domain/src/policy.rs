//! Who may do what to what: the policy, as data.
//!
//! One table, read by [`grant`] and by nothing else. `tests/golden/policy.snap` prints it whole for a reviewer. A grant
//! says *how far* a role reaches; whether a thing is the caller's own is decided by the use case that has it in hand,
//! through [`Grant::covers`].

use serde::{Deserialize, Serialize};

/// What a person is to a hospital.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Role {
    /// Runs the platform; sees hospitals, never their patients.
    PlatformAdmin = 0,
    /// Runs one hospital.
    #[serde(rename = "admin")]
    HospitalAdmin = 1,
    /// Treats patients.
    Doctor = 2,
    /// Works at the desk.
    Staff = 3,
    /// Is treated.
    Patient = 4,
    /// A program with a key.
    ApiClient = 5,
}

impl Role {
    /// All of them, in the order of the table's columns.
    pub const ALL: [Self; 6] =
        [Self::PlatformAdmin, Self::HospitalAdmin, Self::Doctor, Self::Staff, Self::Patient, Self::ApiClient];

    /// Its word on the wire: a platform admin is `platform_admin`, a hospital's is `admin`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::PlatformAdmin => "platform_admin",
            Self::HospitalAdmin => "admin",
            Self::Doctor => "doctor",
            Self::Staff => "staff",
            Self::Patient => "patient",
            Self::ApiClient => "api_client",
        }
    }

    /// Reads [`Role::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// The number in index rows.
    pub const fn code(self) -> u64 {
        self as u64
    }

    /// What an account of this role is to the policy.
    pub const fn resource(self) -> Resource {
        match self {
            Self::Doctor => Resource::Practitioner,
            Self::Patient => Resource::Patient,
            Self::PlatformAdmin | Self::HospitalAdmin | Self::Staff | Self::ApiClient => Resource::Member,
        }
    }
}

/// What can be acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Resource {
    /// A hospital.
    Hospital,
    /// A hospital's figures: counts, no persons.
    Statistics,
    /// An account with role doctor.
    Practitioner,
    /// An account with role patient.
    Patient,
    /// An account with another role.
    Member,
    /// A slot of a doctor's time.
    Slot,
    /// An appointment.
    Appointment,
    /// A place on a doctor's waiting list.
    WaitingEntry,
    /// A link to a calendar.
    CalendarLink,
    /// A recorded consultation with its transcript and note.
    Encounter,
    /// The signature of a consultation's note.
    NoteSignature,
    /// What is added to a signed note.
    NoteAddendum,
    /// A note as a file.
    NoteExport,
    /// Figures of consultations.
    EncounterStatistics,
    /// A medical record of a chart.
    MedicalRecord,
    /// A file that was added to a medical record.
    Attachment,
    /// A treatment of a chart.
    Treatment,
    /// A prescription of a chart (FHIR R4 `MedicationRequest`).
    MedicationRequest,
    /// A doctor's breaking of the glass before a chart.
    BreakGlass,
    /// The audit trail.
    AuditLog,
    /// The running server: actors, keys.
    Server,
    /// An endpoint that is told of events, and its log.
    Webhook,
    /// A specialty that a hospital has.
    Specialty,
    /// That a doctor has a specialty.
    DoctorSpecialty,
    /// A plan that hospitals can subscribe to.
    SubscriptionPlan,
    /// The subscription of the caller's hospital.
    Subscription,
    /// What a doctor has.
    Wallet,
    /// A payment, and every other transaction where it is read.
    Payment,
    /// Money that goes back to a patient.
    Refund,
    /// Money that a doctor takes out.
    Withdrawal,
    /// A telephone number that is invited into a role.
    Invitation,
    /// A doctor's access to what is kept of a patient, given by the patient.
    PatientAccess,
}

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Make one.
    Create,
    /// See one.
    Read,
    /// See many.
    List,
    /// Change one.
    Update,
    /// Delete, or deactivate.
    Delete,
    /// Say that it takes place.
    Confirm,
    /// Say that it does not.
    Cancel,
    /// Say that it took place.
    Complete,
    /// Make one of two.
    Merge,
}

/// How far a role reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Grant {
    /// Not at all.
    Never,
    /// What is the caller's own: their account, their hospital, their appointments, their recordings.
    Own,
    /// Everything of that kind in the caller's tenant.
    Any,
}

impl Grant {
    /// Whether it reaches a thing that is, or is not, the caller's own.
    pub const fn covers(self, own: bool) -> bool {
        match self {
            Self::Never => false,
            Self::Own => own,
            Self::Any => true,
        }
    }
}

use Action::{Cancel, Complete, Confirm, Create, Delete, List, Merge, Read, Update};
use Grant::{Any, Never as No, Own};

/// One line of the table: resource, action, and a grant for each of [`Role::ALL`].
pub type Line = (Resource, Action, [Grant; 6]);

/// The policy. What it does not name, nobody may.
#[rustfmt::skip]
pub const POLICY: &[Line] = &[
    //                                    platform admin doctor staff patient api client
    (Resource::Hospital,     Create,     [Any,  No,  No,  No,  No,  No ]),
    (Resource::Hospital,     Read,       [Any,  Own, Own, Own, Own, Own]),
    (Resource::Hospital,     List,       [Any,  Own, No,  No,  No,  No ]),
    (Resource::Hospital,     Update,     [Any,  Own, No,  No,  No,  No ]),
    (Resource::Hospital,     Delete,     [Any,  No,  No,  No,  No,  No ]),
    (Resource::Statistics,   Read,       [Any,  Own, Own, Own, Own, Own]),
    // Anyone may find a doctor to book; a patient finds no other patient.
    (Resource::Practitioner, Create,     [No,   Any, No,  No,  No,  No ]),
    (Resource::Practitioner, Read,       [No,   Any, Any, Any, Any, Any]),
    (Resource::Practitioner, List,       [No,   Any, Any, Any, Any, Any]),
    (Resource::Practitioner, Update,     [No,   Any, Own, No,  No,  No ]),
    (Resource::Practitioner, Delete,     [No,   Any, No,  No,  No,  No ]),
    (Resource::Patient,      Create,     [No,   Any, No,  Any, No,  Any]),
    (Resource::Patient,      Read,       [No,   Any, Any, Any, Own, Any]),
    (Resource::Patient,      List,       [No,   Any, Any, Any, Own, Any]),
    (Resource::Patient,      Update,     [No,   Any, No,  Any, Own, Any]),
    (Resource::Patient,      Delete,     [No,   Any, No,  No,  No,  No ]),
    (Resource::Patient,      Merge,      [No,   Any, No,  No,  No,  No ]),
    (Resource::Member,       Create,     [Any,  Any, No,  No,  No,  No ]),
    (Resource::Member,       Read,       [Any,  Any, Own, Own, Own, Own]),
    (Resource::Member,       List,       [Any,  Any, Own, Own, Own, Own]),
    (Resource::Member,       Update,     [Any,  Any, Own, Own, Own, No ]),
    (Resource::Member,       Delete,     [Any,  Any, No,  No,  No,  No ]),
    (Resource::Slot,         Create,     [No,   Any, Own, Any, No,  No ]),
    (Resource::Slot,         Read,       [No,   Any, Any, Any, Any, Any]),
    (Resource::Slot,         List,       [No,   Any, Any, Any, Any, Any]),
    // The other side of an appointment is always someone else: own means the doctor's or the patient's.
    (Resource::Appointment,  Create,     [No,   Any, Own, Any, Own, Any]),
    (Resource::Appointment,  Read,       [No,   Any, Own, Any, Own, Any]),
    (Resource::Appointment,  List,       [No,   Any, Own, Any, Own, Any]),
    (Resource::Appointment,  Update,     [No,   Any, Own, Any, Own, Any]),
    (Resource::Appointment,  Confirm,    [No,   Any, Own, Any, Own, Any]),
    (Resource::Appointment,  Cancel,     [No,   Any, Own, Any, Own, Any]),
    (Resource::Appointment,  Complete,   [No,   Any, Own, Any, No,  No ]),
    // Who may book may wait for a slot; own means the doctor's or the patient's here too.
    (Resource::WaitingEntry, Create,     [No,   Any, Own, Any, Own, Any]),
    (Resource::WaitingEntry, Read,       [No,   Any, Own, Any, Own, Any]),
    (Resource::WaitingEntry, List,       [No,   Any, Own, Any, Own, Any]),
    (Resource::WaitingEntry, Update,     [No,   Any, Own, Any, Own, Any]),
    (Resource::WaitingEntry, Delete,     [No,   Any, Own, Any, Own, Any]),
    // A link shows a doctor's or a patient's own calendar; the administrator makes and revokes links for doctors.
    (Resource::CalendarLink, Create,     [No,   Any, Own, No,  Own, No ]),
    (Resource::CalendarLink, List,       [No,   Any, Own, No,  Own, No ]),
    (Resource::CalendarLink, Delete,     [No,   Any, Own, No,  Own, No ]),
    // A recording is its doctor's; the administrator reads with the same trace as anyone, and changes nothing.
    (Resource::Encounter,    Create,     [No,   No,  Own, No,  No,  No ]),
    (Resource::Encounter,    Read,       [No,   Any, Own, No,  No,  No ]),
    (Resource::Encounter,    List,       [No,   Any, Own, No,  No,  No ]),
    (Resource::Encounter,    Update,     [No,   No,  Own, No,  No,  No ]),
    // Whose recording it is signs its note, and adds to what is signed. Whoever may read a note may take it out as a file.
    (Resource::NoteSignature, Create,    [No,   No,  Own, No,  No,  No ]),
    (Resource::NoteAddendum, Create,     [No,   No,  Own, No,  No,  No ]),
    (Resource::NoteAddendum, List,       [No,   Any, Own, No,  No,  No ]),
    (Resource::NoteExport,   Create,     [No,   Any, Own, No,  No,  No ]),
    (Resource::EncounterStatistics, Read, [No,  Any, Own, No,  No,  No ]),
    // A doctor adds to any chart. Own means: what the doctor wrote, or of a chart that is open to them (`chart::access`); of a
    // patient, their own chart. The administrator reads with the same trace as anyone, and changes nothing.
    (Resource::MedicalRecord, Create,    [No,   No,  Any, No,  No,  No ]),
    (Resource::MedicalRecord, Read,      [No,   Any, Own, No,  Own, No ]),
    (Resource::MedicalRecord, List,      [No,   Any, Own, No,  Own, No ]),
    (Resource::MedicalRecord, Update,    [No,   No,  Own, No,  No,  No ]),
    (Resource::MedicalRecord, Delete,    [No,   No,  Own, No,  No,  No ]),
    // To whom a record is open adds to it; the doctor who added something, or who wrote the record, takes it away.
    (Resource::Attachment,   Create,     [No,   No,  Own, No,  Own, No ]),
    (Resource::Attachment,   Read,       [No,   Any, Own, No,  Own, No ]),
    (Resource::Attachment,   List,       [No,   Any, Own, No,  Own, No ]),
    (Resource::Attachment,   Delete,     [No,   No,  Own, No,  No,  No ]),
    (Resource::Treatment,    Create,     [No,   No,  Any, No,  No,  No ]),
    (Resource::Treatment,    Read,       [No,   Any, Own, No,  Own, No ]),
    (Resource::Treatment,    List,       [No,   Any, Own, No,  Own, No ]),
    (Resource::Treatment,    Update,     [No,   No,  Own, No,  No,  No ]),
    (Resource::MedicationRequest, Create, [No,  No,  Any, No,  No,  No ]),
    (Resource::MedicationRequest, Read,  [No,   Any, Own, No,  Own, No ]),
    (Resource::MedicationRequest, List,  [No,   Any, Own, No,  Own, No ]),
    (Resource::MedicationRequest, Update, [No,  No,  Own, No,  No,  No ]),
    (Resource::BreakGlass,   Create,     [No,   No,  Any, No,  No,  No ]),
    (Resource::BreakGlass,   List,       [No,   Any, No,  No,  No,  No ]),
    (Resource::BreakGlass,   Cancel,     [No,   Any, Own, No,  No,  No ]),
    (Resource::AuditLog,     List,       [Any,  Any, No,  No,  No,  No ]),
    (Resource::Server,       Read,       [Any,  No,  No,  No,  No,  No ]),
    (Resource::Server,       Update,     [Any,  No,  No,  No,  No,  No ]),
    // Where a hospital's events go is its administrator's to say.
    (Resource::Webhook,      Create,     [No,   Any, No,  No,  No,  No ]),
    (Resource::Webhook,      Read,       [No,   Any, No,  No,  No,  No ]),
    (Resource::Webhook,      List,       [No,   Any, No,  No,  No,  No ]),
    (Resource::Webhook,      Update,     [No,   Any, No,  No,  No,  No ]),
    (Resource::Webhook,      Delete,     [No,   Any, No,  No,  No,  No ]),
    (Resource::Specialty,    Create,     [No,   Any, No,  No,  No,  No ]),
    (Resource::Specialty,    Read,       [No,   Any, Any, Any, Any, Any]),
    (Resource::Specialty,    List,       [No,   Any, Any, Any, Any, Any]),
    (Resource::Specialty,    Update,     [No,   Any, No,  No,  No,  No ]),
    (Resource::DoctorSpecialty, Create,  [No,   Any, No,  No,  No,  No ]),
    (Resource::DoctorSpecialty, Read,    [No,   Any, Any, Any, Any, Any]),
    (Resource::DoctorSpecialty, List,    [No,   Any, Any, Any, Any, Any]),
    (Resource::DoctorSpecialty, Update,  [No,   Any, Own, No,  No,  No ]),
    (Resource::DoctorSpecialty, Delete,  [No,   Any, No,  No,  No,  No ]),
    (Resource::SubscriptionPlan, Create, [Any,  No,  No,  No,  No,  No ]),
    (Resource::SubscriptionPlan, Read,   [Any,  Any, Any, Any, Any, Any]),
    (Resource::SubscriptionPlan, List,   [Any,  Any, Any, Any, Any, Any]),
    (Resource::SubscriptionPlan, Update, [Any,  No,  No,  No,  No,  No ]),
    (Resource::SubscriptionPlan, Delete, [Any,  No,  No,  No,  No,  No ]),
    // It binds the hospital, so its administrator decides.
    (Resource::Subscription, Read,       [No,   Own, No,  Own, No,  No ]),
    (Resource::Subscription, Update,     [No,   Own, No,  No,  No,  No ]),
    (Resource::Subscription, Cancel,     [No,   Own, No,  No,  No,  No ]),
    // A wallet is its doctor's. The administrator reads with the same trace as anyone, and carries out what leaves it.
    (Resource::Wallet,       Read,       [No,   Any, Own, No,  No,  No ]),
    (Resource::Payment,      Create,     [No,   No,  Own, No,  No,  No ]),
    (Resource::Payment,      Read,       [No,   Any, Own, No,  No,  No ]),
    (Resource::Payment,      List,       [No,   Any, Own, No,  No,  No ]),
    (Resource::Refund,       Create,     [No,   No,  Own, No,  No,  No ]),
    (Resource::Refund,       Complete,   [No,   Any, No,  No,  No,  No ]),
    (Resource::Withdrawal,   Create,     [No,   No,  Own, No,  No,  No ]),
    (Resource::Withdrawal,   Complete,   [No,   Any, No,  No,  No,  No ]),
    (Resource::Invitation,   Create,     [No,   Any, No,  No,  No,  No ]),
    (Resource::Invitation,   List,       [No,   Any, No,  No,  No,  No ]),
    (Resource::Invitation,   Delete,     [No,   Any, No,  No,  No,  No ]),
    // A doctor asks, the patient gives it, and it is bound to that doctor; each of them and the administrator end it.
    (Resource::PatientAccess, Create,    [No,   No,  Any, No,  No,  No ]),
    (Resource::PatientAccess, Confirm,   [No,   No,  Own, No,  No,  No ]),
    (Resource::PatientAccess, Read,      [No,   No,  Own, No,  No,  No ]),
    (Resource::PatientAccess, List,      [No,   Any, Own, No,  Own, No ]),
    (Resource::PatientAccess, Cancel,    [No,   Any, Own, No,  Own, No ]),
];

/// How far a role reaches with an action on a resource.
pub fn grant(role: Role, resource: Resource, action: Action) -> Grant {
    POLICY
        .iter()
        .find(|(on, what, _)| (*on, *what) == (resource, action))
        .map_or(No, |(_, _, grants)| grants[role as usize])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    #[test]
    fn the_table_is_what_the_reviewer_read() {
        let mut text = String::from(
            "how far each role reaches (never is '-'); own: the caller's, any: the whole hospital's\n\n",
        );
        let _ = write!(text, "{:<17} {:<10}", "resource", "action");
        for role in Role::ALL {
            let _ = write!(text, "{:<16}", role.word());
        }
        text = format!("{}\n", text.trim_end());
        for (resource, action, grants) in POLICY {
            let mut line =
                format!("{:<17} {:<10}", format!("{resource:?}"), format!("{action:?}").to_lowercase());
            for grant in grants {
                let word = match grant {
                    No => "-",
                    Own => "own",
                    Any => "any",
                };
                let _ = write!(line, "{word:<16}");
            }
            let _ = writeln!(text, "{}", line.trim_end());
        }
        insta::with_settings!({ snapshot_path => "../../../tests/golden", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!("policy", text);
        });
    }

    #[test]
    fn no_line_stands_twice() {
        for (index, (resource, action, _)) in POLICY.iter().enumerate() {
            assert!(
                !POLICY[index + 1..].iter().any(|(r, a, _)| (r, a) == (resource, action)),
                "{resource:?} {action:?}"
            );
        }
    }

    #[test]
    fn the_platform_sees_no_patient() {
        for resource in [
            Resource::Patient,
            Resource::Appointment,
            Resource::WaitingEntry,
            Resource::CalendarLink,
            Resource::Encounter,
            Resource::NoteSignature,
            Resource::NoteAddendum,
            Resource::NoteExport,
            Resource::EncounterStatistics,
            Resource::MedicalRecord,
            Resource::Attachment,
            Resource::Treatment,
            Resource::MedicationRequest,
            Resource::BreakGlass,
            Resource::Wallet,
            Resource::Payment,
            Resource::Refund,
            Resource::Withdrawal,
            Resource::PatientAccess,
        ] {
            for action in [Create, Read, List, Update, Delete, Confirm, Cancel, Complete, Merge] {
                assert_eq!(grant(Role::PlatformAdmin, resource, action), No);
            }
        }
    }
}
