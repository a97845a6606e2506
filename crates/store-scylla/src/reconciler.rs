//! The reconciler: finishes what dead processes left.
//!
//! Every commit leaves an intent before its fence and takes it away after what follows. A minute of intents is looked
//! at once no living commit can still fence under it: whoever is held up for so long starts over with a new intent. An
//! intent that is left there names a turn. Once that turn has passed (it is taken, where it has not), the journal says
//! what there is to follow, and the intent goes.

use crate::commit::load;
use crate::connection::Connection;
use crate::fault::Fault;
use crate::follow::SHARDS;
use crate::house::House;
use crate::intents::{minute, withdraw};
use crate::space::Space;
use crate::value::{big, blob, int};
use ward_domain::id::{CommitId, Id};
use ward_domain::record::AggregateKind;
use ward_store::AggregateRef;

/// Minutes that are left alone: a writer fences under an intent of its own minute or the one before, and its clock may
/// be behind.
const OPEN_MINUTES: i64 = 3;
/// How far back the first run of all looks.
const FIRST_LOOK: i64 = 180;

/// What a round of [`crate::ScyllaStore::tend`] did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tended {
    /// Intents that were left by others and are finished now.
    pub finished: usize,
    /// Lists whose counts were rolled up.
    pub rolled: usize,
}

type IntentRow = (Vec<u8>, i32, i64, i64, i64);

/// Finishes all minutes that can be finished.
pub(crate) async fn reconcile(house: &House) -> Result<usize, Fault> {
    let st = &house.connection.statements;
    let realm = || blob(house.options.realm.as_slice());
    let last = minute(house) - OPEN_MINUTES;
    let rows = house.connection.rows::<(i64,)>(&st.reconciled, vec![realm()]).await?;
    let first = rows.first().map_or(last - FIRST_LOOK, |(minute,)| minute + 1);
    let mut finished = 0;
    for minute in first..=last {
        let shards = Connection::each(0..SHARDS, async |shard| reconcile_shard(house, shard, minute).await);
        finished += shards.await?.into_iter().sum::<usize>();
        // The minute is its own timestamp: the mark never goes back.
        house.connection.write(&st.reconciled_put, vec![realm(), big(minute), big(minute)]).await?;
    }
    Ok(finished)
}

/// Finishes what was begun until now, young minutes too. Nothing is to be under way: a commit that is loses its turn, and
/// tries again.
pub(crate) async fn finish_all(house: &House) -> Result<(), Fault> {
    reconcile(house).await?;
    let now = minute(house);
    let minutes = now - OPEN_MINUTES..=now + OPEN_MINUTES;
    let young = minutes.flat_map(|minute| (0..SHARDS).map(move |shard| (shard, minute)));
    let of = async |(shard, minute): (i32, i64)| {
        for row in intents(house, shard, minute).await? {
            let (space, aggregate, _, turn) = read(house, row).ok_or_else(|| Fault::damaged("an intent"))?;
            finish(house, &space, aggregate, turn).await?;
        }
        Ok(())
    };
    Connection::each(young, of).await.map(|_| ())
}

async fn intents(house: &House, shard: i32, minute: i64) -> Result<Vec<IntentRow>, Fault> {
    let values = vec![blob(house.options.realm.as_slice()), int(shard), big(minute)];
    house.connection.walk::<IntentRow>(&house.connection.statements.intents, values).await
}

async fn reconcile_shard(house: &House, shard: i32, minute: i64) -> Result<usize, Fault> {
    let rows = intents(house, shard, minute).await?;
    let count = rows.len();
    for row in rows {
        let (space, aggregate, commit, turn) = read(house, row).ok_or_else(|| Fault::damaged("an intent"))?;
        finish(house, &space, aggregate, turn).await?;
        withdraw(house, (shard, minute), &space, aggregate, commit).await?;
    }
    Ok(count)
}

fn read(
    house: &House,
    (space, kind, id, commit, turn): IntentRow,
) -> Option<(Space, AggregateRef, CommitId, u64)> {
    let space = Space::read(&house.options.realm, &space)?;
    let kind = AggregateKind::from_code(u8::try_from(kind).ok()?)?;
    let aggregate = AggregateRef { kind, id: Id::new(id.cast_unsigned())? };
    Some((space, aggregate, Id::new(commit.cast_unsigned())?.into(), turn.cast_unsigned()))
}

async fn finish(house: &House, space: &Space, aggregate: AggregateRef, turn: u64) -> Result<(), Fault> {
    if house.space(space.tenant).await? != *space {
        // The tenant was destroyed since: there is nothing to finish.
        return Ok(());
    }
    let fence = house.fence(space, aggregate);
    let _lock = house.lock(space, aggregate).await;
    loop {
        let state = load(house, &fence).await?;
        if state.turn >= turn {
            return Ok(());
        }
        // A commit that is on its way still could land later, with nobody to follow it.
        fence.burn(state.turn).await?;
        house.forget(&fence);
    }
}
