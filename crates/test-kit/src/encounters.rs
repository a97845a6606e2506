//! Recorded consultations, made by the real actors.

use crate::{DEADLINE, Kit};
use ward_actors::Failure;
use ward_actors::encounter::EncounterMessage;
use ward_domain::encounter::{Encounter, EncounterCommand, EncounterState, EncounterStatus, Progress};
use ward_domain::id::{EncounterId, Id, UserId};
use ward_domain::tenancy::TenantScope;

impl Kit {
    /// An encounter that waits for its transcript.
    pub async fn encounter(&self, scope: &TenantScope, doctor: UserId) -> EncounterId {
        let (id, now) = (self.id(), self.env.now());
        let encounter = Encounter {
            id: id.into(),
            doctor,
            patient_name: "Someone".into(),
            patient_age: None,
            patient_gender: String::new(),
            chief_complaint: String::new(),
            notes: String::new(),
            encounter_date: now,
            status: EncounterStatus::Pending,
            progress: Progress::default(),
            waiting_for: String::new(),
            duration_ms: 0,
            language: String::new(),
            transcript_preview: String::new(),
            note: None,
            note_version: 0,
            written: None,
            signature: None,
            addenda: 0,
            checklist_score: None,
            tags: Vec::new(),
            attempts: 0,
            due: None,
            audio: None,
            work: ward_domain::encounter::Work::default(),
            created_at: now,
            updated_at: now,
        };
        let create = EncounterCommand::Create { encounter: Box::new(encounter), claims: Vec::new() };
        self.tell_encounter(scope, id, create).await.unwrap();
        id.into()
    }

    /// Changes an encounter; answers its state and version.
    pub async fn tell_encounter(
        &self,
        scope: &TenantScope,
        id: Id,
        command: EncounterCommand,
    ) -> Result<(EncounterState, u64), Failure> {
        self.actors.encounters.ask(scope, id, DEADLINE, EncounterMessage::Do(Box::new(command))).await
    }

    /// A message that every encounter's actor answers with its state and version, and that changes nothing where no
    /// step is due.
    pub async fn look_at(&self, scope: &TenantScope, id: Id) -> Result<(EncounterState, u64), Failure> {
        self.actors.encounters.ask(scope, id, DEADLINE, EncounterMessage::Work).await
    }
}
