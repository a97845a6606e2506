//! How each list is laid out: how wide its buckets are, and whether its rows are counted ahead.

use ward_domain::record::{List, RecordKind};

/// Places of records are lists of the store's own, above all numbers of [`List`].
const PLACES: i32 = 1000;

/// The code of the list of a kind's places.
pub(crate) fn places(kind: RecordKind) -> i32 {
    PLACES + i32::from(kind.code())
}

/// The code of a list.
pub(crate) fn code(list: List) -> i32 {
    list.code().into()
}

/// Back from a code; `None` for places.
pub(crate) fn list(code: i32) -> Option<List> {
    List::from_code(u16::try_from(code).ok()?)
}

/// Bits of the sort key within one bucket; 64 for lists that stay small.
///
/// A bucket is a partition, and should stay under some hundred thousand rows in the busiest hospital. Times are in
/// milliseconds: 2^26 are 18 hours, 2^32 are 50 days, 2^35 a year.
fn bits(code: i32) -> u32 {
    let Some(list) = list(code) else {
        // Ids: 12 bits below the millisecond. Half a month of records of one kind.
        return 43;
    };
    match list {
        List::AuditByTime | List::AuditByActor | List::AuditByAction => 26,
        // By sequence.
        List::AuditChain => 17,
        List::Slots
        | List::OpenSlots
        | List::AppointmentsByCreated
        | List::AppointmentsByStart
        | List::AppointmentsByStatusCreated
        | List::AppointmentsByStatusStart
        | List::Encounters
        | List::EncountersByStatus
        | List::Messages
        | List::Hospitals
        | List::Users
        | List::UsersByRole
        | List::UsersByRoleActive => 32,
        List::SlotsByDoctor
        | List::OpenSlotsByDoctor
        | List::DoctorAppointmentsByCreated
        | List::DoctorAppointmentsByStart
        | List::DoctorAppointmentsByStatusCreated
        | List::DoctorAppointmentsByStatusStart
        | List::EncountersByDoctor
        | List::EncountersByDoctorStatus
        | List::AuditByPatient => 35,
        // What is due: an hour.
        List::RemindersDue | List::EncountersDue | List::MessagesDue => 22,
        List::SessionsByUser
        | List::LogIns
        | List::PatientAppointmentsByCreated
        | List::PatientAppointmentsByStart
        | List::DoctorPatientAppointments
        | List::NoteVersions
        | List::AuditHeads => 64,
    }
}

/// The bucket of a signed sort key.
pub(crate) fn bucket(code: i32, sort: i64) -> i64 {
    let bits = bits(code);
    if bits >= 64 { 0 } else { sort >> bits }
}

/// True for lists that are long enough to be counted ahead; the others are counted as they are asked for.
pub(crate) fn counted(code: i32) -> bool {
    list(code).is_some() && bits(code) < 64
}
