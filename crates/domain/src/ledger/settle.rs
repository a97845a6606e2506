//! Money that leaves: asked for by a doctor, carried out or rejected by the hospital.
//!
//! It leaves the wallet when it is asked for, so that nobody spends it twice, and comes back where it is rejected.

use super::step::Stepped;
use super::{Account, LedgerView, Movement, Outcome, Reason, Status, Terms, Transaction, TransactionKind};
use crate::id::{Id, UserId};
use crate::refusal::Refusal;
use crate::time::Time;

impl LedgerView {
    pub(super) fn withdraw(
        &self,
        now: Time,
        withdrawal: &Transaction,
        terms: &Terms,
        entry: Id,
    ) -> Result<Stepped, Refusal> {
        self.check_pending(terms)?;
        let way = [Account::Wallet(withdrawal.doctor), Account::PayoutsDue];
        let asked = Stepped::of(withdrawal.clone(), Outcome::Asked);
        self.moved(asked, entry, Movement::PayoutAsked, way, now)
    }

    pub(super) fn refund(
        &self,
        now: Time,
        refund: &Transaction,
        terms: &Terms,
        entry: Id,
    ) -> Result<Stepped, Refusal> {
        let payment = self.known()?;
        if payment.kind != TransactionKind::Payment || payment.doctor != refund.doctor {
            return Err(Refusal::not_found("Payment"));
        }
        if payment.status != Status::Completed {
            return Err(Refusal::conflict("not_paid", "Only a completed payment can be refunded."));
        }
        self.check_pending(terms)?;
        let left = payment.refundable();
        let mut refund = refund.clone();
        if refund.money.minor == 0 {
            refund.money = left;
        }
        if left.minor == 0 {
            return Err(Refusal::conflict("already_refunded", "All of this payment was refunded."));
        }
        if refund.money.currency != left.currency || refund.money.minor > left.minor {
            return Err(Refusal::field("amount", format!("At most {} of this payment is left.", left.minor)));
        }
        refund.phone.clone_from(&payment.phone);
        let mut paid = payment.clone();
        paid.refunded = paid.refunded.saturating_add(refund.money.minor);
        paid.updated_at = now;
        let way = [Account::Wallet(payment.doctor), Account::RefundsDue];
        let asked = Stepped::of(refund, Outcome::Asked);
        let stepped = self.moved(asked, entry, Movement::RefundAsked, way, now)?;
        Ok(Stepped { payment: Some(paid), ..stepped })
    }

    pub(super) fn settle(
        &self,
        now: Time,
        done: bool,
        note: &str,
        by: UserId,
        entry: Id,
    ) -> Result<Stepped, Refusal> {
        let old = self.known()?;
        let wallet = Account::Wallet(old.doctor);
        let (movement, way) = match (old.kind, done) {
            (TransactionKind::Payment, _) => {
                return Err(Refusal::conflict(
                    "not_settled_by_hand",
                    "A payment is completed by the payment provider only.",
                ));
            }
            (TransactionKind::Withdrawal, true) => {
                (Movement::PayoutMade, [Account::PayoutsDue, Account::PaidOut])
            }
            (TransactionKind::Withdrawal, false) => (Movement::PayoutRefused, [Account::PayoutsDue, wallet]),
            (TransactionKind::Refund, true) => {
                (Movement::RefundMade, [Account::RefundsDue, Account::Clearing])
            }
            (TransactionKind::Refund, false) => (Movement::RefundRefused, [Account::RefundsDue, wallet]),
        };
        let wanted = if done { Status::Completed } else { Status::Failed };
        if old.status == wanted {
            return self.unchanged();
        }
        if old.status != Status::Pending {
            return Err(Refusal::conflict("already_settled", "It was settled otherwise before."));
        }
        let mut new = old.clone();
        new.status = wanted;
        new.reason = (!done).then_some(Reason::Rejected);
        new.completed_at = done.then_some(now);
        new.updated_at = now;
        note.clone_into(&mut new.note);
        new.settled_by = Some(by);
        let mut payment = None;
        if old.kind == TransactionKind::Refund && !done {
            let mut paid = self.payment.clone().ok_or_else(|| Refusal::not_found("Payment"))?;
            paid.refunded = paid.refunded.saturating_sub(old.money.minor);
            paid.updated_at = now;
            payment = Some(paid);
        }
        let outcome = if done { Outcome::Settled } else { Outcome::Rejected };
        let stepped = self.moved(Stepped::of(new, outcome), entry, movement, way, now)?;
        Ok(Stepped { payment, ..stepped })
    }
}
