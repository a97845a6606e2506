//! Something is added to a signed note.

use crate::audit::Attempt;
use crate::list::Question;
use crate::request::Known;
use crate::{Ctx, Fail, House, Listed, PageRequest};
use ward_actors::encounter::EncounterMessage;
use ward_domain::contact::paragraph;
use ward_domain::encounter::{EncounterCommand, MAX_ADDENDUM_CHARS, MAX_REASON_CHARS, NoteAddendum};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::record::{Key, List};
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_store::Bounds;

/// What is to be added.
#[derive(Debug, Clone, Default)]
pub struct NewAddendum {
    /// What.
    pub text: String,
    /// Why.
    pub reason: String,
}

/// Adds an addendum to the signed note of a consultation: the doctor's word, signed as it is added.
pub async fn amend(house: &House, ctx: &Ctx, encounter: Id, new: NewAddendum) -> Result<NoteAddendum, Fail> {
    let found = house.encounter(ctx, encounter, Action::Read).await?.document;
    let (action, resource) = (Action::Create, Resource::NoteAddendum);
    house.permit(ctx, resource, action, found.doctor == ctx.user).await?;
    let attempt = Attempt { action, resource, id: Some(encounter), patients: Vec::new() };
    let addendum = house.refusable(ctx, &attempt, make(house, ctx, encounter, new).await).await?;
    house.trace_one(ctx, action, resource, encounter, &[]).await?;
    Ok(addendum)
}

async fn make(house: &House, ctx: &Ctx, encounter: Id, new: NewAddendum) -> Result<NoteAddendum, Fail> {
    let mut errors = FieldErrors::default();
    let text = paragraph(&new.text, MAX_ADDENDUM_CHARS).filter(|text| !text.trim().is_empty());
    let reason = paragraph(&new.reason, MAX_REASON_CHARS);
    if text.is_none() {
        errors.add("text", format!("Must be text of 1 to {MAX_ADDENDUM_CHARS} characters."));
    }
    if reason.is_none() {
        errors.add("reason", format!("Must be text of at most {MAX_REASON_CHARS} characters."));
    }
    errors.finish()?;
    let (text, reason) = (text.unwrap_or_default(), reason.unwrap_or_default());
    let id = house.new_id()?;
    let (id, claims) = match house.known(ctx, &[id]).await? {
        Known::New(claims) => (id, Some(claims)),
        Known::Done(made) => (made.first().copied().unwrap_or_default(), None),
    };
    if let Some(claims) = claims {
        let addendum = Box::new(NoteAddendum {
            id,
            encounter: encounter.into(),
            // Its place among the others is the actor's to say.
            number: 0,
            sha256: NoteAddendum::digest(&text),
            text,
            reason,
            author: ctx.user,
            at: house.env.now(),
        });
        let message = EncounterMessage::Do(Box::new(EncounterCommand::Amend { addendum, claims }));
        let told = house.actors.encounters.ask(&ctx.scope, encounter, ctx.deadline, message).await;
        told.map_err(House::in_flight)?;
    }
    let made = house.find::<NoteAddendum>(&ctx.scope, id).await?.map(|found| found.document);
    made.filter(|made| made.encounter.id() == encounter).ok_or_else(|| Refusal::not_found("Addendum").into())
}

/// A page of the addenda of a consultation's note, in their order.
pub async fn addenda(
    house: &House,
    ctx: &Ctx,
    encounter: Id,
    page: PageRequest,
) -> Result<Listed<NoteAddendum>, Fail> {
    let found = house.encounter(ctx, encounter, Action::Read).await?.document;
    house.permit(ctx, Resource::NoteAddendum, Action::List, found.doctor == ctx.user).await?;
    let listed = house.addenda(ctx, encounter, page).await?;
    house.trace_one(ctx, Action::List, Resource::NoteAddendum, encounter, &[]).await?;
    Ok(listed)
}

impl House {
    /// A page of a note's addenda.
    pub(super) async fn addenda(
        &self,
        ctx: &Ctx,
        encounter: Id,
        page: PageRequest,
    ) -> Result<Listed<NoteAddendum>, Fail> {
        let (list, eq) = (List::NoteAddenda, Key::of(encounter.get()));
        let question = Question { list, eq, bounds: Bounds::ALL, descending: false };
        let found = self.page::<NoteAddendum>(ctx, question, page).await?;
        Ok(Listed { items: found.items.into_iter().map(|one| one.document).collect(), total: found.total })
    }
}
