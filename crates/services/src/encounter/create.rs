//! A consultation is to be recorded.

use crate::house::Versioned;
use crate::request::Known;
use crate::{Ctx, Fail, House};
use std::time::Duration;
use ward_actors::encounter::EncounterMessage;
use ward_domain::contact::{self, MAX_NAME, paragraph};
use ward_domain::encounter::{Encounter, EncounterCommand, EncounterStatus, Progress, Work};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::FieldErrors;
use ward_domain::time::Time;

/// What the doctor says of a consultation.
#[derive(Debug, Clone, Default)]
pub struct NewEncounter {
    /// Needed.
    pub patient_name: String,
    /// In years.
    pub patient_age: Option<u32>,
    /// As given.
    pub patient_gender: String,
    /// As given.
    pub chief_complaint: String,
    /// As given.
    pub notes: String,
    /// Now, where it is not given.
    pub encounter_date: Option<Time>,
}

/// What is said where nothing was recorded yet.
const WAITS: &str = "Waiting for the recording, or for the transcript by hand.";

impl House {
    /// How long a note will take from its transcript on: what the latest ones of this process took, or where there is
    /// none yet, what one may take at the most.
    pub fn note_time(&self) -> Duration {
        self.env.note_pace.typical().unwrap_or_else(|| self.env.scribe.limit())
    }
}

/// Creates an encounter of the calling doctor. It waits for its transcript.
pub async fn create(house: &House, ctx: &Ctx, new: NewEncounter) -> Result<Versioned<Encounter>, Fail> {
    house.permit(ctx, Resource::Encounter, Action::Create, true).await?;
    let id = house.new_id()?;
    let encounter = pending(ctx, id, new)?;
    let claims = match house.known(ctx, &[id]).await? {
        Known::New(claims) => claims,
        Known::Done(made) => return made_before(house, ctx, &made).await,
    };
    let command = EncounterCommand::Create { encounter: Box::new(encounter.clone()), claims };
    let message = EncounterMessage::Do(Box::new(command));
    house.actors.encounters.ask(&ctx.scope, id, ctx.deadline, message).await.map_err(House::in_flight)?;
    house.trace_one(ctx, Action::Create, Resource::Encounter, id, &[]).await?;
    Ok(Versioned { document: encounter, version: 1 })
}

/// What a request that was carried out before has made.
pub(super) async fn made_before(house: &House, ctx: &Ctx, made: &[Id]) -> Result<Versioned<Encounter>, Fail> {
    let id = made.first().copied().unwrap_or_default();
    let found = house.encounter(ctx, id, Action::Read).await?;
    house.trace_one(ctx, Action::Read, Resource::Encounter, id, &[]).await?;
    Ok(found)
}

/// An encounter of which nothing is known but what the doctor says.
pub(super) fn pending(ctx: &Ctx, id: Id, new: NewEncounter) -> Result<Encounter, Fail> {
    let mut errors = FieldErrors::default();
    errors.check(
        contact::line(&new.patient_name, MAX_NAME).is_some(),
        "patient_name",
        "Must be one line of 1 to 150 characters.",
    );
    errors.check(new.patient_age.is_none_or(|age| age <= 150), "patient_age", "Must be 0 to 150.");
    errors.check(
        paragraph(&new.patient_gender, 50).is_some(),
        "patient_gender",
        "Must be text of at most 50 characters.",
    );
    errors.check(
        paragraph(&new.chief_complaint, 1_000).is_some(),
        "chief_complaint",
        "Must be text of at most 1000 characters.",
    );
    errors.check(
        paragraph(&new.notes, 10_000).is_some(),
        "notes",
        "Must be text of at most 10000 characters.",
    );
    errors.finish()?;
    Ok(Encounter {
        id: id.into(),
        doctor: ctx.user,
        patient_name: new.patient_name.trim().to_owned(),
        patient_age: new.patient_age,
        patient_gender: new.patient_gender,
        chief_complaint: new.chief_complaint,
        notes: new.notes,
        encounter_date: new.encounter_date.unwrap_or(ctx.now),
        status: EncounterStatus::Pending,
        progress: Progress::default(),
        waiting_for: WAITS.to_owned(),
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
        work: Work::default(),
        created_at: ctx.now,
        updated_at: ctx.now,
    })
}
