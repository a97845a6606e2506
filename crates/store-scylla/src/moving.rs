//! Moving house: a store walked whole, and an empty one filled. `docs/backup.md` tells what is asked of a back end.
//!
//! **Out**: what dead processes left is finished first; then every page is of its own moment.
//!
//! **In**: what is imported is of the turn 0, which no commit has. So whatever follows a fence is stamped below every
//! commit to come, and a made-up reservation of that turn has passed for everyone who looks. Fences and claims are
//! written plainly, with the timestamp 1: nobody has transacted in their partitions before, since an import begins in an
//! empty store and starts over in new lives, and every ballot to come is far above 1.

mod export;
mod import;
mod mark;
mod parts;

pub(crate) use mark::{Imports, check_serving, read_mark};

use crate::connection::Connection;
use crate::fault::Fault;
use crate::house::House;
use crate::leases;
use crate::reconciler::finish_all;
use crate::removal::remove;
use crate::space::Space;
use crate::store::ScyllaStore;
use crate::value::{blob, int, num};
use async_trait::async_trait;
use export::{Moment, Walk};
use mark::{is_unfinished, write_mark};
use std::collections::BTreeSet;
use std::sync::Arc;
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;
use ward_store::StoreError;
use ward_store::moving::{ImportState, Item, Moving, NOT_EMPTY, NOT_IMPORTING, Part, Snapshot};

#[async_trait]
impl Moving for ScyllaStore {
    async fn snapshot(&self) -> Result<Arc<dyn Snapshot>, StoreError> {
        self.house.check_open()?;
        finish_all(&self.house).await?;
        Ok(Arc::new(Moment::new(self.house.clone())))
    }

    async fn import_state(&self) -> Result<ImportState, StoreError> {
        Ok(state(&self.house).await?)
    }

    async fn begin_import(&self, floor: Time) -> Result<(), StoreError> {
        let house = &*self.house;
        house.check_open()?;
        let mark = read_mark(house).await?;
        if !mark.unfinished {
            // What a dead process left unfinished would come to stand beside what is imported.
            finish_all(house).await?;
            if state(house).await? != ImportState::Empty {
                return Err(StoreError::Unusable(NOT_EMPTY.to_owned()));
            }
        }
        let floor = floor.max(mark.floor).max(leases::latest(house).await?);
        if !write_mark(house, mark, true, floor).await? {
            return Err(StoreError::Unusable("another restore into this store began just now".to_owned()));
        }
        Ok(start_over(house).await?)
    }

    async fn import(&self, scope: &TenantScope, items: Vec<Item>) -> Result<(), StoreError> {
        let house = &*self.house;
        if !is_unfinished(house).await? && !read_mark(house).await?.unfinished {
            return Err(StoreError::Unusable(NOT_IMPORTING.to_owned()));
        }
        let space = house.space(scope.tenant()).await?;
        register(house, &space).await?;
        Ok(import::import(house, &space, &items).await?)
    }

    async fn end_import(&self) -> Result<(), StoreError> {
        let house = &*self.house;
        house.check_open()?;
        let mark = read_mark(house).await?;
        if !mark.unfinished {
            return Err(StoreError::Unusable(NOT_IMPORTING.to_owned()));
        }
        // Long lists that nobody has counted would be counted whole by each who reads them.
        for name in house.lists.due(&house.options) {
            house.lists.roll_up(&house.connection, &house.options, &name).await?;
        }
        if !write_mark(house, mark, false, mark.floor).await? {
            return Err(StoreError::Unusable("another restore into this store began just now".to_owned()));
        }
        Ok(())
    }
}

async fn state(house: &House) -> Result<ImportState, Fault> {
    house.check_open()?;
    if read_mark(house).await?.unfinished {
        return Ok(ImportState::Unfinished);
    }
    // A house has something of the platform, and then nobody has to look over all.
    let space = house.space(TenantId::PLATFORM).await?;
    if !(Walk { house, space: &space, part: Part::Aggregates }).keys(None).await?.is_empty() {
        return Ok(ImportState::InUse);
    }
    // The only look over a whole table. Each space counts in its tenant's present life; what a removal has still to take
    // away is in none.
    let st = &house.connection.statements;
    let registered = house.connection.walk::<(Vec<u8>, i32)>(&st.spaces, Vec::new()).await?;
    let committed = registered.into_iter().filter_map(|(bytes, _)| Space::read(&house.options.realm, &bytes));
    let spaces: BTreeSet<Space> = committed.chain(imported(house).await?).collect();
    for space in spaces {
        if house.space(space.tenant).await? == space {
            return Ok(ImportState::InUse);
        }
    }
    Ok(ImportState::Empty)
}

fn space_key(house: &House, space: &Space) -> Vec<scylla::value::CqlValue> {
    vec![blob(house.options.realm.as_slice()), num(space.tenant.get()), int(space.life)]
}

/// The space is on record before anything is put into it.
async fn register(house: &House, space: &Space) -> Result<(), Fault> {
    if !house.imports.knows(space) {
        let st = &house.connection.statements;
        house.connection.write(&st.import_space_put, space_key(house, space)).await?;
        house.imports.know(space);
    }
    Ok(())
}

/// Spaces that were ever imported into.
async fn imported(house: &House) -> Result<Vec<Space>, Fault> {
    let values = vec![blob(house.options.realm.as_slice())];
    let rows =
        house.connection.walk::<(i64, i32)>(&house.connection.statements.import_spaces, values).await?;
    let read = |(tenant, life): (i64, i32)| {
        Space::new(&house.options.realm, TenantId::from_number(tenant.cast_unsigned()), life)
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Removes what imports have put. Each tenant begins a new life: removed rows leave marks under which nothing imported
/// could be seen. The record of a space goes last, so that this may be cut off anywhere.
async fn start_over(house: &House) -> Result<(), Fault> {
    let one = async |space: Space| {
        if house.space(space.tenant).await? == space {
            house.lives.end(&house.connection, &house.options, space.tenant).await?;
        }
        remove(house, &space).await?;
        let st = &house.connection.statements;
        house.connection.write(&st.import_space_drop, space_key(house, &space)).await
    };
    Connection::each(imported(house).await?, one).await.map(|_| ())
}
