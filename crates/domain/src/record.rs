//! What the store keeps of an aggregate, as data: documents, the index rows they declare, and claims.

use crate::id::Id;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident : $repr:ty { $($(#[$vdoc:meta])* $variant:ident = $value:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[repr($repr)]
        pub enum $name { $($(#[$vdoc])* $variant = $value),+ }

        impl $name {
            /// All of them, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The number in keys. It is on disk: never give a number a second meaning.
            pub const fn code(self) -> $repr { self as $repr }
            /// From the number in a key.
            pub fn from_code(code: $repr) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.code() == code)
            }
        }
    };
}

mod claim;
mod list;

pub use claim::{ClaimKey, ClaimOp};
pub use list::List;

codes! {
    /// What owns state: one actor, one version, one fence.
    AggregateKind: u8 {
        /// A hospital (in the platform's scope).
        Hospital = 1,
        /// A user's account.
        Account = 2,
        /// A doctor's calendar.
        Calendar = 3,
        /// A recorded consultation.
        Encounter = 4,
        /// A hospital's outgoing messages.
        Courier = 5,
        /// One process's audit chain in one hospital.
        AuditTrail = 6,
        /// The platform's own settings (first admin, signing heads).
        Platform = 7,
        /// A patient's chart.
        Chart = 8,
        /// A hospital's webhooks.
        Webhooks = 10,
        /// What a hospital's objects take.
        Storage = 78,
        /// A hospital's specialties, and which doctor has which.
        Specialties = 9,
        /// A plan that hospitals subscribe to (in the platform's scope).
        SubscriptionPlan = 11,
        /// A hospital's figures.
        Statistics = 13,
        /// A hospital's ledger.
        Ledger = 16,
        /// The one-time codes of a telephone number for one purpose.
        PhoneCode = 17,
        /// What was given to, or through, a telephone number: an invitation, a doctor's access to a patient's data.
        PhoneGrant = 18,
    }
}

codes! {
    /// What a document is.
    RecordKind: u8 {
        /// [`crate::hospital::Hospital`].
        Hospital = 1,
        /// [`crate::hospital::KeyRing`].
        DataKey = 2,
        /// [`crate::account::Account`].
        Account = 10,
        /// [`crate::account::Session`].
        Session = 11,
        /// [`crate::account::Proofs`].
        Proofs = 12,
        /// [`crate::account::MergePlan`].
        MergePlan = 13,
        /// [`crate::calendar::Slot`].
        Slot = 21,
        /// [`crate::calendar::Appointment`].
        Appointment = 22,
        /// [`crate::calendar::WaitingEntry`].
        WaitingEntry = 23,
        /// [`crate::account::CalendarLink`].
        CalendarLink = 24,
        /// [`crate::encounter::Encounter`].
        Encounter = 30,
        /// [`crate::encounter::NoteVersion`].
        NoteVersion = 31,
        /// [`crate::encounter::TranscriptRecord`].
        Transcript = 32,
        /// [`crate::encounter::Recording`].
        Recording = 33,
        /// [`crate::encounter::AudioChunk`].
        AudioChunk = 34,
        /// [`crate::courier::OutgoingMessage`].
        OutgoingMessage = 40,
        /// [`crate::audit::AuditLink`].
        AuditEntry = 50,
        /// [`crate::audit::SignedHead`].
        AuditHead = 51,
        /// [`crate::hospital::PlatformState`].
        PlatformState = 60,
        /// [`crate::chart::MedicalRecord`].
        MedicalRecord = 70,
        /// [`crate::chart::Treatment`].
        Treatment = 71,
        /// [`crate::chart::Prescription`].
        Prescription = 72,
        /// [`crate::chart::ChartVersion`].
        ChartVersion = 73,
        /// [`crate::chart::Attachment`].
        Attachment = 74,
        /// [`crate::chart::BreakGlass`].
        BreakGlass = 75,
        /// [`crate::webhook::Webhook`].
        Webhook = 90,
        /// [`crate::webhook::Delivery`].
        WebhookDelivery = 91,
        /// [`crate::webhook::Health`].
        WebhookHealth = 92,
        /// [`crate::upload::storage::Upload`].
        Upload = 78,
        /// [`crate::upload::storage::Storage`].
        Storage = 79,
        /// [`crate::specialty::Specialty`].
        Specialty = 80,
        /// [`crate::specialty::DoctorSpecialty`].
        DoctorSpecialty = 81,
        /// [`crate::subscription::SubscriptionPlan`].
        SubscriptionPlan = 82,
        /// [`crate::subscription::SubscriptionChange`].
        SubscriptionChange = 83,
        /// [`crate::statistics::Contribution`].
        Contribution = 84,
        /// [`crate::statistics::DayFigures`].
        DayFigures = 85,
        /// [`crate::statistics::StatisticsHead`].
        StatisticsHead = 86,
        /// [`crate::ledger::Transaction`].
        Transaction = 100,
        /// [`crate::ledger::Entry`].
        LedgerEntry = 101,
        /// [`crate::ledger::LedgerAccount`].
        LedgerAccount = 102,
        /// [`crate::phone::PhoneCode`].
        PhoneCode = 110,
        /// [`crate::phone::Invitation`].
        Invitation = 111,
        /// [`crate::phone::PatientAccess`].
        PatientAccess = 112,
        /// [`crate::encounter::NoteAddendum`].
        NoteAddendum = 121,
        /// [`crate::encounter::NoteExport`].
        NoteExport = 122,
    }
}

/// One row of a list: the equal fields as bytes, and the number that orders rows. Ties are ordered by record id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IndexRow {
    /// Which list.
    pub list: List,
    /// The equal fields, fixed in length for each list: see [`Key`].
    pub eq: Key,
    /// What the list is ordered by.
    pub sort: u64,
}

/// The equal fields of a list, as bytes of one fixed length for each list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Key(Vec<u8>);

impl Key {
    /// No equal fields: the whole list.
    pub const fn all() -> Self {
        Self(Vec::new())
    }

    /// One field.
    pub fn of(field: u64) -> Self {
        Self::all().and(field)
    }

    /// A keyed hash.
    pub fn hash(hash: &[u8; 16]) -> Self {
        Self(hash.to_vec())
    }

    /// One field more.
    #[must_use]
    pub fn and(mut self, field: u64) -> Self {
        self.0.extend_from_slice(&field.to_be_bytes());
        self
    }

    /// The bytes in keys.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// From the bytes in a key.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

/// A document of an aggregate. Its serialized form is JSON: fields may be added (with a default), never given a new
/// meaning.
pub trait Document: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// What it is.
    const KIND: RecordKind;
    /// Its id, unique among its kind in the hospital.
    fn record_id(&self) -> Id;
    /// The rows by which lists find it, derived from its fields and nothing else.
    fn index(&self) -> Vec<IndexRow>;
}
