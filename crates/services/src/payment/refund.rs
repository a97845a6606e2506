//! Giving a patient money back.

use super::check;
use crate::audit::Attempt;
use crate::request::Known;
use crate::{Ctx, Fail, House};
use ward_domain::id::Id;
use ward_domain::ledger::{LedgerCommand, Money, Transaction, TransactionKind};
use ward_domain::policy::{Action, Resource, Role};
use ward_domain::refusal::{FieldErrors, Refusal};

/// How much is given back.
#[derive(Debug, Clone)]
pub struct NewRefund {
    /// In the payment's currency; all that is left of it where nothing is said.
    pub amount: Option<i64>,
    /// Why, for the hospital to read.
    pub reason: String,
}

/// Asks that a payment of the caller's be given back, or a part of it. It leaves the wallet at once; the hospital carries
/// it out.
pub async fn refund(house: &House, ctx: &Ctx, payment: Id, new: NewRefund) -> Result<Transaction, Fail> {
    let (action, resource) = (Action::Create, Resource::Refund);
    house.permit(ctx, resource, action, ctx.role == Role::Doctor).await?;
    let payment = house.seen_transaction(ctx, payment, action).await?;
    let (id, patients) = (Some(payment.id.id()), Vec::new());
    let attempt = Attempt { action, resource, id, patients };
    let made = house.refusable(ctx, &attempt, make(house, ctx, &payment, new).await).await?;
    house.trace_one(ctx, action, resource, made.id.id(), &[]).await?;
    Ok(made)
}

async fn make(house: &House, ctx: &Ctx, payment: &Transaction, new: NewRefund) -> Result<Transaction, Fail> {
    let mut errors = FieldErrors::default();
    errors.check(new.amount.is_none_or(|amount| amount > 0), "amount", "Must be above nothing.");
    check::words(&new.reason, "reason", &mut errors);
    errors.finish()?;
    if payment.kind != TransactionKind::Payment {
        return Err(Refusal::conflict("not_paid", "Only a payment can be refunded.").into());
    }
    let (id, entry) = (house.new_id()?, house.new_id()?);
    let claims = match house.known(ctx, &[id]).await? {
        Known::New(claims) => claims,
        Known::Done(made) => {
            return house.transaction(&ctx.scope, made.first().copied().unwrap_or_default()).await;
        }
    };
    let money = Money::of(new.amount.unwrap_or(0), payment.money.currency);
    let kind = TransactionKind::Refund;
    let mut refund = Transaction::new(id.into(), kind, ctx.user, money, house.env.now());
    refund.refund_of = Some(payment.id);
    refund.description = new.reason;
    let terms = house.payments.terms;
    let command = LedgerCommand::Refund { refund: Box::new(refund), terms, entry, claims };
    Ok(house.ledger(ctx, command).await?.transaction)
}
