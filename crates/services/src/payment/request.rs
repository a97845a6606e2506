//! Asking a patient to pay.

use super::check;
use crate::audit::Attempt;
use crate::request::Known;
use crate::{Ctx, Fail, House};
use ward_domain::contact::phone_key;
use ward_domain::id::Id;
use ward_domain::ledger::{LedgerCommand, Reason, Status, Transaction, TransactionKind};
use ward_domain::policy::{Action, Resource, Role};
use ward_domain::refusal::{FieldErrors, Kind, Refusal};
use ward_gateways::PaymentGateway;
use ward_gateways::payment::{PayRequest, PaymentError};

/// What is to be paid, and by whom.
#[derive(Debug, Clone)]
pub struct NewPayment {
    /// In the smallest units of the configured currency.
    pub amount: i64,
    /// The patient's telephone number.
    pub phone: String,
    /// What for; the patient reads it.
    pub description: String,
}

/// Asks for a payment: it stands, then the gateway makes its page. Where the gateway cannot be reached the payment
/// stays, and the same request under its key goes on from there.
pub async fn request(house: &House, ctx: &Ctx, new: NewPayment) -> Result<Transaction, Fail> {
    let (action, resource) = (Action::Create, Resource::Payment);
    house.permit(ctx, resource, action, ctx.role == Role::Doctor).await?;
    let attempt = Attempt { action, resource, id: None, patients: Vec::new() };
    let payment = house.refusable(ctx, &attempt, make(house, ctx, new).await).await?;
    house.trace_one(ctx, action, resource, payment.id.id(), &[]).await?;
    Ok(payment)
}

async fn make(house: &House, ctx: &Ctx, new: NewPayment) -> Result<Transaction, Fail> {
    let gateway = house.payments.gateway()?;
    let terms = house.payments.terms;
    let mut errors = FieldErrors::default();
    let money = check::amount(&terms, new.amount, &mut errors);
    let phone = phone_key(&new.phone).is_some();
    errors.check(phone, "patient_phone", "Must be a telephone number such as +989123456789.");
    check::words(&new.description, "description", &mut errors);
    errors.finish()?;
    let id = house.new_id()?;
    let payment = match house.known(ctx, &[id]).await? {
        Known::New(claims) => {
            let (kind, now) = (TransactionKind::Payment, house.env.now());
            let mut payment = Transaction::new(id.into(), kind, ctx.user, money, now);
            payment.phone = new.phone.trim().to_owned();
            payment.description = new.description;
            payment.expires_at = Some(now.plus(terms.expiry));
            let command = LedgerCommand::Request { payment: Box::new(payment), terms, claims };
            house.ledger(ctx, command).await?.transaction
        }
        Known::Done(made) => house.transaction(&ctx.scope, made.first().copied().unwrap_or_default()).await?,
    };
    begun(house, ctx, gateway, payment).await
}

/// The payment with its page.
async fn begun(
    house: &House,
    ctx: &Ctx,
    gateway: &dyn PaymentGateway,
    payment: Transaction,
) -> Result<Transaction, Fail> {
    let id: Id = payment.id.id();
    if payment.reason == Some(Reason::Gateway) {
        return Err(refused().into());
    }
    if !payment.pay_url.is_empty() {
        return Ok(payment);
    }
    if payment.status != Status::Pending {
        return Err(Refusal::conflict(
            "payment_over",
            "The time for this payment was over before it had a page: ask for a new one.",
        )
        .into());
    }
    let now = house.env.now();
    let ask = PayRequest {
        transaction: payment.id,
        money: payment.money,
        description: payment.description.clone(),
        expires_at: payment.expires_at.unwrap_or(now),
        now,
    };
    match gateway.begin(&ctx.scope, &ask).await {
        Ok(page) => {
            let (pay_url, reference) = (page.url, page.reference);
            let command = LedgerCommand::Begun { payment: payment.id, pay_url, reference };
            Ok(house.ledger(ctx, command).await?.transaction)
        }
        Err(PaymentError::Unavailable(why)) => {
            tracing::warn!(payment = id.get(), why, "the payment gateway cannot be reached");
            metrics::counter!("ward_payment_gateway_failures_total").increment(1);
            let mut refusal =
                Refusal::overloaded("The payment gateway does not answer: try again in a moment.");
            refusal.reason = "payment_gateway_unavailable";
            Err(refusal.into())
        }
        Err(PaymentError::Refused(why)) => {
            tracing::error!(payment = id.get(), why, "the payment gateway does not take payments");
            metrics::counter!("ward_payment_gateway_failures_total").increment(1);
            house.ledger(ctx, LedgerCommand::NotBegun { payment: payment.id }).await?;
            Err(refused().into())
        }
    }
}

fn refused() -> Refusal {
    Refusal::new(
        Kind::NotConfigured,
        "payment_gateway_refused",
        "The payment gateway did not take this payment on: its settings want looking at.",
    )
}
