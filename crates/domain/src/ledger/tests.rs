//! The rules of a ledger, as tables; and a million transfers.

mod million;

use super::*;
use crate::decision::Happening;
use crate::id::{Id, TransactionId, UserId};
use crate::record::{ClaimKey, ClaimOp, Document as _, List};
use crate::refusal::Refusal;
use crate::time::{MINUTE, Time};
use std::collections::BTreeSet;

fn at(ms: i64) -> Time {
    Time::from_millis(1_750_000_000_000 + ms)
}

fn id(number: u64) -> Id {
    Id::new(number).unwrap()
}

fn doctor() -> UserId {
    id(1_000).into()
}

fn rials(minor: i64) -> Money {
    Money::of(minor, Currency::IRR)
}

/// A ledger in memory: what a store does with what is decided.
#[derive(Default)]
struct Books {
    transactions: Vec<Transaction>,
    accounts: Vec<LedgerAccount>,
    claims: BTreeSet<ClaimKey>,
    recount: Recount,
    letters: usize,
    entries: u64,
}

impl Books {
    fn find(&self, id: TransactionId) -> Option<Transaction> {
        self.transactions.iter().find(|one| one.id == id).cloned()
    }

    fn of(&self, id: TransactionId) -> Transaction {
        self.find(id).unwrap()
    }

    fn tell(&mut self, now: Time, command: &LedgerCommand) -> Result<Outcome, Refusal> {
        let transaction = command.about().and_then(|id| self.find(id));
        let payment = transaction.as_ref().and_then(|one| one.refund_of).and_then(|id| self.find(id));
        let accounts = self.accounts.iter().map(|one| (one.account.id(), one.clone())).collect();
        let waits = |one: &&Transaction| {
            one.status == Status::Pending && command.asks().is_some_and(|new| new.kind == one.kind)
        };
        let pending = self.transactions.iter().filter(waits).count() as u64;
        let view = LedgerView { transaction, payment, accounts, pending };
        let stepped = view.step(now, command)?;
        let (decision, answer) = stepped.clone().decision(&view);
        let taken = decision.claims.iter().any(|op| self.claims.contains(op.key()));
        if decision.is_empty() || taken {
            return Ok(Outcome::Unchanged);
        }
        assert_eq!(answer.transaction, stepped.transaction);
        self.claims.extend(decision.claims.iter().map(|op| op.key().clone()));
        let letter = |what: &&Happening| matches!(what, Happening::MessageRequested { .. });
        self.letters += decision.happenings.iter().filter(letter).count();
        for new in std::iter::once(stepped.transaction).chain(stepped.payment) {
            self.transactions.retain(|old| old.id != new.id);
            self.transactions.push(new);
        }
        for new in stepped.accounts {
            self.accounts.retain(|old| old.account != new.account);
            self.accounts.push(new);
        }
        if let Some(entry) = &stepped.entry {
            self.recount.take(entry);
        }
        assert_eq!(self.recount.faults(&self.accounts), []);
        Ok(answer.outcome)
    }

    fn holds(&self, account: Account) -> i64 {
        let found = self.accounts.iter().find(|one| one.account == account);
        found.map_or(0, |one| one.balance(Currency::IRR).minor)
    }

    fn next(&mut self) -> Id {
        self.entries += 1;
        id(5_000_000 + self.entries)
    }

    fn request(&mut self, number: u64, minor: i64) -> TransactionId {
        let new = payment(number, minor);
        let which = new.id;
        let command =
            LedgerCommand::Request { payment: Box::new(new), terms: Terms::default(), claims: vec![] };
        assert_eq!(self.tell(at(0), &command), Ok(Outcome::Asked));
        which
    }

    fn notice(
        &mut self,
        now: Time,
        said: Said,
        event: &str,
        which: TransactionId,
    ) -> Result<Outcome, Refusal> {
        let money = self.of(which).money;
        self.told(
            now,
            ProviderNotice {
                event: event.into(),
                transaction: which,
                said,
                money,
                reference: "ref-1".into(),
            },
        )
    }

    fn told(&mut self, now: Time, notice: ProviderNotice) -> Result<Outcome, Refusal> {
        let entry = self.next();
        self.tell(now, &LedgerCommand::Notice { notice: Box::new(notice), entry })
    }

