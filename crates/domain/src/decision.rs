//! What a rule gives back when it does not refuse: changed documents, claims and events, for one commit.

use crate::id::{EventId, Id};
use crate::record::{ClaimOp, Document, IndexRow, RecordKind};
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// One document put or removed, with the index rows that come and go with it. A row lives and dies with its document:
/// one that goes names all its rows, one that is not there has none, and the rows of a list are of documents of one kind.
/// Stores rest on that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What it is.
    pub kind: RecordKind,
    /// Which.
    pub id: Id,
    /// The document as JSON, or `None` where it goes.
    pub body: Option<Vec<u8>>,
    /// Rows that come. Putting one that is there changes nothing.
    pub put_rows: Vec<IndexRow>,
    /// Rows that go. Dropping one that is not there changes nothing.
    pub drop_rows: Vec<IndexRow>,
}

impl Change {
    /// A new document.
    pub fn create<D: Document>(document: &D) -> Self {
        Self::between(None, document)
    }

    /// A document that takes another's place: only rows that differ come and go.
    pub fn update<D: Document>(old: &D, new: &D) -> Self {
        Self::between(Some(old), new)
    }

    /// A document that goes.
    pub fn remove<D: Document>(old: &D) -> Self {
        Self { kind: D::KIND, id: old.record_id(), body: None, put_rows: Vec::new(), drop_rows: old.index() }
    }

    fn between<D: Document>(old: Option<&D>, new: &D) -> Self {
        let (before, after) = (old.map(Document::index).unwrap_or_default(), new.index());
        Self {
            kind: D::KIND,
            id: new.record_id(),
            // A document of ours always has a JSON form: its maps have text keys and its numbers are finite.
            body: Some(serde_json::to_vec(new).unwrap_or_default()),
            put_rows: after.iter().filter(|row| !before.contains(row)).cloned().collect(),
            drop_rows: before.iter().filter(|row| !after.contains(row)).cloned().collect(),
        }
    }
}

/// Something that has happened, on its way to search, notifications, webhooks and live updates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Makes the second delivery harmless.
    pub id: EventId,
    /// When.
    pub at: Time,
    /// What happened.
    pub what: Happening,
}

/// What can happen. Events carry ids; who needs more reads the record, and so always sees the newest state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Happening {
    /// A hospital was created or changed.
    HospitalChanged {
        /// Which.
        hospital: crate::id::HospitalId,
    },
    /// An account was created or changed.
    AccountChanged {
        /// Whose.
        user: crate::id::UserId,
        /// How it was then, for those who are told what happened and not what is; events of earlier versions have none.
        #[serde(default)]
        then: Option<crate::account::AccountFacts>,
    },
    /// A person is called otherwise than before: what was written down for search under their name is written anew.
    PersonRenamed {
        /// Who.
        user: crate::id::UserId,
    },
    /// An appointment was booked.
    AppointmentBooked {
        /// Which.
        appointment: crate::id::AppointmentId,
        /// How it was then.
        #[serde(default)]
        then: Option<crate::calendar::AppointmentFacts>,
    },
    /// An appointment changed otherwise.
    AppointmentChanged {
        /// Which.
        appointment: crate::id::AppointmentId,
        /// The status it has now.
        status: crate::calendar::AppointmentStatus,
        /// How it was then.
        #[serde(default)]
        then: Option<crate::calendar::AppointmentFacts>,
    },
    /// An encounter, its transcript or its note changed.
    EncounterChanged {
        /// Which.
        encounter: crate::id::EncounterId,
    },
    /// A patient's chart changed.
    ChartChanged {
        /// Whose.
        patient: crate::id::UserId,
        /// In which part.
        part: crate::chart::ChartPart,
        /// In which document.
        id: Id,
    },
    /// No record shows an object any more: it is removed.
    ObjectReleased {
        /// Which.
        object: Id,
    },
    /// A message is to be sent.
    MessageRequested {
        /// What and to whom.
        message: crate::courier::MessageRequest,
    },
}

/// Everything one commit carries, but for version and commit id, which the actor shell adds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decision {
    /// Documents.
    pub changes: Vec<Change>,
    /// Claims.
    pub claims: Vec<ClaimOp>,
    /// What has happened, without ids: the shell mints them.
    pub happenings: Vec<Happening>,
}

impl Decision {
    /// Takes another decision along, to stand or fall in one commit with this one. Gives it back where they meet: both
    /// change one document, or both claim one thing. Spans under one key may lie side by side; whether they do, the
    /// store sees.
    pub fn join(&mut self, other: Self) -> Result<(), Self> {
        let changes = |one: &Change| other.changes.iter().any(|two| (one.kind, one.id) == (two.kind, two.id));
        let spans = |one: &ClaimOp, two: &ClaimOp| {
            matches!((one, two), (ClaimOp::TakeSpan { .. }, ClaimOp::TakeSpan { .. }))
        };
        let claims =
            |one: &ClaimOp| other.claims.iter().any(|two| one.key() == two.key() && !spans(one, two));
        if self.changes.iter().any(changes) || self.claims.iter().any(claims) {
            return Err(other);
        }
        self.changes.extend(other.changes);
        self.claims.extend(other.claims);
        self.happenings.extend(other.happenings);
        Ok(())
    }

    /// True where there is nothing to commit: the command found everything as it wants it.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.claims.is_empty() && self.happenings.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::UserId;
    use crate::record::ClaimKey;
    use crate::time::Time;

    fn change(id: u64) -> Change {
        let id = Id::new(id).unwrap();
        Change { kind: RecordKind::Slot, id, body: None, put_rows: Vec::new(), drop_rows: Vec::new() }
    }

    fn decision(id: u64, claims: Vec<ClaimOp>) -> Decision {
        Decision { changes: vec![change(id)], claims, happenings: Vec::new() }
    }

    fn seat(number: u8) -> ClaimOp {
        ClaimOp::Release { key: ClaimKey::patient_hold(UserId::default(), number) }
    }

    fn span(start: i64) -> ClaimOp {
        let key = ClaimKey::patient_day(UserId::default(), 1);
        ClaimOp::TakeSpan { key, start: Time::from_millis(start), end: Time::from_millis(start + 1) }
    }

    #[test]
    fn decisions_join_unless_they_meet() {
        let mut all = decision(1, vec![seat(1), span(1)]);
        assert_eq!(all.join(decision(2, vec![seat(2)])), Ok(()));
        assert_eq!(all.join(decision(3, vec![span(2)])), Ok(()));
        let (same_document, same_claim) = (decision(2, vec![]), decision(4, vec![seat(2)]));
        assert_eq!(all.join(same_document.clone()), Err(same_document));
        assert_eq!(all.join(same_claim.clone()), Err(same_claim));
        assert_eq!(all.changes, [change(1), change(2), change(3)]);
        assert_eq!(all.claims, [seat(1), span(1), seat(2), span(2)]);
    }
}
