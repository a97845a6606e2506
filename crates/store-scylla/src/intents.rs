//! Intents: who is about to commit, so that a reconciler finds what a dead process left.

use crate::fault::Fault;
use crate::fence::Fence;
use crate::follow::shard;
use crate::house::House;
use crate::value::{big, blob, int, num};
use scylla::value::CqlValue;
use ward_domain::id::CommitId;
use ward_domain::time::MINUTE;

/// An intent that has been written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Intent {
    pub(crate) minute: i64,
    pub(crate) commit: CommitId,
}

/// The minute that an intent written now belongs to.
pub(crate) fn minute(house: &House) -> i64 {
    house.options.clock.now().millis().div_euclid(MINUTE)
}

fn key(house: &House, fence: &Fence<'_>, intent: &Intent) -> Vec<CqlValue> {
    vec![
        blob(house.options.realm.as_slice()),
        int(shard(&fence.aggregate.id.get().to_be_bytes())),
        big(intent.minute),
        fence.space.key(),
        int(fence.aggregate.kind.code().into()),
        num(fence.aggregate.id.get()),
        num(intent.commit.get()),
    ]
}

/// Writes an intent for a turn.
pub(crate) async fn intend(
    house: &House,
    fence: &Fence<'_>,
    commit: CommitId,
    turn: u64,
) -> Result<Intent, Fault> {
    let intent = Intent { minute: minute(house), commit };
    let values = [key(house, fence, &intent), vec![num(turn)]].concat();
    house.connection.write(&house.connection.statements.intent_put, values).await?;
    Ok(intent)
}

/// True while the reconciler cannot have left the intent's minute behind.
pub(crate) fn is_current(house: &House, intent: &Intent) -> bool {
    minute(house) - intent.minute <= 1
}

/// Takes an intent away. Lost, it costs the reconciler a look.
pub(crate) async fn withdraw(house: &House, fence: &Fence<'_>, intent: &Intent) -> Result<(), Fault> {
    house.connection.write(&house.connection.statements.intent_drop, key(house, fence, intent)).await
}
