//! The mark of an import: that one was begun and has not ended. One row for each realm, changed by transactions.

use crate::connection::Write;
use crate::fault::Fault;
use crate::house::House;
use crate::space::Space;
use crate::value::{big, blob};
use scylla::value::CqlValue;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use ward_domain::time::Time;
use ward_store::moving::UNFINISHED;

/// Before a change whose answer was lost is asked for again.
const PAUSE: Duration = Duration::from_millis(50);

const UNREAD: u8 = 0;
const SERVING: u8 = 1;
const IMPORTING: u8 = 2;

/// What this process knows of imports. The answer is kept: a store that is served is not empty, and so takes no import.
#[derive(Default)]
pub(crate) struct Imports {
    standing: AtomicU8,
    /// Spaces that this process has registered as imported into.
    spaces: Mutex<BTreeSet<Space>>,
}

impl Imports {
    fn learn(&self, mark: &Mark) {
        self.standing.store(if mark.unfinished { IMPORTING } else { SERVING }, Ordering::Release);
    }

    pub(super) fn knows(&self, space: &Space) -> bool {
        self.spaces.lock().unwrap_or_else(PoisonError::into_inner).contains(space)
    }

    pub(super) fn know(&self, space: &Space) {
        self.spaces.lock().unwrap_or_else(PoisonError::into_inner).insert(space.clone());
    }
}

/// The row; all zero where there was no import ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Mark {
    pub(crate) unfinished: bool,
    /// No lease begins lower.
    pub(crate) floor: Time,
    round: i64,
}

/// Reads it, and keeps the answer.
pub(crate) async fn read_mark(house: &House) -> Result<Mark, Fault> {
    let values = vec![blob(house.options.realm.as_slice())];
    let rows = house.connection.rows::<(bool, i64, i64)>(&house.connection.statements.import, values).await?;
    let read = |(unfinished, floor, round)| Mark { unfinished, floor: Time::from_millis(floor), round };
    let mark = rows.into_iter().next().map(read).unwrap_or_default();
    house.imports.learn(&mark);
    Ok(mark)
}

/// Whether an import is unfinished, as far as this process has learned.
pub(super) async fn is_unfinished(house: &House) -> Result<bool, Fault> {
    house.check_open()?;
    match house.imports.standing.load(Ordering::Acquire) {
        UNREAD => Ok(read_mark(house).await?.unfinished),
        known => Ok(known == IMPORTING),
    }
}

/// Refuses where the store is closed or not imported whole.
pub(crate) async fn check_serving(house: &House) -> Result<(), Fault> {
    if is_unfinished(house).await? { Err(Fault::Unusable(UNFINISHED.to_owned())) } else { Ok(()) }
}

/// Takes the next round; false where another process was faster.
pub(super) async fn write_mark(
    house: &House,
    from: Mark,
    unfinished: bool,
    floor: Time,
) -> Result<bool, Fault> {
    let st = &house.connection.statements;
    let to = Mark { unfinished, floor, round: from.round + 1 };
    let values = || {
        let realm = blob(house.options.realm.as_slice());
        vec![CqlValue::Boolean(unfinished), big(floor.millis()), big(to.round), realm]
    };
    let deadline = Instant::now() + house.options.commit_deadline;
    let mut lost = false;
    loop {
        let part = if from.round == 0 {
            Write::new(&st.import_first, values())
        } else {
            Write::new(&st.import_next, [values(), vec![big(from.round)]].concat())
        };
        match house.connection.transact(vec![part]).await {
            Ok(true) => {
                house.imports.learn(&to);
                return Ok(true);
            }
            // The try whose answer was lost may have done it.
            Ok(false) => return Ok(read_mark(house).await? == to && lost),
            Err(Fault::Refused(_) | Fault::Unknown(_)) if Instant::now() < deadline => {
                lost = true;
                tokio::time::sleep(PAUSE).await;
            }
            Err(fault) => return Err(fault),
        }
    }
}
