//! The transcript, given by hand.

use super::read::Chart;
use crate::audit::Attempt;
use crate::{Ctx, Fail, House};
use ward_actors::encounter::EncounterMessage;
use ward_domain::encounter::EncounterCommand;
use ward_domain::encounter::transcript::Transcript;
use ward_domain::hospital::check_version;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};

/// Gives a consultation its transcript; the note is then written, anew if there was one.
pub async fn give_transcript(
    house: &House,
    ctx: &Ctx,
    id: Id,
    transcript: Transcript,
    if_version: Option<u64>,
) -> Result<Chart, Fail> {
    let found = house.encounter(ctx, id, Action::Update).await?;
    let given = async {
        check_version(if_version, found.version)?;
        transcript.validate()?;
        let transcript = Box::new(transcript);
        // Who says what they read is not overtaken by what comes between.
        let read = if_version.map(|_| found.document.updated_at);
        let command = EncounterCommand::GiveTranscript { transcript, by: ctx.user, read };
        let message = EncounterMessage::Do(Box::new(command));
        house.actors.encounters.ask(&ctx.scope, id, ctx.deadline, message).await
    };
    house.refusable(ctx, &Attempt::to_encounter(id), given.await).await?;
    house.trace_one(ctx, Action::Update, Resource::Encounter, id, &[]).await?;
    super::read(house, ctx, id).await
}
