//! A million random transfers with duplicates, refunds, refusals and crashes: the sums are exact.
//!
//! The store is played by [`Bank`]: it takes a step whole or, where the process died before it was committed, not at
//! all, and refuses a claim the second time.

use super::{at, id, rials};
use crate::id::{Id, UserId};
use crate::ledger::{
    Account, Currency, Entry, LedgerCommand, LedgerView, Outcome, ProviderNotice, Recount, Said, Status,
    Stepped, Terms, Transaction, TransactionKind,
};
use crate::record::{ClaimKey, ClaimOp};
use crate::secret::digest;
use crate::time::{MINUTE, Time};
use std::collections::{BTreeMap, HashSet};

const TRANSFERS: u64 = 1_000_000;
const DOCTORS: u64 = 20;
const SLOTS: u64 = 64;

/// Small and fast, and the same on every machine (Marsaglia's xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }
}

#[derive(Default)]
struct Bank {
    /// Accounts lie in it; the transaction in question is put in for each command.
    view: LedgerView,
    payments: Vec<Transaction>,
    leaving: Vec<Transaction>,
    claims: HashSet<ClaimKey>,
    recount: Recount,
    /// Counted beside the ledger, from what was answered.
    wallets: BTreeMap<UserId, i128>,
    clearing: i128,
    number: u64,
    crashes: u64,
    repeats: u64,
    refusals: u64,
}

impl Bank {
    fn next(&mut self) -> Id {
        self.number += 1;
        id(1_000_000 + self.number)
    }

    /// Carries a command out as an actor does, with what goes wrong on the way.
    fn tell(&mut self, now: Time, command: &LedgerCommand, dice: &mut Dice) {
        let about = command.about();
        let find = |all: &[Transaction]| all.iter().find(|one| Some(one.id) == about).cloned();
        self.view.transaction = match command {
            LedgerCommand::Settle { .. } => find(&self.leaving),
            _ if about.is_some() => find(&self.payments),
            _ => None,
        };
        let of = self.view.transaction.as_ref().and_then(|one| one.refund_of);
        self.view.payment = of.and_then(|of| self.payments.iter().find(|one| one.id == of).cloned());
        if dice.one_in(8) {
            // The process dies after it decided and before anything stands; what was asked for is asked for again.
            drop(self.view.step(now, command));
            self.crashes += 1;
        }
        self.commit(now, command);
        if dice.one_in(4) {
            self.view.transaction = match command {
                LedgerCommand::Settle { .. } => find(&self.leaving),
                _ if about.is_some() => find(&self.payments),
                _ => None,
            };
            let before = self.recount.entries();
            self.commit(now, command);
            assert_eq!(self.recount.entries(), before, "a repetition counted: {command:?}");
            self.repeats += 1;
        }
    }

    fn commit(&mut self, now: Time, command: &LedgerCommand) {
        let Ok(stepped) = self.view.step(now, command) else {
            self.refusals += 1;
            return;
        };
        let unchanged = stepped.outcome == Outcome::Unchanged;
        if unchanged || stepped.claims.iter().any(|op| self.claims.contains(op.key())) {
            return;
        }
        self.claims.extend(stepped.claims.iter().map(|op| op.key().clone()));
        let Stepped { transaction, payment, entry, accounts, outcome, .. } = stepped;
        let (minor, kind) = (i128::from(transaction.money.minor), transaction.kind);
        let wallet = self.wallets.entry(transaction.doctor).or_default();
        match (outcome, kind) {
            (Outcome::Paid | Outcome::PaidLate, _) => {
                *wallet += minor;
                self.clearing -= minor;
            }
            (Outcome::Asked, TransactionKind::Refund | TransactionKind::Withdrawal) => *wallet -= minor,
            (Outcome::Rejected, _) => *wallet += minor,
            (Outcome::Settled, TransactionKind::Refund) => self.clearing += minor,
            _ => {}
        }
        for account in accounts {
            self.view.accounts.insert(account.account.id(), account);
        }
        self.recount.take_all(entry.as_ref());
        for new in std::iter::once(transaction).chain(payment) {
            let all =
                if new.kind == TransactionKind::Payment { &mut self.payments } else { &mut self.leaving };
            match all.iter_mut().find(|one| one.id == new.id) {
                Some(old) => *old = new,
                None => all.push(new),
            }
        }
    }

    fn asked_once(which: Id) -> Vec<ClaimOp> {
        let key = ClaimKey::request(&digest(&which.get().to_be_bytes()));
        vec![ClaimOp::Take { key, body: Vec::new(), expires: None }]
    }