    fn refund(&mut self, number: u64, of: TransactionId, minor: i64) -> Result<Outcome, Refusal> {
        let mut refund =
            Transaction::new(id(number).into(), TransactionKind::Refund, doctor(), rials(minor), at(5));
        refund.refund_of = Some(of);
        let (entry, terms) = (self.next(), Terms::default());
        self.tell(at(5), &LedgerCommand::Refund { refund: Box::new(refund), terms, entry, claims: vec![] })
    }

    fn withdraw(&mut self, number: u64, minor: i64) -> Result<Outcome, Refusal> {
        let new =
            Transaction::new(id(number).into(), TransactionKind::Withdrawal, doctor(), rials(minor), at(5));
        let (entry, terms) = (self.next(), Terms::default());
        let command = LedgerCommand::Withdraw { withdrawal: Box::new(new), terms, entry, claims: vec![] };
        self.tell(at(5), &command)
    }

    fn settle(&mut self, number: u64, done: bool) -> Result<Outcome, Refusal> {
        let (transaction, entry, by) = (id(number).into(), self.next(), id(2).into());
        self.tell(at(9), &LedgerCommand::Settle { transaction, done, note: "as agreed".into(), by, entry })
    }
}

fn payment(number: u64, minor: i64) -> Transaction {
    let mut payment =
        Transaction::new(id(number).into(), TransactionKind::Payment, doctor(), rials(minor), at(0));
    payment.phone = "+989123456789".into();
    payment.expires_at = Some(at(30 * MINUTE));
    payment
}

fn reason<T: std::fmt::Debug>(result: Result<T, Refusal>) -> &'static str {
    result.unwrap_err().reason
}

#[test]
fn what_a_provider_tells_of_a_payment_in_each_state() {
    let late = at(31 * MINUTE);
    // Before; when; what is told; what comes of it; how the payment stands then; what is in the wallet.
    for (before, now, said, outcome, status, held) in [
        ("pending", at(1), Said::Paid, Outcome::Paid, Status::Completed, 500),
        ("pending", at(1), Said::Declined, Outcome::Failed, Status::Failed, 0),
        // The clockwork has not come round yet, and the time is over.
        ("pending", late, Said::Paid, Outcome::PaidLate, Status::Completed, 500),
        ("expired", late, Said::Paid, Outcome::PaidLate, Status::Completed, 500),
        ("expired", late, Said::Declined, Outcome::Unchanged, Status::Failed, 0),
        ("declined", at(2), Said::Paid, Outcome::Paid, Status::Completed, 500),
        ("paid", at(2), Said::Paid, Outcome::Unchanged, Status::Completed, 500),
        ("paid", at(2), Said::Declined, Outcome::Unchanged, Status::Completed, 500),
    ] {
        let mut books = Books::default();
        let which = books.request(7, 500);
        match before {
            "expired" => {
                let expire = LedgerCommand::Expire { payment: which };
                assert_eq!(books.tell(at(1), &expire), Ok(Outcome::Unchanged), "before its time");
                assert_eq!(books.tell(late, &expire), Ok(Outcome::Failed));
                assert_eq!(books.tell(late, &expire), Ok(Outcome::Unchanged));
            }
            "declined" => {
                books.notice(at(1), Said::Declined, "e0", which).unwrap();
            }
            "paid" => {
                books.notice(at(1), Said::Paid, "e0", which).unwrap();
            }
            _ => {}
        }
        assert_eq!(books.notice(now, said, "e1", which), Ok(outcome), "{before} {said:?}");
        let payment = books.of(which);
        assert_eq!((payment.status, payment.late), (status, outcome == Outcome::PaidLate), "{before}");
        assert_eq!(books.holds(Account::Wallet(doctor())), held, "{before} {said:?}");
        assert_eq!(books.holds(Account::Clearing), -held);
        assert_eq!(books.letters, usize::from(held > 0), "one letter for what was paid");
        // The same event once more.
        assert_eq!(books.notice(now, said, "e1", which), Ok(Outcome::Unchanged));
        assert_eq!(books.holds(Account::Wallet(doctor())), held);
        assert_eq!(books.letters, usize::from(held > 0));
    }
}

