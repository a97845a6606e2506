//! The specialties that a hospital begins with.

use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use ward_actors::Actors;
use ward_domain::record::{Key, List};
use ward_domain::specialty::{SpecialtiesCommand, Specialty, SpecialtyAnswer, defaults};
use ward_store::ListQuery;

impl House {
    /// Tells the caller's hospital's specialties something.
    pub(crate) async fn specialties(
        &self,
        ctx: &Ctx,
        command: SpecialtiesCommand,
    ) -> Result<SpecialtyAnswer, Fail> {
        let id = Actors::of_hospital(&ctx.scope);
        let asked = self.actors.specialties.ask(&ctx.scope, id, ctx.deadline, command).await;
        asked.map_err(Self::in_flight)
    }

    /// All specialties of the caller's hospital. Where there are none yet, the first are made: they stand once and for
    /// all with the commit that makes them, whoever asks first, and none is ever deleted.
    pub(crate) async fn all_specialties(&self, ctx: &Ctx) -> Result<Vec<Versioned<Specialty>>, Fail> {
        let found = self.stored_specialties(ctx).await?;
        if !found.is_empty() || ctx.scope.is_platform() {
            return Ok(found);
        }
        let first = defaults(ctx.now, || self.new_id())?;
        self.specialties(ctx, SpecialtiesCommand::Begin(first)).await?;
        self.stored_specialties(ctx).await
    }

    async fn stored_specialties(&self, ctx: &Ctx) -> Result<Vec<Versioned<Specialty>>, Fail> {
        let query = ListQuery::all(List::Specialties, Key::all());
        let page = self.env.store.list(&ctx.scope, &query).await?;
        let ids: Vec<_> = page.rows.iter().map(|row| row.id).collect();
        self.find_many(&ctx.scope, &ids).await
    }
}
