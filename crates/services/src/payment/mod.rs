//! Payments and wallets.
//!
//! A payment stands in the hospital's ledger before the provider hears of it, and is completed by what the provider
//! tells ([`callback`]), signed, and by nothing else. Refunds and withdrawals are asked for by the doctor and carried out
//! by the hospital ([`settle`]).

mod balance;
mod callback;
mod check;
mod list;
mod page;
mod refund;
mod request;
mod settle;
mod verify;
mod withdraw;

pub use balance::{Balance, balance};
pub use callback::{Told, callback};
pub use list::{TransactionQuery, list, read};
pub use page::{Page, choose, look};
pub use refund::{NewRefund, refund};
pub use request::{NewPayment, request};
pub use settle::{Settling, settle};
pub use verify::{LedgerReport, verify};
pub use withdraw::{NewWithdrawal, withdraw};

use crate::{Ctx, Fail, House};
pub use ward_gateways::payment::Signature;
use ward_gateways::payment::{SIGNATURE, TIMESTAMP};

use std::sync::Arc;
use ward_actors::{Actors, Failure};
use ward_domain::contact::masked_phone;
use ward_domain::id::Id;
use ward_domain::ledger::{LedgerAnswer, LedgerCommand, Terms, Transaction};
use ward_domain::policy::{self, Action, Grant, Resource};
use ward_domain::refusal::{Kind, Refusal};
use ward_domain::tenancy::TenantScope;
use ward_gateways::PaymentGateway;

/// The headers in which a provider's time and signature stand.
pub const SIGNED_BY: (&str, &str) = (TIMESTAMP, SIGNATURE);

/// Who takes payments, and on what terms.
pub struct Payments {
    /// `None` where none is configured.
    pub gateway: Option<Arc<dyn PaymentGateway>>,
    /// What the operator decides.
    pub terms: Terms,
}

impl Payments {
    fn gateway(&self) -> Result<&dyn PaymentGateway, Refusal> {
        self.gateway.as_deref().ok_or_else(|| {
            Refusal::new(
                Kind::NotConfigured,
                "payments_not_configured",
                "No payment gateway is set up on this server: see payments.gateway in its settings.",
            )
        })
    }
}

/// A text as a picture that a camera reads: a PNG.
pub fn picture(text: &str) -> Result<Vec<u8>, Fail> {
    crate::qr::png(text)
}

impl House {
    async fn ledger(&self, ctx: &Ctx, command: LedgerCommand) -> Result<LedgerAnswer, Fail> {
        self.ledger_of(&ctx.scope, ctx.deadline, command).await.map_err(Self::in_flight)
    }

    async fn ledger_of(
        &self,
        scope: &TenantScope,
        deadline: std::time::Duration,
        command: LedgerCommand,
    ) -> Result<LedgerAnswer, Failure> {
        self.actors.ledgers.ask(scope, Actors::of_hospital(scope), deadline, command).await
    }

    /// A transaction as it is kept.
    async fn transaction(&self, scope: &TenantScope, id: Id) -> Result<Transaction, Fail> {
        let found = self.find::<Transaction>(scope, id).await?;
        Ok(found.ok_or_else(|| Refusal::not_found("Transaction"))?.document)
    }

    /// A transaction that the caller may see; a doctor is not told of another's.
    async fn seen_transaction(&self, ctx: &Ctx, id: Id, action: Action) -> Result<Transaction, Fail> {
        let grant = policy::grant(ctx.role, Resource::Payment, Action::Read);
        if grant == Grant::Never {
            self.permit(ctx, Resource::Payment, action, false).await?;
        }
        let found = self.find::<Transaction>(&ctx.scope, id).await?.map(|found| found.document);
        if let Some(found) = found.filter(|found| grant.covers(found.doctor == ctx.user)) {
            return Ok(found);
        }
        self.trace_refusal(ctx, Resource::Payment, action).await?;
        Err(Refusal::not_found("Transaction").into())
    }
}

/// A transaction as the caller may see it: the patient's number whole is for the doctor who asked for it.
fn shown(ctx: &Ctx, mut transaction: Transaction) -> Transaction {
    if transaction.doctor != ctx.user {
        transaction.phone = masked_phone(&transaction.phone);
    }
    transaction
}