#[test]
fn what_is_not_the_payments_is_refused_and_nothing_is_booked() {
    let mut books = Books::default();
    let which = books.request(7, 500);
    let good = ProviderNotice {
        event: "e1".into(),
        transaction: which,
        said: Said::Paid,
        money: rials(500),
        reference: "ref-1".into(),
    };
    for money in
        [rials(499), rials(501), rials(-500), rials(0), Money::of(500, Currency::read("EUR").unwrap())]
    {
        let wrong = books.told(at(1), ProviderNotice { money, ..good.clone() });
        assert_eq!(reason(wrong), "amount_mismatch");
    }
    let nobodys = ProviderNotice { transaction: id(8).into(), ..good.clone() };
    assert_eq!(reason(books.told(at(1), nobodys)), "not_found");
    assert_eq!(books.holds(Account::Clearing), 0);
    // The right one counts, though the event's name was heard before with a wrong amount.
    assert_eq!(books.told(at(1), good.clone()), Ok(Outcome::Paid));
    let second = ProviderNotice { event: "e2".into(), reference: "ref-2".into(), ..good };
    assert_eq!(reason(books.told(at(2), second)), "paid_twice");
    // What is no payment is not paid.
    books.withdraw(9, 500).unwrap();
    assert_eq!(reason(books.notice(at(3), Said::Paid, "e3", id(9).into())), "not_found");
}

#[test]
fn refunds_are_bounded_by_their_payment_and_come_back_where_they_are_rejected() {
    let mut books = Books::default();
    let which = books.request(7, 500);
    assert_eq!(reason(books.refund(20, which, 100)), "not_paid");
    books.notice(at(1), Said::Paid, "e1", which).unwrap();
    assert_eq!(books.refund(21, which, 200), Ok(Outcome::Asked));
    assert_eq!(books.refund(22, which, 301).unwrap_err().fields[0].field, "amount");
    // All that is left, without saying how much.
    assert_eq!(books.refund(23, which, 0), Ok(Outcome::Asked));
    assert_eq!(books.of(id(23).into()).money, rials(300));
    assert_eq!(books.of(id(23).into()).phone, "+989123456789");
    assert_eq!(reason(books.refund(24, which, 0)), "already_refunded");
    assert_eq!((books.holds(Account::Wallet(doctor())), books.holds(Account::RefundsDue)), (0, 500));
    assert_eq!(books.settle(21, true), Ok(Outcome::Settled));
    assert_eq!(books.settle(21, true), Ok(Outcome::Unchanged));
    assert_eq!(reason(books.settle(21, false)), "already_settled");
    assert_eq!(books.settle(23, false), Ok(Outcome::Rejected));
    assert_eq!(books.of(id(23).into()).reason, Some(Reason::Rejected));
    assert_eq!(books.of(which).refundable(), rials(300));
    assert_eq!((books.holds(Account::Wallet(doctor())), books.holds(Account::Clearing)), (300, -300));
    // What was taken out of the wallet cannot be given back as well.
    books.withdraw(30, 300).unwrap();
    assert_eq!(reason(books.refund(25, which, 300)), "insufficient_balance");
    let mut others =
        Transaction::new(id(26).into(), TransactionKind::Refund, id(1_001).into(), rials(1), at(5));
    others.refund_of = Some(which);
    let (entry, terms) = (books.next(), Terms::default());
    let command = LedgerCommand::Refund { refund: Box::new(others), terms, entry, claims: vec![] };
    assert_eq!(reason(books.tell(at(5), &command)), "not_found");
}

#[test]
fn a_withdrawal_leaves_the_wallet_at_once_and_comes_back_where_it_is_rejected() {
    let mut books = Books::default();
    assert_eq!(reason(books.withdraw(30, 1)), "insufficient_balance");
    let which = books.request(7, 500);
    books.notice(at(1), Said::Paid, "e1", which).unwrap();
    assert_eq!(books.withdraw(31, 400), Ok(Outcome::Asked));
    assert_eq!(reason(books.withdraw(32, 101)), "insufficient_balance");
    assert_eq!(books.settle(31, false), Ok(Outcome::Rejected));
    assert_eq!(books.withdraw(33, 500), Ok(Outcome::Asked));
    assert_eq!(books.settle(33, true), Ok(Outcome::Settled));
    assert_eq!(books.of(id(33).into()).note, "as agreed");
    assert_eq!((books.holds(Account::Wallet(doctor())), books.holds(Account::PaidOut)), (0, 500));
    assert_eq!(reason(books.settle(7, true)), "not_settled_by_hand");
    assert_eq!(reason(books.settle(99, true)), "not_found");
}

