//! What becomes of a file that came in.

use super::Received;
use crate::{Ctx, House};
use std::sync::Arc;
use ward_actors::Actors;
use ward_domain::id::Id;
use ward_domain::tenancy::TenantScope;
use ward_domain::upload::storage::StorageCommand;

/// A record shows it: its commit stands. Where this is not heard any more, the storage finds the commit's claim.
pub(crate) fn keep(house: &House, ctx: &Ctx, received: &Received) {
    let keep = StorageCommand::Keep { id: received.id, bytes: received.bytes };
    house.actors.tell_storage(ctx.scope, keep);
}

/// No record will show it.
pub(crate) fn give_up(house: &House, ctx: &Ctx, received: &Received) {
    lapse(&house.actors, ctx.scope, received.id);
}

/// An upload from which nothing comes. Where a record has it after all, nothing happens.
pub(super) fn lapse(actors: &Arc<Actors>, scope: TenantScope, id: Id) {
    actors.tell_storage(scope, StorageCommand::Lapse { id });
}
