//! A note is signed.

use crate::audit::Attempt;
use crate::request::Known;
use crate::{Ctx, Fail, House};
use ward_actors::encounter::EncounterMessage;
use ward_domain::encounter::{EncounterCommand, Signature};
use ward_domain::hospital::check_version;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::Refusal;

/// Signs the newest version of a consultation's note. Only the doctor whose recording it is may, and what is signed does
/// not change any more. `if_version` is the version that the doctor read.
pub async fn sign(
    house: &House,
    ctx: &Ctx,
    encounter: Id,
    if_version: Option<u64>,
) -> Result<Signature, Fail> {
    let found = house.encounter(ctx, encounter, Action::Read).await?.document;
    let (action, resource) = (Action::Create, Resource::NoteSignature);
    house.permit(ctx, resource, action, found.doctor == ctx.user).await?;
    let attempt = Attempt { action, resource, id: Some(encounter), patients: Vec::new() };
    let signature = house.refusable(ctx, &attempt, make(house, ctx, encounter, if_version).await).await?;
    house.trace_one(ctx, action, resource, encounter, &[]).await?;
    Ok(signature)
}

async fn make(house: &House, ctx: &Ctx, encounter: Id, if_version: Option<u64>) -> Result<Signature, Fail> {
    let lost = || Fail::Fault("a note was signed and its signature is not there".to_owned());
    let claims = match house.known(ctx, &[encounter]).await? {
        Known::New(claims) => claims,
        Known::Done(_) => {
            let signed = house.encounter(ctx, encounter, Action::Read).await?.document;
            return signed.signature.ok_or_else(lost);
        }
    };
    let note = house.newest_note(ctx, encounter).await?.ok_or_else(|| Refusal::not_found("SOAP note"))?;
    check_version(if_version, note.version)?;
    let command = EncounterCommand::Sign { base: note.version, by: ctx.user, claims };
    let message = EncounterMessage::Do(Box::new(command));
    let told = house.actors.encounters.ask(&ctx.scope, encounter, ctx.deadline, message).await;
    let (state, _) = told.map_err(House::in_flight)?;
    state.encounter.and_then(|encounter| encounter.signature).ok_or_else(lost)
}
