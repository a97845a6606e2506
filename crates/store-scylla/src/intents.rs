//! Intents: who is about to commit, so that a reconciler finds what a dead process left.

use crate::connection::Write;
use crate::fault::Fault;
use crate::fence::Fence;
use crate::follow::shard;
use crate::house::House;
use crate::space::Space;
use crate::value::{big, blob, int, num};
use scylla::value::CqlValue;
use std::sync::{Mutex, PoisonError};
use ward_domain::id::CommitId;
use ward_domain::time::MINUTE;
use ward_store::AggregateRef;

/// Intents that go along with one that comes.
const ALONG: usize = 6;

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

fn key(
    house: &House,
    (shard, minute): (i32, i64),
    space: &Space,
    aggregate: AggregateRef,
    commit: CommitId,
) -> Vec<CqlValue> {
    vec![
        blob(house.options.realm.as_slice()),
        int(shard),
        big(minute),
        space.key(),
        int(aggregate.kind.code().into()),
        num(aggregate.id.get()),
        num(commit.get()),
    ]
}

/// The key of one of this process's own. They have a shard to themselves, so that what is written here together lies
/// in one partition.
fn own(house: &House, fence: &Fence<'_>, intent: &Intent) -> Vec<CqlValue> {
    key(house, (house.intents.shard, intent.minute), fence.space, fence.aggregate, intent.commit)
}

/// Takes the intent of a commit away that has been finished.
pub(crate) async fn withdraw(
    house: &House,
    place: (i32, i64),
    space: &Space,
    aggregate: AggregateRef,
    commit: CommitId,
) -> Result<(), Fault> {
    let key = key(house, place, space, aggregate, commit);
    house.connection.write(&house.connection.statements.intent_drop, key).await
}

/// Intents of this process.
pub(crate) struct Intents {
    shard: i32,
    /// Keys of intents that are done with and have yet to go.
    done: Mutex<Vec<Vec<CqlValue>>>,
}

impl Intents {
    /// `process` tells processes apart, well enough to spread them.
    pub(crate) fn new(process: u64) -> Self {
        Self { shard: shard(&process.to_be_bytes()), done: Mutex::default() }
    }

    fn take(&self, most: usize) -> Vec<Vec<CqlValue>> {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        let rest = done.len().saturating_sub(most);
        done.split_off(rest)
    }
}

/// The write of an intent for a turn, together with the going of some that are done with.
pub(crate) fn intend<'a>(
    house: &'a House,
    fence: &Fence<'_>,
    commit: CommitId,
    turn: u64,
) -> (Intent, Vec<Write<'a>>) {
    let st = &house.connection.statements;
    let intent = Intent { minute: minute(house), commit };
    let mut writes: Vec<_> =
        house.intents.take(ALONG).into_iter().map(|key| Write::new(&st.intent_drop, key)).collect();
    let values = [own(house, fence, &intent), vec![num(turn)]].concat();
    writes.push(Write::new(&st.intent_put, values));
    (intent, writes)
}

/// True while the reconciler cannot have left the intent's minute behind.
pub(crate) fn is_current(house: &House, intent: &Intent) -> bool {
    minute(house) - intent.minute <= 1
}

/// An intent is done with: it goes along with a later one, or with [`sweep`]. Lost, it costs the reconciler a look.
pub(crate) fn done(house: &House, fence: &Fence<'_>, intent: &Intent) {
    let key = own(house, fence, intent);
    house.intents.done.lock().unwrap_or_else(PoisonError::into_inner).push(key);
}

/// Takes all intents away that are done with.
pub(crate) async fn sweep(house: &House) -> Result<(), Fault> {
    let st = &house.connection.statements;
    let gone = house.intents.take(usize::MAX).into_iter();
    house.connection.write_all(gone.map(|key| Write::new(&st.intent_drop, key)).collect()).await
}