    /// Something happens at one of the payments, or a new one takes the place of one that is over.
    fn of_a_payment(&mut self, now: Time, dice: &mut Dice) {
        let slot = usize::try_from(dice.roll(SLOTS)).unwrap();
        let new = match self.payments.get(slot).map(|one| one.status) {
            None => true,
            Some(Status::Pending) => false,
            Some(Status::Failed | Status::Completed) => dice.one_in(2),
        };
        if new {
            // Refunds of the one that goes are not settled any more; they would have lost their payment.
            if let Some(gone) = self.payments.get(slot).map(|one| one.id) {
                if self.leaving.iter().any(|one| one.refund_of == Some(gone) && one.status == Status::Pending)
                {
                    return;
                }
                self.payments.swap_remove(slot);
            }
            let which = self.next();
            let doctor = id(100 + dice.roll(DOCTORS)).into();
            let money = rials(1_000 + i64::try_from(dice.roll(5_000_000)).unwrap());
            let mut payment = Transaction::new(which.into(), TransactionKind::Payment, doctor, money, now);
            payment.expires_at = Some(now.plus(30 * MINUTE));
            let claims = Self::asked_once(which);
            let command =
                LedgerCommand::Request { payment: Box::new(payment), terms: Terms::default(), claims };
            return self.tell(now, &command, dice);
        }
        let payment = &self.payments[slot];
        let (which, money, completed) = (payment.id, payment.money, payment.status == Status::Completed);
        let doctor = payment.doctor;
        let command = if completed && dice.one_in(2) {
            let kind = TransactionKind::Refund;
            let (refund, entry) = (self.next(), self.next());
            // Sometimes more than is left.
            let part = rials(i64::try_from(dice.roll(money.minor.unsigned_abs() + 2)).unwrap());
            let mut refund = Transaction::new(refund.into(), kind, doctor, part, now);
            refund.refund_of = Some(which);
            let claims = Self::asked_once(refund.id.id());
            LedgerCommand::Refund { refund: Box::new(refund), terms: Terms::default(), entry, claims }
        } else if dice.one_in(10) {
            LedgerCommand::Expire { payment: which }
        } else {
            let said = if dice.one_in(12) { Said::Declined } else { Said::Paid };
            // A wrong amount now and then; and events that come again under another name.
            let money = if dice.one_in(50) { rials(money.minor - 1) } else { money };
            let event = format!("{which}-{}", dice.roll(3));
            let reference = "r".to_owned();
            let notice = ProviderNotice { event, transaction: which, said, money, reference };
            LedgerCommand::Notice { notice: Box::new(notice), entry: self.next() }
        };
        self.tell(now, &command, dice);
    }

    /// Something leaves, or is settled.
    fn of_what_leaves(&mut self, now: Time, dice: &mut Dice) {
        let slot = usize::try_from(dice.roll(SLOTS)).unwrap();
        if let Some(one) = self.leaving.get(slot) {
            if one.status != Status::Pending {
                self.leaving.swap_remove(slot);
                return;
            }
            let (transaction, entry) = (one.id, self.next());
            let (done, by) = (!dice.one_in(3), id(2).into());
            let command = LedgerCommand::Settle { transaction, done, note: String::new(), by, entry };
            return self.tell(now, &command, dice);
        }
        let (which, entry) = (self.next(), self.next());
        let doctor: UserId = id(100 + dice.roll(DOCTORS)).into();
        let held = self.view.accounts.get(&doctor.id()).map_or(0, |one| one.balance(Currency::IRR).minor);
        // Mostly a part of what is there, sometimes more than that.
        let most = if dice.one_in(10) { held + 5_000 } else { held / 3 };
        let money = rials(1 + i64::try_from(dice.roll(most.unsigned_abs() + 1)).unwrap());
        let withdrawal = Transaction::new(which.into(), TransactionKind::Withdrawal, doctor, money, now);
        let (withdrawal, terms, claims) = (Box::new(withdrawal), Terms::default(), Self::asked_once(which));
        self.tell(now, &LedgerCommand::Withdraw { withdrawal, terms, entry, claims }, dice);
    }
}

impl Recount {
    fn take_all(&mut self, entry: Option<&Entry>) {
        if let Some(entry) = entry {
            self.take(entry);
        }
    }
}

#[test]
fn a_million_random_transfers_duplicates_and_crashes_sum_exactly() {
    let (mut bank, mut dice, mut now) = (Bank::default(), Dice(0x5eed_0fa1_1b00_c5ab), at(0));
    while bank.recount.entries() < TRANSFERS {
        now = now.plus(i64::try_from(dice.roll(60_000)).unwrap());
        if dice.one_in(3) {
            bank.of_what_leaves(now, &mut dice);
        } else {
            bank.of_a_payment(now, &mut dice);
        }
        if bank.claims.len() > 200_000 {
            // Of what is over nobody asks any more.
            bank.claims.clear();
        }
    }
    assert_eq!(bank.recount.faults(bank.view.accounts.values()), []);
    let holds = |account: Account| {
        let found = bank.view.accounts.get(&account.id());
        found.map_or(0, |one| i128::from(one.balance(Currency::IRR).minor))
    };
    let mut all = 0;
    for (doctor, expected) in &bank.wallets {
        assert_eq!(holds(Account::Wallet(*doctor)), *expected, "doctor {doctor}");
        all += expected;
    }
    assert_eq!(holds(Account::Clearing), bank.clearing);
    all += Account::FIXED.into_iter().map(holds).sum::<i128>();
    assert_eq!(all, 0, "money was made or lost");
    let (crashes, repeats, refusals) = (bank.crashes, bank.repeats, bank.refusals);
    assert!(crashes > 100_000 && repeats > 100_000 && refusals > 10_000, "{crashes} {repeats} {refusals}");
    println!(
        "{} entries, {crashes} crashes, {repeats} repetitions, {refusals} refusals",
        bank.recount.entries()
    );
}
