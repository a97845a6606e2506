//! The signature of a note, what is added after it, and what left the house as a file.
//!
//! A note is a draft until its doctor signs it. What is signed does not change any more, whatever a person edits or a
//! machine writes: what is to be corrected or added stands in an *addendum* behind it, each with its author and reason
//! (FHIR R4 Composition, `relatesTo` *appends*).

use super::NoteVersion;
use crate::id::{EncounterId, Id, UserId};
use crate::record::{Document, IndexRow, Key, List, RecordKind};
use crate::refusal::Refusal;
use crate::secret::{digest, hex};
use crate::time::Time;
use crate::upload::Media;
use serde::{Deserialize, Serialize};

/// Most addenda of one note.
pub const MAX_ADDENDA: u64 = 100;
/// Most characters of an addendum.
pub const MAX_ADDENDUM_CHARS: usize = 10_000;
/// Most characters of the reason of an edit or an addendum.
pub const MAX_REASON_CHARS: usize = 1_000;

/// Who signed which version of a note, and what it said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The version that was signed.
    pub version: u64,
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Time,
    /// [`NoteVersion::digest`] of it.
    pub sha256: String,
}

/// What was added to a signed note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteAddendum {
    /// The record's id.
    pub id: Id,
    /// Of which encounter's note.
    pub encounter: EncounterId,
    /// 1, 2, 3, ….
    pub number: u64,
    /// What is added.
    pub text: String,
    /// Why.
    pub reason: String,
    /// Who adds and signs it.
    pub author: UserId,
    /// When.
    pub at: Time,
    /// SHA-256 of the text, in hex: an addendum is signed as it is added.
    pub sha256: String,
}

impl NoteAddendum {
    /// The SHA-256 of an addendum's text.
    pub fn digest(text: &str) -> String {
        hex(&digest(text.as_bytes()))
    }
}

impl Document for NoteAddendum {
    const KIND: RecordKind = RecordKind::NoteAddendum;
    fn record_id(&self) -> Id {
        self.id
    }
    fn index(&self) -> Vec<IndexRow> {
        vec![IndexRow { list: List::NoteAddenda, eq: Key::of(self.encounter.get()), sort: self.number }]
    }
}

/// A note that was written into a file: what its link shows, and afterwards who took what out of the house. The file
/// itself is an object of the same id, which goes when the link is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteExport {
    /// The record's and the object's id.
    pub id: Id,
    /// Of which encounter's note.
    pub encounter: EncounterId,
    /// The version of the note.
    pub version: u64,
    /// True where that was not signed.
    pub draft: bool,
    /// What sort of file.
    pub media: Media,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, in hex.
    pub sha256: String,
    /// Who asked for it.
    pub by: UserId,
    /// When.
    pub at: Time,
    /// From when on it is not to be had any more.
    pub expires: Time,
}

impl NoteExport {
    /// What the file is called where it is saved: no word of whose it is.
    pub fn file_name(&self) -> String {
        let mark = if self.draft { "DRAFT-" } else { "" };
        let end = if self.media == Media::Text { "md" } else { self.media.extension() };
        format!("{mark}soap-note-{}-v{}.{end}", self.encounter.get(), self.version)
    }
}

impl Document for NoteExport {
    const KIND: RecordKind = RecordKind::NoteExport;
    fn record_id(&self) -> Id {
        self.id
    }
    fn index(&self) -> Vec<IndexRow> {
        Vec::new()
    }
}

impl NoteVersion {
    /// The SHA-256, in hex, of what this version says: of its sections, not of what they rest on.
    pub fn digest(&self) -> String {
        // Maps of a note are ordered and its numbers finite, so that the same note has one form.
        hex(&digest(&serde_json::to_vec(&self.content.sections).unwrap_or_default()))
    }
}

/// What is said to whoever would change a signed note.
pub fn signed() -> Refusal {
    Refusal::conflict(
        "note_signed",
        "The note is signed and does not change any more: add an addendum to it.",
    )
}

/// What is said where an addendum has nothing to stand behind.
pub(super) fn not_signed() -> Refusal {
    Refusal::conflict("note_not_signed", "The note is not signed yet: edit it instead of adding to it.")
}