#[test]
fn so_many_wait_and_no_more() {
    let mut books = Books::default();
    let terms = Terms { max_pending: 2, ..Terms::default() };
    for (number, expected) in [(1, None), (2, None), (3, Some("too_many_pending"))] {
        let new = Box::new(payment(number, 500));
        let told = books.tell(at(0), &LedgerCommand::Request { payment: new, terms, claims: vec![] });
        assert_eq!(told.err().map(|refusal| refusal.reason), expected);
    }
    assert!(terms.amount(999).is_err() && terms.amount(10_000_000_001).is_err());
    assert_eq!(terms.amount(500_000), Ok(rials(500_000)));
}

#[test]
fn a_gateway_that_does_not_take_a_payment_on_fails_it_and_one_that_does_says_where_to_pay_once() {
    let mut books = Books::default();
    let (one, other) = (books.request(1, 500), books.request(2, 500));
    let begun =
        |url: &str| LedgerCommand::Begun { payment: one, pay_url: url.into(), reference: "ref-1".into() };
    assert_eq!(books.tell(at(1), &begun("/pay/1")), Ok(Outcome::Begun));
    assert_eq!(books.tell(at(2), &begun("/pay/2")), Ok(Outcome::Unchanged));
    assert_eq!(books.of(one).pay_url, "/pay/1");
    assert_eq!(books.tell(at(1), &LedgerCommand::NotBegun { payment: other }), Ok(Outcome::Failed));
    assert_eq!(books.of(other).reason, Some(Reason::Gateway));
}

#[test]
fn a_row_stands_for_each_way_to_ask_and_the_due_one_only_while_it_waits() {
    let mut one = payment(7, 500);
    let rows = |one: &Transaction, list| one.index().iter().filter(|row| row.list == list).count();
    assert_eq!((rows(&one, List::Transactions), rows(&one, List::PaymentsDue)), (8, 1));
    let asked = filter_key(Some(doctor()), None, Some(Status::Pending));
    assert!(one.index().iter().any(|row| row.eq == asked));
    one.status = Status::Completed;
    assert_eq!((rows(&one, List::Transactions), rows(&one, List::PaymentsDue)), (8, 0));
    assert!(one.index().iter().all(|row| row.eq != asked));
}

#[test]
fn a_recount_finds_what_was_lost_made_or_altered() {
    let entry = |number: u64, minor: i64| {
        let way = [Account::Clearing, Account::Wallet(doctor())];
        Entry::new(id(number), id(7).into(), Movement::Paid, rials(minor), way, at(0)).unwrap()
    };
    let holds = |account: Account, minor: i64| {
        let mut holds = LedgerAccount::new(account, at(0));
        holds.balances.insert(Currency::IRR, minor);
        holds
    };
    let mut recount = Recount::default();
    recount.take(&entry(1, 500));
    recount.take(&entry(2, 300));
    let good = [holds(Account::Clearing, -800), holds(Account::Wallet(doctor()), 800)];
    assert_eq!((recount.faults(&good), recount.entries()), (vec![], 2));
    assert_eq!(recount.faults(&good[..1]).len(), 1, "an account is missing");
    let altered = [holds(Account::Clearing, -800), holds(Account::Wallet(doctor()), 801)];
    assert_eq!(recount.faults(&altered).len(), 1);
    let mut torn = entry(3, 100);
    torn.postings[1].money = rials(200);
    recount.take(&torn);
    assert!(recount.faults(&good).contains(&LedgerFault::Unbalanced(id(3))));
    let owes = [holds(Account::PaidOut, -1)];
    assert!(Recount::default().faults(&owes).contains(&LedgerFault::Owes(Account::PaidOut)));
    assert!(
        Entry::new(
            id(1),
            id(7).into(),
            Movement::Paid,
            rials(0),
            [Account::Clearing, Account::PaidOut],
            at(0)
        )
        .is_none()
    );
}

#[test]
fn documents_read_back() {
    let paid = payment(7, 500);
    let text = serde_json::to_string(&paid).unwrap();
    assert_eq!(serde_json::from_str::<Transaction>(&text).unwrap(), paid);
    let mut wallet = LedgerAccount::new(Account::Wallet(doctor()), at(0));
    wallet.balances.insert(Currency::IRR, 5);
    let text = serde_json::to_string(&wallet).unwrap();
    assert_eq!(serde_json::from_str::<LedgerAccount>(&text).unwrap(), wallet);
    let claim = ClaimOp::Release { key: ClaimKey::provider_event(&[7; 32]) };
    assert!(claim.key().is_once());
}
