//! What a payment provider tells.
//!
//! Nobody is logged in: the signature is the caller. What was told is told again until it is answered well, so that every
//! answer but success means *not yet*.

use crate::{Fail, House, RequestMeta};
use ward_actors::Failure;
use ward_domain::audit::{AuditEntry, AuditOutcome, Deed, resource_word};
use ward_domain::ledger::{LedgerCommand, Outcome, Transaction};
use ward_domain::policy::Resource;
use ward_domain::refusal::{Kind, Refusal};
use ward_domain::tenancy::TenantScope;
use ward_gateways::payment::Signature;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The payment as it is now.
    pub transaction: Transaction,
    /// What came of it; [`Outcome::Unchanged`] where it was told before.
    pub outcome: Outcome,
}

/// Takes on what a provider tells of a payment, once.
pub async fn callback(
    house: &House,
    meta: &RequestMeta,
    signature: Signature<'_>,
    body: &[u8],
) -> Result<Told, Fail> {
    let gateway = house.payments.gateway()?;
    let read = gateway.read(house.env.now(), signature, body);
    let (tenant, notice) = read.inspect_err(|refusal| {
        if refusal.kind == Kind::Unauthenticated {
            tracing::warn!(why = refusal.reason, "what a payment provider told was not signed well");
            metrics::counter!("ward_payments_total", "outcome" => "forged").increment(1);
        }
    })?;
    let nothing = || Fail::from(Refusal::not_found("Payment"));
    let scope = match house.tenancy.register.scope(tenant).await? {
        Ok(scope) if !scope.is_platform() => scope,
        Err(refusal) if refusal.kind == Kind::Forbidden => return Err(refusal.into()),
        _ => return Err(nothing()),
    };
    let id = notice.transaction.id();
    let command = LedgerCommand::Notice { notice: Box::new(notice), entry: house.new_id()? };
    let told = match house.ledger_of(&scope, house.settings.deadline, command).await {
        Ok(answer) => Told { transaction: answer.transaction, outcome: answer.outcome },
        // The same event before this one, or beside it.
        Err(Failure::Repeated) => {
            Told { transaction: house.transaction(&scope, id).await?, outcome: Outcome::Unchanged }
        }
        Err(Failure::Refused(refusal)) if refusal.kind == Kind::NotFound => return Err(nothing()),
        Err(Failure::Refused(refusal)) => {
            if refusal.kind != Kind::Overloaded {
                trace(house, &scope, meta, id, AuditOutcome::Refused).await?;
            }
            return Err(refusal.into());
        }
        Err(other) => return Err(other.into()),
    };
    trace(house, &scope, meta, id, AuditOutcome::Success).await?;
    Ok(told)
}

/// Leaves the entry of someone who is no user.
async fn trace(
    house: &House,
    scope: &TenantScope,
    meta: &RequestMeta,
    id: ward_domain::id::Id,
    outcome: AuditOutcome,
) -> Result<(), Fail> {
    let entry = AuditEntry {
        id: house.new_id()?,
        at: house.env.now(),
        actor: None,
        role: None,
        session: None,
        face: meta.face,
        action: Deed::Complete.word().to_owned(),
        resource: resource_word(Resource::Payment).to_owned(),
        resource_id: Some(id),
        patients: Vec::new(),
        outcome,
        address: meta.address.map(|address| address.to_string()).unwrap_or_default(),
        request_id: meta.request_id.clone(),
    };
    Ok(house.actors.audit(scope, entry).await?)
}
