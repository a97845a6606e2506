//! The versions of a note, and what differs between them.

use crate::list::Question;
use crate::{Ctx, Fail, House, Listed, PageRequest};
use ward_domain::encounter::NoteVersion;
use ward_domain::encounter::note::FieldChange;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::record::{Key, List};
use ward_domain::refusal::Refusal;
use ward_store::{Bounds, ListQuery};

/// What differs between two versions of a note.
#[derive(Debug, Clone)]
pub struct NoteDiff {
    /// The older side.
    pub from: NoteVersion,
    /// The newer side.
    pub to: NoteVersion,
    /// The fields in which they differ, by their paths.
    pub changes: Vec<FieldChange>,
}

/// A page of the versions of a consultation's note, newest first.
pub async fn versions(
    house: &House,
    ctx: &Ctx,
    encounter: Id,
    page: PageRequest,
) -> Result<Listed<NoteVersion>, Fail> {
    house.encounter(ctx, encounter, Action::Read).await?;
    let (list, eq) = (List::NoteVersions, Key::of(encounter.get()));
    let question = Question { list, eq, bounds: Bounds::ALL, descending: true };
    let found = house.page::<NoteVersion>(ctx, question, page).await?;
    house.trace_one(ctx, Action::Read, Resource::Encounter, encounter, &[]).await?;
    let items = found.items.into_iter().map(|one| one.document).collect();
    Ok(Listed { items, total: found.total })
}

/// One version of a consultation's note.
pub async fn version(house: &House, ctx: &Ctx, encounter: Id, number: u64) -> Result<NoteVersion, Fail> {
    house.encounter(ctx, encounter, Action::Read).await?;
    let found = house.note_version(ctx, encounter, number).await?;
    let found = found.ok_or_else(|| Refusal::not_found("Version"))?;
    house.trace_one(ctx, Action::Read, Resource::Encounter, encounter, &[]).await?;
    Ok(found)
}

/// What differs between two versions of a consultation's note; from the one before the newest to the newest, where it is
/// not said.
pub async fn diff(
    house: &House,
    ctx: &Ctx,
    encounter: Id,
    from: Option<u64>,
    to: Option<u64>,
) -> Result<NoteDiff, Fail> {
    house.encounter(ctx, encounter, Action::Read).await?;
    let newest = house.newest_note(ctx, encounter).await?.ok_or_else(|| Refusal::not_found("SOAP note"))?;
    let to = to.unwrap_or(newest.version);
    let from = from.unwrap_or(to.saturating_sub(1).max(1));
    let absent = |field| move || Refusal::field(field, "There is no such version of the note.");
    // First, for the other one may have been reckoned from it.
    let to = house.note_version(ctx, encounter, to).await?.ok_or_else(absent("to"))?;
    let from = house.note_version(ctx, encounter, from).await?.ok_or_else(absent("from"))?;
    let changes = from.content.sections.changes_to(&to.content.sections);
    house.trace_one(ctx, Action::Read, Resource::Encounter, encounter, &[]).await?;
    Ok(NoteDiff { from, to, changes })
}

impl House {
    /// One version of a note, if there is one of that number.
    pub(super) async fn note_version(
        &self,
        ctx: &Ctx,
        encounter: Id,
        number: u64,
    ) -> Result<Option<NoteVersion>, Fail> {
        let query = ListQuery {
            bounds: Bounds { from: number, until: number },
            limit: 1,
            ..ListQuery::all(List::NoteVersions, Key::of(encounter.get()))
        };
        let page = self.env.store.list(&ctx.scope, &query).await?;
        match page.rows.first() {
            Some(row) => Ok(self.find::<NoteVersion>(&ctx.scope, row.id).await?.map(|found| found.document)),
            None => Ok(None),
        }
    }
}
