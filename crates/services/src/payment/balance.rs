//! What is in a wallet.

use crate::{Ctx, Fail, House};
use ward_domain::id::Id;
use ward_domain::ledger::{Account, LedgerAccount, Money};
use ward_domain::policy::{Action, Resource, Role};
use ward_domain::refusal::Refusal;
use ward_domain::time::Time;

/// A wallet's balance in the configured currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// How much.
    pub money: Money,
    /// When it changed last; now, where it never did.
    pub updated_at: Time,
}

/// A doctor's own balance; the administrator names a doctor.
pub async fn balance(house: &House, ctx: &Ctx, doctor: Option<Id>) -> Result<Balance, Fail> {
    let own = ctx.role == Role::Doctor && doctor.is_none_or(|doctor| doctor == ctx.user.id());
    house.permit(ctx, Resource::Wallet, Action::Read, own).await?;
    let doctor = match doctor {
        None if own => ctx.user,
        None => return Err(Refusal::field("doctor", "This field is required.").into()),
        Some(doctor) => house.named(ctx, Role::Doctor, doctor).await?.id,
    };
    let wallet = house.find::<LedgerAccount>(&ctx.scope, Account::Wallet(doctor).id()).await?;
    let currency = house.payments.terms.currency;
    let balance = match wallet.map(|found| found.document) {
        Some(wallet) => Balance { money: wallet.balance(currency), updated_at: wallet.updated_at },
        None => Balance { money: Money::of(0, currency), updated_at: ctx.now },
    };
    house.trace_one(ctx, Action::Read, Resource::Wallet, doctor.id(), &[]).await?;
    Ok(balance)
}
