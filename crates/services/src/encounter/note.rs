//! The note of a consultation.

use crate::audit::Attempt;
use crate::{Ctx, Fail, House};
use serde_json::Value;
use ward_actors::encounter::EncounterMessage;
use ward_domain::contact::paragraph;
use ward_domain::encounter::{Encounter, EncounterCommand, MAX_REASON_CHARS, NoteVersion, Signature};
use ward_domain::hospital::check_version;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::Refusal;

/// An edit of a note.
#[derive(Debug, Clone)]
pub struct NoteEdit {
    /// What changes: objects merge, arrays are replaced whole.
    pub sections: Value,
    /// Why.
    pub reason: String,
    /// The version that the caller edits, if they said.
    pub if_version: Option<u64>,
}

/// The newest version of a note, and how far it is.
#[derive(Debug, Clone)]
pub struct Standing {
    /// What it says.
    pub note: NoteVersion,
    /// Its signature; without one it is a draft.
    pub signature: Option<Signature>,
    /// How many addenda stand behind it.
    pub addenda: u64,
}

impl Standing {
    fn of(encounter: Encounter, note: NoteVersion) -> Self {
        Self { note, signature: encounter.signature, addenda: encounter.addenda }
    }
}

/// The newest version of a consultation's note.
pub async fn note(house: &House, ctx: &Ctx, encounter: Id) -> Result<Standing, Fail> {
    let found = house.encounter(ctx, encounter, Action::Read).await?.document;
    let note = house.newest_note(ctx, encounter).await?.ok_or_else(|| Refusal::not_found("SOAP note"))?;
    house.trace_one(ctx, Action::Read, Resource::Encounter, encounter, &[]).await?;
    Ok(Standing::of(found, note))
}

/// Edits a note: a new version stands in front of the one before, which is kept. What is signed does not change.
pub async fn edit_note(house: &House, ctx: &Ctx, encounter: Id, edit: NoteEdit) -> Result<Standing, Fail> {
    house.encounter(ctx, encounter, Action::Update).await?;
    let edited = make(house, ctx, encounter, edit).await;
    let standing = house.refusable(ctx, &Attempt::to_encounter(encounter), edited).await?;
    house.trace_one(ctx, Action::Update, Resource::Encounter, encounter, &[]).await?;
    Ok(standing)
}

async fn make(house: &House, ctx: &Ctx, encounter: Id, edit: NoteEdit) -> Result<Standing, Fail> {
    let too_long =
        || Refusal::field("edit_reason", format!("Must be text of at most {MAX_REASON_CHARS} characters."));
    let reason = paragraph(&edit.reason, MAX_REASON_CHARS).ok_or_else(too_long)?;
    let note = house.newest_note(ctx, encounter).await?.ok_or_else(|| Refusal::not_found("SOAP note"))?;
    check_version(edit.if_version, note.version)?;
    let content = Box::new(note.content.merge(&edit.sections)?);
    let command =
        EncounterCommand::EditNote { id: house.new_id()?, content, base: note.version, by: ctx.user, reason };
    let message = EncounterMessage::Do(Box::new(command));
    let (state, _) = house.actors.encounters.ask(&ctx.scope, encounter, ctx.deadline, message).await?;
    let (Some(encounter), Some(note)) = (state.encounter, state.note) else {
        return Err(Fail::Fault("a note was edited and is not there".to_owned()));
    };
    Ok(Standing::of(encounter, note))
}
