//! One 53-bit id for everything: 41 bits of milliseconds since 2024-01-01, 5 bits of node, 7 bits of sequence.
//!
//! It is exact in a JSON number, grows with time (so an id is also the order of creation), and each API spells it
//! its own way: a number, `apt_…` ([`Id::prefixed`]) or a UUID ([`Id::to_uuid`]). An id is guessable and never a
//! secret.

mod mint;
mod spelling;

pub use mint::{MintError, Minter};
pub use spelling::{IdKind, ParseIdError};

use serde::{Deserialize, Serialize};
use std::fmt;

/// Bits of sequence within one millisecond of one node.
pub const SEQUENCE_BITS: u32 = 7;
/// Bits that name the process that minted the id.
pub const NODE_BITS: u32 = 5;
/// Largest id: the largest integer that a JSON number carries exactly.
pub const MAX: u64 = (1 << 53) - 1;
/// 2024-01-01T00:00:00Z in Unix milliseconds: ids count from here.
pub const EPOCH_MS: i64 = 1_704_067_200_000;

/// An id of any kind. Use the typed ids (`UserId`, `SlotId`, …) wherever the kind is known.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Id(u64);

impl Id {
    /// An id from its number; numbers over 53 bits are cut by `None`.
    pub const fn new(number: u64) -> Option<Self> {
        if number <= MAX { Some(Self(number)) } else { None }
    }

    /// The number, at most 53 bits.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// When it was minted, in Unix milliseconds (of the minter's clock).
    pub const fn minted_ms(self) -> i64 {
        (self.0 >> (NODE_BITS + SEQUENCE_BITS)).cast_signed() + EPOCH_MS
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
        #[serde(transparent)]
        pub struct $name(Id);

        impl $name {
            /// The untyped id.
            pub const fn id(self) -> Id { self.0 }
            /// The number, at most 53 bits.
            pub const fn get(self) -> u64 { self.0.get() }
        }
        impl From<Id> for $name { fn from(id: Id) -> Self { Self(id) } }
        impl From<$name> for Id { fn from(id: $name) -> Self { id.0 } }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{}", self.0) }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{}", self.0) }
        }
    )+};
}

typed_ids! {
    /// A hospital, which is a tenant.
    HospitalId,
    /// A person with an account: admin, doctor, staff, patient.
    UserId,
    /// A log-in session of one user.
    SessionId,
    /// One bookable unit of a doctor's time.
    SlotId,
    /// An appointment.
    AppointmentId,
    /// Someone's place on a doctor's waiting list.
    WaitingEntryId,
    /// A link to someone's calendar.
    CalendarLinkId,
    /// A recorded consultation.
    EncounterId,
    /// A SOAP note.
    NoteId,
    /// A medical record in a patient's chart.
    MedicalRecordId,
    /// A treatment in a patient's chart.
    TreatmentId,
    /// A prescription in a patient's chart.
    PrescriptionId,
    /// A doctor's breaking of the glass before one chart.
    BreakGlassId,
    /// A message on its way out (mail).
    MessageId,
    /// A committed event.
    EventId,
    /// One commit of one aggregate.
    CommitId,
    /// An endpoint that is told of events.
    WebhookId,
    /// One event on its way to one endpoint.
    DeliveryId,
    /// A hospital's specialty.
    SpecialtyId,
    /// That a doctor has a specialty.
    DoctorSpecialtyId,
    /// A plan that hospitals subscribe to.
    PlanId,
    /// A payment, refund or withdrawal.
    TransactionId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_exact_in_a_json_number() {
        let id = Id::new(MAX).unwrap();
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let through_float = (id.get() as f64) as u64;
        assert_eq!(through_float, MAX);
        assert_eq!(Id::new(MAX + 1), None);
    }
}
