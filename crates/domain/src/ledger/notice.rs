//! What a payment provider tells, and what follows.
//!
//! | the payment is | paid | declined |
//! |---|---|---|
//! | pending | booked | failed |
//! | failed (expired, declined, not taken on) | booked, and marked as late where its time was over | nothing |
//! | completed | nothing; refused where the provider calls it otherwise than before: it was paid twice | nothing |
//!
//! Money that was taken is booked whenever it comes: a wallet that leaves it out would say what is not so. An amount or
//! currency that is not the payment's is refused, and nothing is booked: a person has to look.

use super::step::Stepped;
use super::{Account, LedgerView, Money, Movement, Outcome, Reason, Status, Transaction, TransactionKind};
use crate::courier::{MessageRequest, Occasion};
use crate::id::{Id, TransactionId};
use crate::record::{ClaimKey, ClaimOp};
use crate::refusal::{Kind, Refusal};
use crate::secret::digest;
use crate::time::{DAY, Time};

/// How long an event is known again by its id. Later the payment's own state says the same.
const REMEMBERED: i64 = 400 * DAY;

/// What a provider can say of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// The patient has paid.
    Paid,
    /// The patient has not, and will not.
    Declined,
}

/// What a provider tells, once its signature was found good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderNotice {
    /// What the provider calls the event: the same for each time that it is told.
    pub event: String,
    /// Which payment.
    pub transaction: TransactionId,
    /// What.
    pub said: Said,
    /// How much was to be, or was, paid.
    pub money: Money,
    /// What the provider calls the payment.
    pub reference: String,
}

impl ProviderNotice {
    /// The claim of its event: the second time finds it taken. A provider may count the events of each payment from one.
    fn claim(&self, now: Time) -> ClaimOp {
        let payment = self.transaction.get().to_be_bytes();
        let key = ClaimKey::provider_event(&digest(&[&payment[..], self.event.as_bytes()].concat()));
        ClaimOp::Take { key, body: Vec::new(), expires: Some(now.plus(REMEMBERED)) }
    }
}

impl LedgerView {
    pub(super) fn notice(&self, now: Time, notice: &ProviderNotice, entry: Id) -> Result<Stepped, Refusal> {
        let old = self.known()?;
        if old.kind != TransactionKind::Payment {
            return Err(Refusal::not_found("Payment"));
        }
        if old.money != notice.money {
            return Err(Refusal::new(
                Kind::Impossible,
                "amount_mismatch",
                "Amount and currency are not the payment's: nothing was booked.",
            ));
        }
        let mut stepped = match (notice.said, old.status) {
            (Said::Paid, Status::Pending | Status::Failed) => self.paid(now, old, notice, entry)?,
            (Said::Paid, Status::Completed) if old.provider_reference != notice.reference => {
                return Err(Refusal::conflict(
                    "paid_twice",
                    "This payment was paid before, under another reference: give the second one back.",
                ));
            }
            (Said::Declined, Status::Pending) => {
                let mut new = old.clone();
                (new.status, new.reason, new.updated_at) = (Status::Failed, Some(Reason::Declined), now);
                Stepped::of(new, Outcome::Failed)
            }
            (Said::Paid, Status::Completed) | (Said::Declined, _) => {
                return Ok(Stepped::of(old.clone(), Outcome::Unchanged));
            }
        };
        stepped.claims.push(notice.claim(now));
        Ok(stepped)
    }

    fn paid(
        &self,
        now: Time,
        old: &Transaction,
        notice: &ProviderNotice,
        entry: Id,
    ) -> Result<Stepped, Refusal> {
        let mut new = old.clone();
        new.late = old.expires_at.is_some_and(|expires| expires <= now);
        (new.status, new.reason) = (Status::Completed, None);
        (new.completed_at, new.updated_at) = (Some(now), now);
        new.provider_reference.clone_from(&notice.reference);
        let outcome = if new.late { Outcome::PaidLate } else { Outcome::Paid };
        let way = [Account::Clearing, Account::Wallet(old.doctor)];
        let letter = MessageRequest {
            recipient: Some(old.doctor),
            occasion: Occasion::PaymentReceived { transaction: old.id },
        };
        let mut stepped = self.moved(Stepped::of(new, outcome), entry, Movement::Paid, way, now)?;
        stepped.letter = Some(letter);
        Ok(stepped)
    }
}
