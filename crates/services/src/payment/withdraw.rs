//! Taking money out of a wallet.

use super::check;
use crate::audit::Attempt;
use crate::request::Known;
use crate::{Ctx, Fail, House};
use ward_domain::ledger::{LedgerCommand, Transaction, TransactionKind};
use ward_domain::policy::{Action, Resource, Role};
use ward_domain::refusal::FieldErrors;

/// How much is taken out.
#[derive(Debug, Clone)]
pub struct NewWithdrawal {
    /// In the smallest units of the configured currency.
    pub amount: i64,
    /// For the hospital to read.
    pub description: String,
}

/// Asks for money of the caller's wallet. It leaves the wallet at once; the hospital carries it out.
pub async fn withdraw(house: &House, ctx: &Ctx, new: NewWithdrawal) -> Result<Transaction, Fail> {
    let (action, resource) = (Action::Create, Resource::Withdrawal);
    house.permit(ctx, resource, action, ctx.role == Role::Doctor).await?;
    let attempt = Attempt { action, resource, id: None, patients: Vec::new() };
    let made = house.refusable(ctx, &attempt, make(house, ctx, new).await).await?;
    house.trace_one(ctx, action, resource, made.id.id(), &[]).await?;
    Ok(made)
}

async fn make(house: &House, ctx: &Ctx, new: NewWithdrawal) -> Result<Transaction, Fail> {
    let terms = house.payments.terms;
    let mut errors = FieldErrors::default();
    let money = check::amount(&terms, new.amount, &mut errors);
    check::words(&new.description, "description", &mut errors);
    errors.finish()?;
    let (id, entry) = (house.new_id()?, house.new_id()?);
    let claims = match house.known(ctx, &[id]).await? {
        Known::New(claims) => claims,
        Known::Done(made) => {
            return house.transaction(&ctx.scope, made.first().copied().unwrap_or_default()).await;
        }
    };
    let kind = TransactionKind::Withdrawal;
    let mut withdrawal = Transaction::new(id.into(), kind, ctx.user, money, house.env.now());
    withdrawal.description = new.description;
    let command = LedgerCommand::Withdraw { withdrawal: Box::new(withdrawal), terms, entry, claims };
    Ok(house.ledger(ctx, command).await?.transaction)
}
