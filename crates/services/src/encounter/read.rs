//! One consultation.

use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use ward_domain::encounter::{Encounter, NoteVersion, TranscriptRecord};
use ward_domain::id::Id;
use ward_domain::policy::{self, Action, Resource};
use ward_domain::record::{Key, List};
use ward_domain::refusal::Refusal;
use ward_store::ListQuery;

/// A consultation with all that belongs to it.
#[derive(Debug, Clone)]
pub struct Chart {
    /// The consultation.
    pub encounter: Versioned<Encounter>,
    /// What was said.
    pub transcript: Option<TranscriptRecord>,
    /// The newest version of the note.
    pub note: Option<NoteVersion>,
}

/// A consultation with its transcript and note.
pub async fn read(house: &House, ctx: &Ctx, id: Id) -> Result<Chart, Fail> {
    let encounter = house.encounter(ctx, id, Action::Read).await?;
    let transcript = house.find::<TranscriptRecord>(&ctx.scope, id).await?.map(|found| found.document);
    let note = house.newest_note(ctx, id).await?;
    house.trace_one(ctx, Action::Read, Resource::Encounter, id, &[]).await?;
    Ok(Chart { encounter, transcript, note })
}

/// How far a consultation has come.
pub async fn status(house: &House, ctx: &Ctx, id: Id) -> Result<Encounter, Fail> {
    let encounter = house.encounter(ctx, id, Action::Read).await?.document;
    house.trace_one(ctx, Action::Read, Resource::Encounter, id, &[]).await?;
    Ok(encounter)
}

impl House {
    /// A consultation that the caller may act on; a doctor is not told of another's.
    pub(crate) async fn encounter(
        &self,
        ctx: &Ctx,
        id: Id,
        action: Action,
    ) -> Result<Versioned<Encounter>, Fail> {
        let found = self.find::<Encounter>(&ctx.scope, id).await?;
        let own = found.as_ref().is_some_and(|found| found.document.doctor == ctx.user);
        let seen = policy::grant(ctx.role, Resource::Encounter, Action::Read);
        match found {
            Some(found) if seen.covers(own) => {
                self.permit(ctx, Resource::Encounter, action, own).await?;
                Ok(found)
            }
            _ => {
                self.trace_refusal(ctx, Resource::Encounter, action).await?;
                if seen == policy::Grant::Never {
                    return Err(Refusal::forbidden("You are not allowed to do this.").into());
                }
                Err(Refusal::not_found("Encounter").into())
            }
        }
    }

    /// The newest version of a consultation's note.
    pub(crate) async fn newest_note(&self, ctx: &Ctx, encounter: Id) -> Result<Option<NoteVersion>, Fail> {
        let newest = ListQuery {
            descending: true,
            limit: 1,
            ..ListQuery::all(List::NoteVersions, Key::of(encounter.get()))
        };
        let page = self.env.store.list(&ctx.scope, &newest).await?;
        match page.rows.first() {
            Some(row) => Ok(self.find::<NoteVersion>(&ctx.scope, row.id).await?.map(|found| found.document)),
            None => Ok(None),
        }
    }
}
