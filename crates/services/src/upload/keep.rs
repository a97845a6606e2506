//! What becomes of a file that came in.

use super::Received;
use crate::{Ctx, House};
use ward_actors::Actors;
use ward_actors::storage::StorageMessage;
use ward_domain::id::Id;
use ward_domain::tenancy::TenantScope;
use ward_domain::upload::storage::StorageCommand;

/// A record shows it: its commit stands. Where this is not heard any more, the storage finds the commit's claim.
pub(crate) fn keep(house: &House, ctx: &Ctx, received: &Received) {
    tell(&house.actors, ctx.scope, StorageCommand::Keep { id: received.id, bytes: received.bytes });
}

/// No record will show it.
pub(crate) fn give_up(house: &House, ctx: &Ctx, received: &Received) {
    lapse(&house.actors, ctx.scope, received.id);
}

/// An upload from which nothing comes. Where a record has it after all, nothing happens.
pub(super) fn lapse(actors: &Actors, scope: TenantScope, id: Id) {
    tell(actors, scope, StorageCommand::Lapse { id });
}

fn tell(actors: &Actors, scope: TenantScope, command: StorageCommand) {
    actors.storages.tell(scope, Actors::of_hospital(&scope), StorageMessage::Do(command));
}
