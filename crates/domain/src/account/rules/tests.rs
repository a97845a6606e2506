use super::*;
use crate::face::Face;
use crate::id::{Id, UserId};
use crate::policy::Role;

fn account() -> Account {
    Account {
        id: UserId::from(Id::new(7).unwrap()),
        role: Role::Doctor,
        active: true,
        profile: Profile { email: "dr@example.org".into(), ..Profile::default() },
        password_hash: "hash".into(),
        log_ins: vec!["00".repeat(16), "11".repeat(16)],
        failures: Failures::default(),
        created_at: Time::from_millis(0),
        updated_at: Time::from_millis(0),
        last_log_in: None,
    }
}

fn state() -> AccountState {
    AccountState { account: Some(account()), ..AccountState::default() }
}

fn session(number: u64, now: Time) -> Session {
    Session {
        id: SessionId::from(Id::new(number).unwrap()),
        user: account().id,
        face: Face::Medcor,
        created_at: now,
        expires_at: now.plus(60 * MINUTE),
    }
}

fn log_in(state: &AccountState, number: u64, now: Time, right: bool) -> Result<AccountState, Refusal> {
    let check = if right { LogInCheck::Right { hash: "hash".into() } } else { LogInCheck::Wrong };
    state
        .decide(now, 1, &AccountCommand::LogIn { check, session: Box::new(session(number, now)) })
        .map(|(_, next)| next)
}

#[test]
fn wrong_passwords_lock_for_longer_and_longer_and_the_right_one_forgives() {
    let mut now = Time::from_millis(1_000_000);
    let mut at = state();
    for _ in 0..MAX_FAILURES {
        at = log_in(&at, 1, now, false).unwrap();
        assert!(at.sessions.is_empty());
    }
    for minutes in [1, 2, 4, 8, 16, 32, 60, 60] {
        let locked = log_in(&at, 1, now, true).unwrap_err();
        assert_eq!((locked.reason, locked.retry_after_seconds), ("account_locked", Some(minutes * 60 + 1)));
        now = now.plus(i64::from(minutes) * MINUTE);
        at = log_in(&at, 1, now, false).unwrap();
    }
    now = now.plus(MAX_LOCK_MINUTES * MINUTE);
    at = log_in(&at, 1, now, true).unwrap();
    assert_eq!(at.sessions.len(), 1);
    assert_eq!(at.account.unwrap().failures, Failures::default());
}

#[test]
fn a_password_changed_meanwhile_opens_no_session() {
    let now = Time::from_millis(5);
    let check = LogInCheck::Right { hash: "old hash".into() };
    let (decision, next) =
        state().decide(now, 1, &AccountCommand::LogIn { check, session: Box::new(session(1, now)) }).unwrap();
    assert!(next.sessions.is_empty() && decision.is_empty());
}

#[test]
fn deactivation_ends_every_session_and_forbids_new_ones() {
    let now = Time::from_millis(5);
    let open = log_in(&log_in(&state(), 1, now, true).unwrap(), 2, now, true).unwrap();
    let (decision, closed) = open.decide(now, 3, &AccountCommand::SetActive(false)).unwrap();
    assert_eq!((closed.sessions.len(), decision.changes.len()), (0, 3));
    assert!(log_in(&closed, 3, now, true).unwrap().sessions.is_empty());
}

#[test]
fn a_new_password_keeps_only_the_session_that_set_it() {
    let now = Time::from_millis(5);
    let open = log_in(&log_in(&state(), 1, now, true).unwrap(), 2, now, true).unwrap();
    let keep = open.sessions[1].id;
    let (_, next) =
        open.decide(now, 3, &AccountCommand::SetPassword { hash: "new".into(), keep: Some(keep) }).unwrap();
    assert_eq!(next.sessions.iter().map(|open| open.id).collect::<Vec<_>>(), vec![keep]);
}

#[test]
fn the_oldest_session_gives_way() {
    let now = Time::from_millis(5);
    let mut at = state();
    for number in 1..=MAX_SESSIONS as u64 + 1 {
        at = log_in(&at, number, now, true).unwrap();
    }
    assert_eq!((at.sessions.len(), at.sessions[0].id.get()), (MAX_SESSIONS, 2));
}

#[test]
fn an_edit_moves_the_claims_of_its_log_ins() {
    let profile = Box::new(Profile { email: "new@example.org".into(), ..Profile::default() });
    let log_ins = vec!["11".repeat(16), "22".repeat(16)];
    let (decision, _) = state()
        .decide(Time::from_millis(9), 1, &AccountCommand::Edit { profile, log_ins, if_version: None })
        .unwrap();
    let gone = ClaimOp::Release { key: ClaimKey::log_in(&[0; 16]) };
    assert_eq!(decision.claims, vec![gone, take(&[0x22; 16])]);
}

#[test]
fn an_edit_of_an_old_version_is_stale() {
    let edit = AccountCommand::Edit { profile: Box::default(), log_ins: Vec::new(), if_version: Some(3) };
    assert_eq!(state().decide(Time::from_millis(9), 4, &edit).unwrap_err().kind, Kind::Stale);
}
