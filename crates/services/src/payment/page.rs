//! The sandbox's pay page: what it shows, and what is chosen on it.

use super::callback::{Told, callback};
use crate::{Fail, House, RequestMeta};
use ward_domain::ledger::{Said, Transaction, TransactionKind};
use ward_domain::refusal::Refusal;
use ward_gateways::payment::{PayLink, Sandbox, Signature};

/// What the page shows. It says nothing of the patient, whose link it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Who is paid.
    pub hospital: String,
    /// What, and how it stands.
    pub payment: Transaction,
    /// Whether it can be paid now.
    pub open: bool,
}

fn nothing() -> Fail {
    Refusal::not_found("Payment").into()
}

fn followed<'a>(house: &'a House, link: &str) -> Result<(&'a Sandbox, PayLink), Fail> {
    let sandbox = house.payments.gateway.as_deref().and_then(|gateway| gateway.sandbox());
    let sandbox = sandbox.ok_or_else(nothing)?;
    Ok((sandbox, sandbox.follow(link).ok_or_else(nothing)?))
}

/// The page of a link. A hospital that is suspended or gone has none.
pub async fn look(house: &House, link: &str) -> Result<Page, Fail> {
    let (_, link) = followed(house, link)?;
    let scope = house.tenancy.register.scope(link.tenant).await?.map_err(|_| nothing())?;
    let hospital = house.tenancy.register.find(scope.tenant()).await?.ok_or_else(nothing)?;
    let mut payment = house.transaction(&scope, link.transaction.id()).await.map_err(|_| nothing())?;
    if payment.kind != TransactionKind::Payment {
        return Err(nothing());
    }
    payment.phone.clear();
    let now = house.env.now();
    let waits = payment.status == ward_domain::ledger::Status::Pending;
    let open = waits && payment.expires_at.is_some_and(|expires| now < expires);
    Ok(Page { hospital: hospital.profile.name.clone(), payment, open })
}

/// What was chosen on the page goes the way of every provider's word: signed, and read by [`callback`]. `None` where the
/// payment cannot be paid any more.
pub async fn choose(house: &House, meta: &RequestMeta, link: &str, said: Said) -> Result<Option<Told>, Fail> {
    let page = look(house, link).await?;
    if !page.open {
        return Ok(None);
    }
    let (sandbox, link) = followed(house, link)?;
    let (timestamp, signature, body) = sandbox.tell(link, page.payment.money, said, house.env.now());
    let signature = Signature { timestamp: &timestamp, signature: &signature };
    Ok(Some(callback(house, meta, signature, &body).await?))
}
