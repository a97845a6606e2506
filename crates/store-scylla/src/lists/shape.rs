//! How each list is laid out: how wide its buckets are, and whether its rows are counted ahead.

use ward_domain::record::List;

/// Places of records are a list of the store's own, above all numbers of [`List`]: sorted by kind, then id.
pub(crate) const PLACES: i32 = 1000;

/// Bits of an id within one bucket of places: 12 below the millisecond, so three days.
const PLACE_BITS: u32 = 40;

/// The code of a list.
pub(crate) fn code(list: List) -> i32 {
    list.code().into()
}

/// Back from a code; `None` for [`PLACES`].
pub(crate) fn list(code: i32) -> Option<List> {
    List::from_code(u16::try_from(code).ok()?)
}

/// Bits of the sort key within one bucket; 64 for lists that stay small.
///
/// A bucket is a partition, and should stay under some hundred thousand rows in the busiest hospital. Times are in
/// milliseconds: 2^26 are 18 hours, 2^30 are 12 days, 2^32 are 50 days, 2^35 a year.
fn bits(code: i32) -> u32 {
    let Some(list) = list(code) else { return 64 };
    match list {
        List::AuditByTime | List::AuditByActor | List::AuditByAction => 26,
        // By sequence.
        List::AuditChain => 17,
        // The first of these share their partitions with others; a webhook's log has every event of the hospital.
        List::Slots
        | List::OpenSlots
        | List::AppointmentsByCreated
        | List::AppointmentsByStart
        | List::AppointmentsByStatusCreated
        | List::AppointmentsByStatusStart
        | List::DeliveriesByWebhook
        | List::DeliveriesByWebhookStatus => 30,
        List::Encounters
        | List::EncountersByStatus
        | List::Messages
        | List::Transactions
        | List::LedgerEntries
        | List::MedicalRecords
        | List::Treatments
        | List::WaitingList
        | List::CalendarLinks
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
        | List::MedicalRecordsByPatient
        | List::MedicalRecordsByAuthor
        | List::TreatmentsByPatient
        | List::TreatmentsByAuthor
        | List::BreakGlasses
        // Due in years.
        | List::ChartRetentionDue
        | List::WaitingListByDoctor
        | List::AttachmentRetentionDue
        | List::PatientAccesses
        | List::PatientAccessesByDoctor
        // It may be months until an engine is set up.
        | List::EncountersAwaitingEngine
        | List::AuditByPatient => 35,
        // 40 bits of a hash: 128 buckets, and in each some thousand rows of a hospital of 200,000 patients.
        List::PatientFingerprints => 33,
        // What is due: an hour.
        List::MergesDue
        | List::RemindersDue
        | List::EncountersDue
        | List::MessagesDue
        | List::SlotHoldsDue
        | List::WaitingListDue
        | List::WebhooksDue
        | List::UploadsDue
        | List::SubscriptionsDue
        | List::PaymentsDue
        | List::PhoneCodesDue
        | List::InvitationsDue
        | List::PatientAccessesDue => 22,
        List::SessionsByUser
        | List::MergesBySurvivor
        | List::LogIns
        | List::CalendarLinksByUser
        | List::WaitingListByPatient
        | List::WaitingForOffer
        | List::PatientAppointmentsByCreated
        | List::PatientAppointmentsByStart
        | List::DoctorPatientAppointments
        | List::NoteVersions
        | List::NoteAddenda
        | List::AudioChunks
        | List::MedicalRecordsByAuthorPatient
        | List::TreatmentsByAuthorPatient
        | List::PrescriptionsByTreatment
        | List::ActivePrescriptions
        | List::ChartVersions
        | List::AttachmentsByRecord
        | List::DeletedAttachments
        | List::BreakGlassesByDoctorPatient
        | List::AuditHeads
        | List::Webhooks
        | List::WebhookLines
        | List::Specialties
        | List::DoctorSpecialties
        | List::DoctorSpecialtiesByDoctor
        | List::DoctorSpecialtiesBySpecialty
        | List::SubscriptionPlans
        | List::SubscriptionHistory
        | List::LedgerAccounts
        | List::Invitations
        | List::PatientAccessesByPatient
        | List::OpenPatientAccesses
        // A row a day.
        | List::StatisticsDays => 64,
    }
}

/// The bucket of a signed sort key; 0 for lists that stay small.
pub(crate) fn bucket(code: i32, sort: i64) -> i64 {
    let bits = bits(code);
    if bits >= 64 { 0 } else { sort >> bits }
}

/// The bucket of a record's place.
pub(crate) const fn place_bucket(id: i64) -> i64 {
    id >> PLACE_BITS
}

/// True for lists that stay small: one bucket, and their rows are counted as they are asked for.
pub(crate) fn is_short(code: i32) -> bool {
    bits(code) >= 64 && code != PLACES
}

/// True for lists that are long enough to be counted ahead.
pub(crate) fn counted(code: i32) -> bool {
    bits(code) < 64
}

/// Which lists share partitions: those in which one commit puts or drops rows of one document at about the same place.
pub(crate) fn group(code: i32, eq: &[u8]) -> Vec<u8> {
    let field = |number: usize| eq.get(number * 8..number * 8 + 8).unwrap_or(eq);
    match list(code) {
        Some(
            List::AppointmentsByCreated
            | List::AppointmentsByStart
            | List::AppointmentsByStatusCreated
            | List::AppointmentsByStatusStart,
        ) => vec![1],
        Some(List::Slots | List::OpenSlots) => vec![2],
        Some(
            List::SlotsByDoctor
            | List::OpenSlotsByDoctor
            | List::DoctorAppointmentsByCreated
            | List::DoctorAppointmentsByStart
            | List::DoctorAppointmentsByStatusCreated
            | List::DoctorAppointmentsByStatusStart,
        ) => [&[3], field(0)].concat(),
        Some(List::PatientAppointmentsByCreated | List::PatientAppointmentsByStart) => {
            [&[4], field(0)].concat()
        }
        // Of doctor and patient.
        Some(List::DoctorPatientAppointments) => [&[4], field(1)].concat(),
        _ => [&[0], code.to_be_bytes().as_slice(), eq].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ward_domain::record::Key;

    #[test]
    fn what_a_booking_changes_of_one_person_lies_together() {
        let of = |list, key: Key| group(code(list), key.bytes());
        assert_eq!(
            of(List::DoctorAppointmentsByStart, Key::of(7)),
            of(List::DoctorAppointmentsByStatusCreated, Key::of(7).and(2))
        );
        assert_eq!(
            of(List::PatientAppointmentsByStart, Key::of(9)),
            of(List::DoctorPatientAppointments, Key::of(7).and(9))
        );
        assert_ne!(of(List::SlotsByDoctor, Key::of(7)), of(List::SlotsByDoctor, Key::of(8)));
        assert_ne!(of(List::Users, Key::all()), of(List::Encounters, Key::all()));
    }
}
