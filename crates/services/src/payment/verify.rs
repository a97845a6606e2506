//! Counting a hospital's ledger anew.

use crate::house::read;
use crate::{Fail, House};
use ward_domain::id::Id;
use ward_domain::ledger::{Entry, LedgerAccount, LedgerFault, Recount};
use ward_domain::record::{Document, Key, List};
use ward_domain::tenancy::TenantScope;
use ward_store::{ListQuery, Slice};

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerReport {
    /// Entries that were counted.
    pub entries: u64,
    /// Accounts that were looked at.
    pub accounts: u64,
    /// What is wrong; empty where all is well.
    pub faults: Vec<LedgerFault>,
}

/// Counts every entry of a hospital and looks whether the accounts say the same. While money moves, what moves between
/// the two readings shows as a fault: ask again.
pub async fn verify(house: &House, scope: &TenantScope) -> Result<LedgerReport, Fail> {
    let mut recount = Recount::default();
    all::<Entry>(house, scope, List::LedgerEntries, |entry| recount.take(&entry)).await?;
    let mut accounts = Vec::new();
    all::<LedgerAccount>(house, scope, List::LedgerAccounts, |account| accounts.push(account)).await?;
    Ok(LedgerReport {
        entries: recount.entries(),
        accounts: accounts.len() as u64,
        faults: recount.faults(&accounts),
    })
}

async fn all<D: Document>(
    house: &House,
    scope: &TenantScope,
    list: List,
    mut give: impl FnMut(D) + Send,
) -> Result<(), Fail> {
    let mut slice = Slice::Offset(0);
    loop {
        let query = ListQuery { slice, ..ListQuery::all(list, Key::all()) };
        let page = house.env.store.list(scope, &query).await?;
        let Some(end) = page.rows.last() else { return Ok(()) };
        slice = Slice::After { sort: end.sort, id: end.id };
        let ids: Vec<Id> = page.rows.iter().map(|row| row.id).collect();
        for stored in house.env.store.get_many(scope, D::KIND, &ids).await? {
            give(read::<D>(stored)?.document);
        }
    }
}
