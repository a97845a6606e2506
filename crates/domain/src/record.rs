//! What the store keeps of an aggregate, as data: documents, the index rows they declare, and claims.

use crate::id::Id;
use crate::time::Time;
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
        /// A hospital's specialties, and which doctor has which.
        Specialties = 9,
        /// A plan that hospitals subscribe to (in the platform's scope).
        SubscriptionPlan = 11,
        /// A hospital's figures.
        Statistics = 13,
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
        /// [`crate::calendar::Slot`].
        Slot = 21,
        /// [`crate::calendar::Appointment`].
        Appointment = 22,
        /// [`crate::encounter::Encounter`].
        Encounter = 30,
        /// [`crate::encounter::NoteVersion`].
        NoteVersion = 31,
        /// [`crate::encounter::TranscriptRecord`].
        Transcript = 32,
        /// [`crate::courier::OutgoingMessage`].
        OutgoingMessage = 40,
        /// [`crate::audit::AuditLink`].
        AuditEntry = 50,
        /// [`crate::audit::SignedHead`].
        AuditHead = 51,
        /// [`crate::hospital::PlatformState`].
        PlatformState = 60,
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
    }
}

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
        /// (doctor) → start.
        SlotsByDoctor = 20,
        /// () → start.
        Slots = 21,
        /// (doctor) → start, bookable ones only.
        OpenSlotsByDoctor = 22,
        /// () → start, bookable ones only.
        OpenSlots = 23,
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
    }
}

impl List {
    /// Rows of these lie beside the tenants, so that the platform can find whom to wake; they hold times, ids and
    /// keyed hashes only, and a read of them yields tenant and id, never a document.
    pub const fn platform_wide(self) -> bool {
        matches!(
            self,
            Self::LogIns
                | Self::RemindersDue
                | Self::EncountersDue
                | Self::MessagesDue
                | Self::SubscriptionsDue
        )
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

/// Something that may have one owner only.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ClaimKey(Vec<u8>);

impl ClaimKey {
    /// A log-in name, as its keyed hash.
    pub fn log_in(hash: &[u8; 16]) -> Self {
        Self([&[1], hash.as_slice()].concat())
    }

    /// A patient's civil day (days since 1970-01-01, UTC): spans under it may not overlap.
    pub fn patient_day(patient: crate::id::UserId, day: i64) -> Self {
        Self([&[2], patient.get().to_be_bytes().as_slice(), &day.to_be_bytes()].concat())
    }

    /// A request carried out under an idempotency key, as the hash of key, caller and operation.
    pub fn request(hash: &[u8; 32]) -> Self {
        Self([&[3], hash.as_slice()].concat())
    }

    /// The hospital's first administrator.
    pub fn first_admin() -> Self {
        Self(vec![4])
    }

    /// One delivery of one event: the second time finds it taken.
    pub fn delivery(event: crate::id::EventId) -> Self {
        Self([&[5], event.get().to_be_bytes().as_slice()].concat())
    }

    /// A host name that is a hospital's own (in the platform's scope), as its digest.
    pub fn domain(digest: &[u8; 32]) -> Self {
        Self([&[6], digest.as_slice()].concat())
    }

    /// The code of a plan (in the platform's scope), as its digest.
    pub fn plan_code(digest: &[u8; 32]) -> Self {
        Self([&[15], digest.as_slice()].concat())
    }

    /// True for what must happen once, even to the aggregate that holds the claim already.
    pub fn is_once(&self) -> bool {
        matches!(self.0.first(), Some(3 | 5))
    }

    /// True for the claim of this log-in, given as the hex of its keyed hash.
    pub fn is_log_in(&self, hash: &str) -> bool {
        self.0.split_first().is_some_and(|(kind, bytes)| *kind == 1 && crate::secret::hex(bytes) == hash)
    }

    /// The bytes in keys, at most 40.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// From the bytes in a key.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

/// What a commit does to claims. The owner is always the committing aggregate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClaimOp {
    /// Takes what is free, lapsed, or already this aggregate's; else the commit is refused.
    Take {
        /// What is claimed.
        key: ClaimKey,
        /// What the owner wants to find again (sealed by the store).
        body: Vec<u8>,
        /// When it lapses by itself.
        expires: Option<Time>,
    },
    /// Gives back; giving back what is not held is no error.
    Release {
        /// What is given back.
        key: ClaimKey,
    },
    /// Takes `[start, end)` under a key; refused where it overlaps another span there.
    TakeSpan {
        /// Whose spans.
        key: ClaimKey,
        /// First millisecond.
        start: Time,
        /// The millisecond after the last.
        end: Time,
    },
    /// Gives the span that begins at `start` back, if this aggregate holds it.
    ReleaseSpan {
        /// Whose spans.
        key: ClaimKey,
        /// First millisecond.
        start: Time,
    },
}

impl ClaimOp {
    /// What the operation is about.
    pub const fn key(&self) -> &ClaimKey {
        match self {
            Self::Take { key, .. }
            | Self::Release { key }
            | Self::TakeSpan { key, .. }
            | Self::ReleaseSpan { key, .. } => key,
        }
    }
}
