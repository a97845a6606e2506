//! Carrying a refund or a withdrawal out, or refusing it: the hospital's part.

use super::{check, shown};
use crate::audit::Attempt;
use crate::{Ctx, Fail, House};
use ward_domain::id::Id;
use ward_domain::ledger::{LedgerCommand, Transaction, TransactionKind};
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::FieldErrors;

/// What became of it.
#[derive(Debug, Clone)]
pub struct Settling {
    /// Whether the money was sent.
    pub done: bool,
    /// For the doctor to read.
    pub note: String,
}

/// Notes that the money was sent, or that it will not be. Saying the same twice is one.
pub async fn settle(house: &House, ctx: &Ctx, id: Id, settling: Settling) -> Result<Transaction, Fail> {
    let action = Action::Complete;
    // Who may settle nothing at all hears that first.
    house.permit(ctx, Resource::Withdrawal, action, false).await?;
    let old = house.seen_transaction(ctx, id, action).await?;
    let resource = if old.kind == TransactionKind::Refund { Resource::Refund } else { Resource::Withdrawal };
    house.permit(ctx, resource, action, false).await?;
    let attempt = Attempt { action, resource, id: Some(id), patients: Vec::new() };
    let make = async || {
        let mut errors = FieldErrors::default();
        check::words(&settling.note, "note", &mut errors);
        errors.finish()?;
        let (transaction, by, entry) = (old.id, ctx.user, house.new_id()?);
        let (done, note) = (settling.done, settling.note.clone());
        house.ledger(ctx, LedgerCommand::Settle { transaction, done, note, by, entry }).await
    };
    let ended = make().await;
    let answer = house.refusable(ctx, &attempt, ended).await?;
    house.trace_one(ctx, action, resource, id, &[]).await?;
    Ok(shown(ctx, answer.transaction))
}
