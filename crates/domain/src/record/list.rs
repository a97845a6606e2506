//! The lists that there are.

use serde::{Deserialize, Serialize};

codes! {
    /// A list: index rows that share a meaning. The comment says `equal fields → sort key`.
    List: u16 {
        /// () → created. Platform scope.
        Hospitals = 1,
        /// (role) → created.
        UsersByRole = 10,
        /// () → created.
        Users = 11,
        /// (user) → last use.
        SessionsByUser = 12,
        /// (role, active) → created.
        UsersByRoleActive = 13,
        /// (hash of a log-in) → 0. Platform-wide: finds the hospital of a log-in.
        LogIns = 14,
        /// () → 40 bits of a keyed hash of what two accounts of one patient have in common: equal ones lie side by side.
        PatientFingerprints = 15,
        /// (survivor) → created.
        MergesBySurvivor = 16,
        /// () → when a merge is carried on. Platform-wide.
        MergesDue = 17,
        /// (doctor) → start.
        SlotsByDoctor = 20,
        /// () → start.
        Slots = 21,
        /// (doctor) → start, bookable ones only.
        OpenSlotsByDoctor = 22,
        /// () → start, bookable ones only.
        OpenSlots = 23,
        /// () → when a hold on a slot ends. Platform-wide.
        SlotHoldsDue = 24,
        /// () → joined.
        WaitingList = 25,
        /// (doctor) → joined.
        WaitingListByDoctor = 26,
        /// (patient) → joined.
        WaitingListByPatient = 27,
        /// (doctor) → joined, those who wait for an offer only.
        WaitingForOffer = 28,
        /// () → when a wait is over. Platform-wide.
        WaitingListDue = 29,
        /// () → created.
        AppointmentsByCreated = 30,
        /// () → start.
        AppointmentsByStart = 31,
        /// (status) → created.
        AppointmentsByStatusCreated = 32,
        /// (status) → start.
        AppointmentsByStatusStart = 33,
        /// (doctor) → created.
        DoctorAppointmentsByCreated = 34,
        /// (doctor) → start.
        DoctorAppointmentsByStart = 35,
        /// (doctor, status) → created.
        DoctorAppointmentsByStatusCreated = 36,
        /// (doctor, status) → start.
        DoctorAppointmentsByStatusStart = 37,
        /// (patient) → created.
        PatientAppointmentsByCreated = 38,
        /// (patient) → start.
        PatientAppointmentsByStart = 39,
        // 40 and 41 were a patient's appointments by status: a patient has few enough to look through.
        /// () → when the next reminder is due. Platform-wide.
        RemindersDue = 42,
        /// (doctor, patient) → start: the relation that opens a chart.
        DoctorPatientAppointments = 43,
        /// () → created.
        CalendarLinks = 44,
        /// (user) → created.
        CalendarLinksByUser = 45,
        /// (doctor) → created.
        EncountersByDoctor = 50,
        /// (doctor, status) → created.
        EncountersByDoctorStatus = 51,
        /// () → created.
        Encounters = 52,
        /// (status) → created.
        EncountersByStatus = 53,
        /// () → when the next step is due. Platform-wide.
        EncountersDue = 54,
        /// (encounter) → version.
        NoteVersions = 55,
        /// () → when the next attempt is due. Platform-wide.
        MessagesDue = 60,
        /// () → created.
        Messages = 61,
        /// () → time.
        AuditByTime = 70,
        /// (actor) → time.
        AuditByActor = 71,
        /// (action) → time.
        AuditByAction = 72,
        /// (patient) → time.
        AuditByPatient = 73,
        /// (chain) → sequence.
        AuditChain = 74,
        /// () → hour.
        AuditHeads = 75,
        /// () → created.
        MedicalRecords = 80,
        /// (patient) → created.
        MedicalRecordsByPatient = 81,
        /// (author) → created.
        MedicalRecordsByAuthor = 82,
        /// (author, patient) → created.
        MedicalRecordsByAuthorPatient = 83,
        /// () → created.
        Treatments = 84,
        /// (patient) → created.
        TreatmentsByPatient = 85,
        /// (author) → created.
        TreatmentsByAuthor = 86,
        /// (author, patient) → created.
        TreatmentsByAuthorPatient = 87,
        /// (treatment) → created.
        PrescriptionsByTreatment = 88,
        /// (patient) → created, active ones only.
        ActivePrescriptions = 89,
        /// (record, treatment or prescription) → version.
        ChartVersions = 90,
        /// () → opened.
        BreakGlasses = 91,
        /// (doctor, patient) → until when, those that were not ended.
        BreakGlassesByDoctorPatient = 92,
        /// () → when a deleted record goes for good. Platform-wide.
        ChartRetentionDue = 93,
        /// () → created.
        Webhooks = 130,
        /// (webhook) → when it happened.
        DeliveriesByWebhook = 131,
        /// (webhook, status) → when it happened.
        DeliveriesByWebhookStatus = 132,
        /// (webhook, aggregate) → place in line, those still to be tried only.
        WebhookLines = 133,
        /// () → when the next attempt is due. Platform-wide.
        WebhooksDue = 134,
        /// (record) → created, those that are shown.
        AttachmentsByRecord = 95,
        /// () → when it is looked at next. Platform-wide.
        UploadsDue = 96,
        /// (record) → when it goes for good, deleted ones.
        DeletedAttachments = 97,
        /// () → when a deleted attachment goes for good. Platform-wide.
        AttachmentRetentionDue = 98,
        /// () → created.
        Specialties = 100,
        /// () → created.
        DoctorSpecialties = 101,
        /// (doctor) → created.
        DoctorSpecialtiesByDoctor = 102,
        /// (specialty) → created.
        DoctorSpecialtiesBySpecialty = 103,
        /// () → created. Platform scope.
        SubscriptionPlans = 110,
        /// (hospital) → when. Platform scope.
        SubscriptionHistory = 111,
        /// () → when a cancelled subscription ends. Platform-wide, of hospitals in the platform's scope.
        SubscriptionsDue = 112,
        /// () → day.
        StatisticsDays = 120,
        /// (doctor or 0, kind or 0, status or 0) → created.
        Transactions = 160,
        /// () → when a payment is not waited for any more. Platform-wide.
        PaymentsDue = 161,
        /// () → when.
        LedgerEntries = 162,
        /// () → created.
        LedgerAccounts = 163,
        /// () → when a number's codes are forgotten. Platform-wide.
        PhoneCodesDue = 175,
        /// () → when an invitation ends. Platform-wide.
        InvitationsDue = 176,
        /// () → when a request for access that nobody answered goes. Platform-wide.
        PatientAccessesDue = 177,
        /// () → created.
        Invitations = 178,
        /// () → asked.
        PatientAccesses = 179,
        /// (doctor) → asked.
        PatientAccessesByDoctor = 180,
        /// (patient) → asked.
        PatientAccessesByPatient = 181,
        /// (doctor, patient) → until when, those that were given and not ended.
        OpenPatientAccesses = 182,
        /// (encounter) → number.
        NoteAddenda = 185,
        /// () → created: recordings that wait until a speech engine is set up. Platform-wide.
        EncountersAwaitingEngine = 150,
        /// (encounter) → number.
        AudioChunks = 151,
    }
}

impl List {
    /// Rows of these lie beside the tenants, so that the platform can find whom to wake; they hold times, ids and
    /// keyed hashes only, and a read of them yields tenant and id, never a document.
    pub const fn platform_wide(self) -> bool {
        matches!(
            self,
            Self::LogIns
                | Self::MergesDue
                | Self::SlotHoldsDue
                | Self::WaitingListDue
                | Self::RemindersDue
                | Self::EncountersDue
                | Self::EncountersAwaitingEngine
                | Self::MessagesDue
                | Self::ChartRetentionDue
                | Self::WebhooksDue
                | Self::UploadsDue
                | Self::AttachmentRetentionDue
                | Self::SubscriptionsDue
                | Self::PaymentsDue
                | Self::PhoneCodesDue
                | Self::InvitationsDue
                | Self::PatientAccessesDue
        )
    }
}
