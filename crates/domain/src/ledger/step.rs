//! One step of a ledger: what becomes of a transaction, of the balances, and what is to be told.
//!
//! A step is numbers and small copies; [`Stepped::decision`] makes of it what is committed.

use super::{
    Account, Entry, LedgerAccount, LedgerAnswer, LedgerCommand, LedgerView, Movement, Outcome, Reason,
    Status, Terms, Transaction,
};
use crate::courier::MessageRequest;
use crate::decision::{Change, Decision, Happening};
use crate::id::Id;
use crate::record::ClaimOp;
use crate::refusal::Refusal;
use crate::time::Time;

/// What a command leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct Stepped {
    /// The transaction as it is then.
    pub transaction: Transaction,
    /// Where that is a refund: its payment as it is then.
    pub payment: Option<Transaction>,
    /// What moved.
    pub entry: Option<Entry>,
    /// The accounts that it moved between, as they are then.
    pub accounts: Vec<LedgerAccount>,
    /// Claims of the commit.
    pub claims: Vec<ClaimOp>,
    /// Who is to be told.
    pub letter: Option<MessageRequest>,
    /// What came of it.
    pub outcome: Outcome,
}

impl Stepped {
    pub(super) const fn of(transaction: Transaction, outcome: Outcome) -> Self {
        Self {
            transaction,
            payment: None,
            entry: None,
            accounts: Vec::new(),
            claims: Vec::new(),
            letter: None,
            outcome,
        }
    }

    /// What is committed, and what is answered. `view` is what the step rests on.
    pub fn decision(self, view: &LedgerView) -> (Decision, LedgerAnswer) {
        let Self { transaction, payment, entry, accounts, claims, letter, outcome } = self;
        let mut decision = Decision::default();
        if outcome != Outcome::Unchanged {
            let of = |old: &Option<Transaction>, new: &Transaction| match old {
                Some(old) if old.id == new.id => Change::update(old, new),
                _ => Change::create(new),
            };
            decision.changes.push(of(&view.transaction, &transaction));
            if let Some(payment) = &payment {
                let old = if view.payment.is_some() { &view.payment } else { &view.transaction };
                decision.changes.push(of(old, payment));
            }
            decision.changes.extend(entry.iter().map(Change::create));
            decision.changes.extend(accounts.iter().map(|new| match view.accounts.get(&new.account.id()) {
                Some(old) => Change::update(old, new),
                None => Change::create(new),
            }));
            decision.claims = claims;
            decision.happenings.extend(letter.map(|message| Happening::MessageRequested { message }));
        }
        (decision, LedgerAnswer { transaction, outcome })
    }
}

impl LedgerView {
    /// Decides a command.
    pub fn decide(&self, now: Time, command: &LedgerCommand) -> Result<(Decision, LedgerAnswer), Refusal> {
        Ok(self.step(now, command)?.decision(self))
    }

    /// What a command leads to.
    pub fn step(&self, now: Time, command: &LedgerCommand) -> Result<Stepped, Refusal> {
        match command {
            LedgerCommand::Request { payment, terms, claims } => {
                self.check_pending(terms)?;
                let stepped = Stepped::of(Transaction::clone(payment), Outcome::Asked);
                Ok(Stepped { claims: claims.clone(), ..stepped })
            }
            LedgerCommand::Begun { pay_url, reference, .. } => {
                let old = self.known()?;
                if old.status != Status::Pending || !old.pay_url.is_empty() {
                    return Ok(Stepped::of(old.clone(), Outcome::Unchanged));
                }
                let mut new = old.clone();
                new.pay_url.clone_from(pay_url);
                new.provider_reference.clone_from(reference);
                new.updated_at = now;
                Ok(Stepped::of(new, Outcome::Begun))
            }
            LedgerCommand::NotBegun { .. } => self.failed(now, Reason::Gateway),
            LedgerCommand::Expire { .. } => {
                let over = self.known()?.expires_at.is_some_and(|expires| expires <= now);
                if over { self.failed(now, Reason::Expired) } else { self.unchanged() }
            }
            LedgerCommand::Notice { notice, entry } => self.notice(now, notice, *entry),
            LedgerCommand::Withdraw { withdrawal, terms, entry, claims } => {
                let stepped = self.withdraw(now, withdrawal, terms, *entry)?;
                Ok(Stepped { claims: claims.clone(), ..stepped })
            }
            LedgerCommand::Refund { refund, terms, entry, claims } => {
                let stepped = self.refund(now, refund, terms, *entry)?;
                Ok(Stepped { claims: claims.clone(), ..stepped })
            }
            LedgerCommand::Settle { done, note, by, entry, .. } => self.settle(now, *done, note, *by, *entry),
        }
    }

    pub(super) fn known(&self) -> Result<&Transaction, Refusal> {
        self.transaction.as_ref().ok_or_else(|| Refusal::not_found("Transaction"))
    }

    pub(super) fn unchanged(&self) -> Result<Stepped, Refusal> {
        Ok(Stepped::of(self.known()?.clone(), Outcome::Unchanged))
    }

    /// A payment that is waited for no more.
    fn failed(&self, now: Time, reason: Reason) -> Result<Stepped, Refusal> {
        let old = self.known()?;
        if old.status != Status::Pending {
            return self.unchanged();
        }
        let mut new = old.clone();
        (new.status, new.reason, new.updated_at) = (Status::Failed, Some(reason), now);
        Ok(Stepped::of(new, Outcome::Failed))
    }

    pub(super) fn check_pending(&self, terms: &Terms) -> Result<(), Refusal> {
        if self.pending < terms.max_pending {
            return Ok(());
        }
        let most = terms.max_pending;
        Err(Refusal::conflict("too_many_pending", format!("At most {most} of this kind can wait at a time.")))
    }

    /// A step whose transaction's money moves from one account to another.
    pub(super) fn moved(
        &self,
        mut stepped: Stepped,
        id: Id,
        movement: Movement,
        way: [Account; 2],
        now: Time,
    ) -> Result<Stepped, Refusal> {
        let transaction = &stepped.transaction;
        let entry = Entry::new(id, transaction.id, movement, transaction.money, way, now);
        let entry = entry.ok_or_else(|| Refusal::field("amount", "Must be above nothing."))?;
        for posting in entry.postings {
            let known = self.accounts.get(&posting.account.id());
            let mut account = known.cloned().unwrap_or_else(|| LedgerAccount::new(posting.account, now));
            let sum = account.balance(posting.money.currency).plus(posting.money).ok_or_else(|| {
                Refusal::conflict("balance_too_large", "A balance cannot be as large as that.")
            })?;
            if sum.minor < 0 && !posting.account.may_owe() {
                return Err(Refusal::conflict("insufficient_balance", "There is not as much in the wallet."));
            }
            account.balances.insert(sum.currency, sum.minor);
            account.updated_at = now;
            stepped.accounts.push(account);
        }
        stepped.entry = Some(entry);
        Ok(stepped)
    }
}
