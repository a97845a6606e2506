//! Transactions: a page of them, and one.

use super::shown;
use crate::list::Question;
use crate::{Ctx, Fail, House, Listed, PageRequest};
use ward_domain::id::{Id, UserId};
use ward_domain::ledger::{Status, Transaction, TransactionKind, filter_key};
use ward_domain::policy::{Action, Grant, Resource, Role};
use ward_domain::record::List;
use ward_store::Bounds;

/// Which ones.
#[derive(Debug, Clone, Copy, Default)]
pub struct TransactionQuery {
    /// Of one kind.
    pub kind: Option<TransactionKind>,
    /// In one state.
    pub status: Option<Status>,
    /// Of one doctor; doctors see their own.
    pub doctor: Option<Id>,
}

/// A page, the newest first.
pub async fn list(
    house: &House,
    ctx: &Ctx,
    query: TransactionQuery,
    page: PageRequest,
) -> Result<Listed<Transaction>, Fail> {
    let doctor = match house.reach(ctx, Resource::Payment, Action::List).await? {
        Grant::Any => {
            house.check_filter(ctx, Role::Doctor, query.doctor).await?;
            query.doctor.map(UserId::from)
        }
        Grant::Own | Grant::Never => Some(ctx.user),
    };
    // Of another's wallet a doctor learns nothing, not even that it is there.
    let nobodys = query.doctor.is_some_and(|asked| doctor.is_some_and(|doctor| doctor.id() != asked));
    let listed = if nobodys {
        Listed { items: Vec::new(), total: 0 }
    } else {
        let eq = filter_key(doctor, query.kind, query.status);
        let question = Question { list: List::Transactions, eq, bounds: Bounds::ALL, descending: true };
        let listed = house.page::<Transaction>(ctx, question, page).await?;
        let items = listed.items.into_iter().map(|found| shown(ctx, found.document)).collect();
        Listed { items, total: listed.total }
    };
    house.trace_list(ctx, Resource::Payment, Vec::new()).await?;
    Ok(listed)
}

/// One.
pub async fn read(house: &House, ctx: &Ctx, id: Id) -> Result<Transaction, Fail> {
    let found = house.seen_transaction(ctx, id, Action::Read).await?;
    house.trace_one(ctx, Action::Read, Resource::Payment, id, &[]).await?;
    Ok(shown(ctx, found))
}
