//! The ledger's actor: one per hospital, keyed by the hospital's id.
//!
//! It keeps only its version. What a command needs is loaded for it: the transaction, the doctor's wallet and the
//! hospital's few other accounts. All of a hospital's money moves through this one actor and its fence, so that a
//! balance is never decided on from two sides.

use crate::shell::aggregate::{Aggregate, carry_out, load};
use crate::shell::{ActorKind, Failure, Resident, Turn};
use ward_domain::decision::Decision;
use ward_domain::id::Id;
use ward_domain::ledger::{
    Account, LedgerAccount, LedgerAnswer, LedgerCommand, LedgerView, Outcome, Status, Transaction, filter_key,
};
use ward_domain::record::{AggregateKind, ClaimKey, Document as _, List};
use ward_domain::refusal::Refusal;
use ward_domain::time::Time;
use ward_store::{AggregateRef, ListQuery, Version};

/// A hospital's ledger.
#[derive(Debug, Default)]
pub struct Ledger {
    version: Version,
    view: LedgerView,
}

impl Resident for Ledger {
    const KIND: ActorKind = ActorKind::Ledger;
    type Command = LedgerCommand;
    type Answer = LedgerAnswer;

    async fn activate(turn: &Turn) -> Result<Self, Failure> {
        let mut ledger = Self::default();
        ledger.reload(turn).await?;
        Ok(ledger)
    }

    async fn handle(&mut self, turn: &Turn, command: LedgerCommand) -> Result<LedgerAnswer, Failure> {
        let result = carry_out(self, turn, &command).await;
        self.view = LedgerView::default();
        match &result {
            Ok(answer) => count(answer),
            Err(Failure::Refused(refusal)) if matches!(command, LedgerCommand::Notice { .. }) => {
                if matches!(refusal.reason, "amount_mismatch" | "paid_twice") {
                    // A person has to look: the provider says something else than the ledger.
                    let payment = command.about().map_or(0, ward_domain::id::TransactionId::get);
                    let (tenant, why) = (turn.scope.tenant().get(), refusal.reason);
                    tracing::error!(tenant, payment, why, "a payment provider was contradicted");
                    metrics::counter!("ward_payments_total", "outcome" => "contradicted").increment(1);
                }
            }
            Err(_) => {}
        }
        result
    }
}

fn count(answer: &LedgerAnswer) {
    let outcome = match answer.outcome {
        Outcome::Asked | Outcome::Unchanged => return,
        Outcome::Begun => "begun",
        Outcome::Paid => "paid",
        Outcome::PaidLate => "paid_late",
        Outcome::Failed => "failed",
        Outcome::Settled => "settled",
        Outcome::Rejected => "rejected",
    };
    metrics::counter!("ward_payments_total", "outcome" => outcome).increment(1);
}

impl Aggregate for Ledger {
    type Command = LedgerCommand;
    type Answer = LedgerAnswer;
    type Next = ();

    fn reference(&self, turn: &Turn) -> AggregateRef {
        AggregateRef { kind: AggregateKind::Ledger, id: turn.id }
    }

    fn version(&self) -> Version {
        self.version
    }

    async fn reload(&mut self, turn: &Turn) -> Result<(), Failure> {
        self.version = turn.env.store.version(&turn.scope, self.reference(turn)).await?;
        Ok(())
    }

    async fn prepare(&mut self, turn: &Turn, command: &LedgerCommand) -> Result<(), Failure> {
        let find = async |id: Option<Id>| match id {
            Some(id) => Ok::<_, Failure>(load::<Transaction>(turn, id).await?.map(|(found, _)| found)),
            None => Ok(None),
        };
        let transaction = find(command.about().map(Into::into)).await?;
        let of = transaction.as_ref().and_then(|one| one.refund_of);
        let payment = find(of.map(Into::into)).await?;
        let asked = command.asks();
        let doctor = asked.or(transaction.as_ref()).map(|one| one.doctor);
        let accounts = Account::FIXED.into_iter().chain(doctor.map(Account::Wallet));
        let ids: Vec<Id> = accounts.map(Account::id).collect();
        let mut view = LedgerView { transaction, payment, ..LedgerView::default() };
        for stored in turn.env.store.get_many(&turn.scope, LedgerAccount::KIND, &ids).await? {
            let account: LedgerAccount = stored.document()?;
            view.accounts.insert(account.account.id(), account);
        }
        if let Some(new) = asked {
            let waiting = filter_key(Some(new.doctor), Some(new.kind), Some(Status::Pending));
            let query = ListQuery { limit: 1, ..ListQuery::all(List::Transactions, waiting) };
            view.pending = turn.env.store.list(&turn.scope, &query).await?.total;
        }
        self.view = view;
        Ok(())
    }

    fn decide(&self, now: Time, command: &LedgerCommand) -> Result<(Decision, LedgerAnswer, ()), Refusal> {
        let (decision, answer) = self.view.decide(now, command)?;
        Ok((decision, answer, ()))
    }

    fn apply(&mut self, version: Version, (): ()) {
        self.version = version;
    }

    fn claim_refusal(&self, _key: &ClaimKey, _command: &LedgerCommand) -> Refusal {
        Refusal::conflict(
            "request_in_flight",
            "The same request is being carried out: repeat it in a moment.",
        )
    }
}