/// What is said to who would edit or sign a note while a scribe is about to write another one.
pub(super) fn being_written() -> Refusal {
    Refusal::conflict("note_being_written", "The note is being written anew: read what it says then.")
}

/// What is said where the note does not rest on what is known to have been said.
pub(super) fn outdated() -> Refusal {
    Refusal::conflict(
        "note_outdated",
        "The transcript was changed and the note could not be written anew: edit the note, or have it written again.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::note::Note;
    use super::super::{
        Encounter, EncounterCommand, EncounterState, EncounterStatus, FAILED_ATTEMPTS, Scribed,
        TranscriptRecord,
    };
    use super::*;
    use crate::refusal::Kind;
    use serde_json::json;

    fn id(number: u64) -> Id {
        Id::new(number).unwrap()
    }

    fn at(ms: i64) -> Time {
        Time::from_millis(ms)
    }

    fn encounter() -> Encounter {
        serde_json::from_value(json!({
            "id": 1, "doctor": 7, "patient_name": "Lena", "patient_age": null, "patient_gender": "",
            "chief_complaint": "", "notes": "", "encounter_date": "2024-01-20T09:00:00Z", "status": "pending",
            "progress": {"audio_upload": "pending", "transcription": "pending", "soap_generation": "pending",
                "checklist_evaluation": "pending"},
            "waiting_for": "", "duration_ms": 0, "language": "", "transcript_preview": "", "note": null,
            "note_version": 0, "checklist_score": null, "tags": [], "attempts": 0, "due": null,
            "created_at": "2024-01-20T09:00:00Z", "updated_at": "2024-01-20T09:00:00Z"
        }))
        .unwrap()
    }

    impl Scribed {
        /// What a test's scribe makes: this note.
        pub(in crate::encounter) fn of(note: Note) -> Self {
            Self {
                note,
                checklist: Vec::new(),
                checklist_score: 0.5,
                tags: Vec::new(),
                confidence_score: 0.75,
                maker: "scribe".into(),
                processing_ms: 3,
            }
        }
    }

    /// An encounter as its actor would hold it.
    struct World(EncounterState, i64);

    impl World {
        fn tell(&mut self, command: &EncounterCommand) -> Result<usize, Refusal> {
            self.1 += 1;
            let (decision, next) = self.0.decide(at(self.1), command)?;
            self.0 = next;
            Ok(decision.changes.len())
        }

        fn encounter(&self) -> &Encounter {
            self.0.encounter.as_ref().unwrap()
        }

        /// With a note that a scribe wrote.
        fn written() -> Self {
            let mut world =
                Self(EncounterState { encounter: Some(encounter()), ..EncounterState::default() }, 0);
            world.tell(&transcript()).unwrap();
            world.tell(&EncounterCommand::Begin).unwrap();
            let of = world.0.transcript.as_ref().map(|record: &TranscriptRecord| record.at).unwrap();
            world.tell(&scribed(of)).unwrap();
            assert_eq!(world.encounter().note_version, 1);
            world
        }
    }

    fn transcript() -> EncounterCommand {
        let said = json!({"language": "en", "segments": [{"text": "Hello"}]});
        let transcript = Box::new(serde_json::from_value(said).unwrap());
        EncounterCommand::GiveTranscript { transcript, by: id(7).into(), read: None }
    }

    fn scribed(of: Time) -> EncounterCommand {
        let mut note = Note::default();
        note.sections.subjective.chief_complaint = "Headache".into();
        EncounterCommand::Write { ids: (id(50), id(51)), of, scribed: Box::new(Scribed::of(note)) }
    }

    fn sign(base: u64) -> EncounterCommand {
        EncounterCommand::Sign { base, by: id(7).into(), claims: Vec::new() }
    }

    fn edit(base: u64) -> EncounterCommand {
        let (content, reason) = (Box::default(), "why".to_owned());
        EncounterCommand::EditNote { id: id(60), content, base, by: id(7).into(), reason }
    }

    fn amend() -> EncounterCommand {
        let addendum = Box::new(NoteAddendum {
            id: id(70),
            encounter: id(1).into(),
            number: 0,
            text: "More".into(),
            reason: String::new(),
            author: id(7).into(),
            at: at(0),
            sha256: NoteAddendum::digest("More"),
        });
        EncounterCommand::Amend { addendum, claims: Vec::new() }
    }

    #[test]
    fn what_is_read_is_signed_and_what_is_signed_stays() {
        let mut world = World::written();
        assert_eq!(world.tell(&amend()).unwrap_err().reason, "note_not_signed");
        assert_eq!(world.tell(&sign(7)).unwrap_err().kind, Kind::Stale);
        world.tell(&edit(1)).unwrap();
        assert_eq!(world.encounter().written.map(|written| written.edits), Some(1));
        world.tell(&sign(2)).unwrap();
        let signature = world.encounter().signature.clone().unwrap();
        let note = world.0.note.clone().unwrap();
        assert_eq!((signature.version, &signature.sha256), (2, &note.digest()));
        for command in [sign(2), edit(2), transcript()] {
            assert_eq!(world.tell(&command).unwrap_err().reason, "note_signed");
        }
        world.tell(&amend()).unwrap();
        world.tell(&amend()).unwrap();
        assert_eq!((world.encounter().addenda, world.0.note.as_ref()), (2, Some(&note)));
        for _ in 2..MAX_ADDENDA {
            world.tell(&amend()).unwrap();
        }
        assert_eq!(world.tell(&amend()).unwrap_err().reason, "too_many_addenda");
    }

    #[test]
    fn a_note_on_an_older_transcript_is_neither_edited_nor_signed_until_another_stands() {
        let mut world = World::written();
        let read = world.encounter().updated_at;
        world.tell(&transcript()).unwrap();
        let EncounterCommand::GiveTranscript { transcript, by, .. } = transcript() else { panic!() };
        let late = EncounterCommand::GiveTranscript { transcript, by, read: Some(read) };
        assert_eq!(world.tell(&late).unwrap_err().kind, Kind::Stale);
        assert_eq!(world.tell(&edit(1)).unwrap_err().reason, "note_being_written");
        let of = world.0.transcript.as_ref().map(|record| record.at).unwrap();
        let fail = |of| EncounterCommand::Fail { of, reason: "No answer.".into() };
        // A scribe that was begun for what was said before.
        assert_eq!(world.tell(&fail(at(0))).unwrap(), 0);
        for _ in 0..FAILED_ATTEMPTS {
            world.tell(&fail(of)).unwrap();
        }
        assert_eq!(world.encounter().status, EncounterStatus::Failed);
        assert_eq!(world.tell(&sign(1)).unwrap_err().reason, "note_outdated");
        world.tell(&edit(1)).unwrap();
        assert_eq!(world.encounter().status, EncounterStatus::Completed);
        world.tell(&sign(2)).unwrap();
    }

    #[test]
    fn a_scribe_that_comes_after_the_signature_replaces_nothing() {
        let mut world = World::written();
        world.tell(&transcript()).unwrap();
        assert_eq!(world.tell(&sign(1)).unwrap_err().reason, "note_being_written");
        // However it came about that one is at work on a signed note: it is over with nothing written.
        let signature = Signature { version: 1, by: id(7).into(), at: at(1), sha256: String::new() };
        let of = world.0.transcript.as_ref().map(|record| record.at).unwrap();
        for command in [EncounterCommand::Begin, scribed(of)] {
            let mut signed = World(world.0.clone(), world.1);
            signed.0.encounter.as_mut().unwrap().signature = Some(signature.clone());
            assert_eq!(signed.tell(&command).unwrap(), 1);
            let encounter = signed.encounter();
            assert_eq!((encounter.due, encounter.status), (None, EncounterStatus::Completed));
            assert_eq!((encounter.note_version, &signed.0.note), (1, &world.0.note));
        }
    }

    #[test]
    fn a_files_name_says_whether_it_is_signed_and_not_whose_it_is() {
        let export = |draft, media| NoteExport {
            id: id(5),
            encounter: id(1).into(),
            version: 2,
            draft,
            media,
            bytes: 1,
            sha256: String::new(),
            by: id(7).into(),
            at: at(0),
            expires: at(1),
        };
        assert_eq!(export(true, Media::Pdf).file_name(), "DRAFT-soap-note-1-v2.pdf");
        assert_eq!(export(false, Media::Text).file_name(), "soap-note-1-v2.md");
    }
}
