//! A doctor's access to what is kept of a patient, which the patient gives by telling the doctor a code.

use super::code::CODE_SECONDS;
use crate::id::{Id, UserId};
use crate::policy::{Action, Resource};
use crate::record::{Document, IndexRow, Key, List, RecordKind};
use crate::secret;
use crate::time::{HOUR, Time};
use serde::{Deserialize, Serialize};

/// How long access lasts, in hours.
pub const ACCESS_HOURS: i64 = 24;
/// Longest reason, in characters.
pub const MAX_REASON: usize = 500;

/// How far access goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessKind {
    /// To read the chart: records, treatments and prescriptions.
    ViewHistory,
    /// The same, and files: to read those of a record and to add to it.
    FullAccess,
}

impl AccessKind {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::ViewHistory, Self::FullAccess];

    /// Its word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ViewHistory => "view_history",
            Self::FullAccess => "full_access",
        }
    }

    /// Whether it opens a chart for an action on a part of it. What is written there only its author changes.
    pub const fn opens(self, resource: Resource, action: Action) -> bool {
        match self {
            Self::FullAccess => !matches!(action, Action::Update | Action::Delete),
            Self::ViewHistory => {
                matches!(action, Action::Read | Action::List) && !matches!(resource, Resource::Attachment)
            }
        }
    }
}

/// That the patient has given it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    /// When.
    pub at: Time,
    /// Until when.
    pub until: Time,
    /// The digest of the token that the doctor was given, hex.
    token: String,
}

/// Who ended it before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Who: the patient, the administrator, or the doctor who gives it back.
    pub by: UserId,
    /// When.
    pub at: Time,
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessStatus {
    /// The code was sent and not shown yet.
    Pending,
    /// The chart is open.
    Active,
    /// Its time is over.
    Expired,
    /// Someone ended it.
    Ended,
}

impl AccessStatus {
    /// Its word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Ended => "ended",
        }
    }
}

/// A doctor's access to what is kept of one patient, from the moment it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientAccess {
    /// Its id.
    pub id: Id,
    /// Who asks. It is bound to them: nobody else's session opens anything by it.
    pub doctor: UserId,
    /// Of whom.
    pub patient: UserId,
    /// How far.
    pub kind: AccessKind,
    /// Why, in the doctor's words.
    pub reason: String,
    /// The keyed hash under which its code is kept.
    pub key: [u8; 16],
    /// Since when.
    pub asked_at: Time,
    /// Where it was given.
    pub granted: Option<Granted>,
    /// Where it was ended.
    pub ended: Option<Ended>,
}

impl PatientAccess {
    /// The same, given now.
    #[must_use]
    pub fn grant(&self, now: Time, token: &str) -> Self {
        let until = now.plus(ACCESS_HOURS * HOUR);
        Self { granted: Some(Granted { at: now, until, token: token.to_owned() }), ..self.clone() }
    }

    /// Where it stands.
    pub fn status(&self, now: Time) -> AccessStatus {
        match (&self.ended, &self.granted) {
            (Some(_), _) => AccessStatus::Ended,
            (None, Some(granted)) if now < granted.until => AccessStatus::Active,
            (None, None) if now < self.lapses() => AccessStatus::Pending,
            _ => AccessStatus::Expired,
        }
    }

    /// When one that nobody gave is over: with its code.
    pub fn lapses(&self) -> Time {
        self.asked_at.plus(CODE_SECONDS * 1_000)
    }

    /// Whether a token, as its digest in hex, is the one that the doctor was given.
    pub fn has_token(&self, digest: &str) -> bool {
        self.granted.as_ref().is_some_and(|granted| secret::same(granted.token.as_bytes(), digest.as_bytes()))
    }
}

impl Document for PatientAccess {
    const KIND: RecordKind = RecordKind::PatientAccess;
    fn record_id(&self) -> Id {
        self.id
    }
    fn index(&self) -> Vec<IndexRow> {
        let sort = self.asked_at.sort_key();
        let (doctor, patient) = (Key::of(self.doctor.get()), Key::of(self.patient.get()));
        let mut rows = vec![
            IndexRow { list: List::PatientAccesses, eq: Key::all(), sort },
            IndexRow { list: List::PatientAccessesByDoctor, eq: doctor.clone(), sort },
            IndexRow { list: List::PatientAccessesByPatient, eq: patient, sort },
        ];
        match (&self.granted, self.ended) {
            (Some(granted), None) => rows.push(IndexRow {
                list: List::OpenPatientAccesses,
                eq: doctor.and(self.patient.get()),
                sort: granted.until.sort_key(),
            }),
            (None, None) => rows.push(IndexRow {
                list: List::PatientAccessesDue,
                eq: Key::all(),
                sort: self.lapses().sort_key(),
            }),
            _ => {}
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Action::{Create, Delete, List as Listing, Read, Update};

    #[test]
    fn reading_a_history_reads_and_full_access_adds_files_and_neither_changes_what_others_wrote() {
        for (resource, action, view, full) in [
            (Resource::MedicalRecord, Read, true, true),
            (Resource::Treatment, Listing, true, true),
            (Resource::MedicationRequest, Read, true, true),
            (Resource::Attachment, Read, false, true),
            (Resource::Attachment, Create, false, true),
            (Resource::MedicalRecord, Update, false, false),
            (Resource::Attachment, Delete, false, false),
        ] {
            let opens = AccessKind::ALL.map(|kind| kind.opens(resource, action));
            assert_eq!(opens, [view, full], "{resource:?} {action:?}");
        }
    }

    #[test]
    fn it_lasts_a_day_from_when_it_was_given() {
        let now = Time::from_millis(1_000);
        let asked = PatientAccess {
            id: Id::new(1).unwrap(),
            doctor: Id::new(2).unwrap().into(),
            patient: Id::new(3).unwrap().into(),
            kind: AccessKind::ViewHistory,
            reason: "Follow-up consultation".into(),
            key: [0; 16],
            asked_at: now,
            granted: None,
            ended: None,
        };
        assert_eq!(asked.status(now), AccessStatus::Pending);
        assert_eq!(asked.status(now.plus(300_000)), AccessStatus::Expired);
        let given = asked.grant(now.plus(1_000), "digest");
        assert_eq!(given.status(now.plus(1_000 + 24 * HOUR - 1)), AccessStatus::Active);
        assert_eq!(given.status(now.plus(1_000 + 24 * HOUR)), AccessStatus::Expired);
        assert!(given.has_token("digest") && !given.has_token("another") && !asked.has_token(""));
        let ended = PatientAccess { ended: Some(Ended { by: given.patient, at: now }), ..given.clone() };
        assert_eq!(ended.status(now.plus(2_000)), AccessStatus::Ended);
        let open =
            |access: &PatientAccess| access.index().iter().any(|row| row.list == List::OpenPatientAccesses);
        assert!(open(&given) && !open(&asked) && !open(&ended));
    }
}
