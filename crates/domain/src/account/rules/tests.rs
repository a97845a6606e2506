use super::*;
use crate::account::code::CODE_GUESSES;
use crate::account::totp::SECRET_BYTES;
use crate::account::{Behalf, MAX_FAILURES, MergeProgress, MergeStage, Moved, Profile, SecondFactor};
use crate::face::Face;
use crate::id::{Id, SessionId, UserId};
use crate::policy::Role;
use crate::time::{HOUR, MINUTE};

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
        email_verified: false,
        phone_unproven: false,
        merged_into: None,
        fingerprints: Vec::new(),
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
        address: String::new(),
        created_at: now,
        renewed_at: None,
        expires_at: now.plus(60 * MINUTE),
    }
}

fn log_in(state: &AccountState, number: u64, now: Time, right: bool) -> Result<AccountState, Refusal> {
    let check = if right { LogInCheck::Right { hash: "hash".into() } } else { LogInCheck::Wrong };
    state
        .decide(
            now,
            1,
            &AccountCommand::LogIn { check, second: None, session: Box::new(session(number, now)) },
        )
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
    for seconds in [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600] {
        // Even the right one: who guessed many at once learns nothing.
        let locked = log_in(&at, 1, now, true).unwrap_err();
        assert_eq!((locked.reason, locked.retry_after_seconds), ("auth_locked", Some(seconds)));
        assert_eq!(log_in(&at, 1, now, false).unwrap_err(), locked);
        now = now.plus(i64::from(seconds) * 1000);
        at = log_in(&at, 1, now, false).unwrap();
    }
    now = now.plus(HOUR);
    at = log_in(&at, 1, now, true).unwrap();
    assert_eq!(at.sessions.len(), 1);
    assert_eq!(at.account.unwrap().failures, Failures::default());
}

#[test]
fn a_password_changed_meanwhile_opens_no_session() {
    let now = Time::from_millis(5);
    let check = LogInCheck::Right { hash: "old hash".into() };
    let (decision, next) = state()
        .decide(now, 1, &AccountCommand::LogIn { check, second: None, session: Box::new(session(1, now)) })
        .unwrap();
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
        .decide(
            Time::from_millis(9),
            1,
            &AccountCommand::Edit {
                profile,
                log_ins,
                fingerprints: Vec::new(),
                own: false,
                if_version: None,
            },
        )
        .unwrap();
    let gone = ClaimOp::Release { key: ClaimKey::log_in(&[0; 16]) };
    assert_eq!(decision.claims, vec![gone, take(&[0x22; 16])]);
}

#[test]
fn an_edit_of_an_old_version_is_stale() {
    let edit = AccountCommand::Edit {
        profile: Box::default(),
        log_ins: Vec::new(),
        fingerprints: Vec::new(),
        own: false,
        if_version: Some(3),
    };
    assert_eq!(state().decide(Time::from_millis(9), 4, &edit).unwrap_err().kind, Kind::Stale);
}

fn told(state: &AccountState, now: Time, command: &AccountCommand) -> Result<AccountState, Refusal> {
    state.decide(now, 1, command).map(|(_, next)| next)
}

fn issue(state: &AccountState, purpose: CodePurpose, now: Time) -> AccountState {
    told(state, now, &AccountCommand::IssueCode { purpose, hash: "code".into() }).unwrap()
}

#[test]
fn a_code_sets_a_new_password_once_and_ends_every_session() {
    let now = Time::from_millis(5);
    let open = issue(&log_in(&state(), 1, now, true).unwrap(), CodePurpose::ResetPassword, now);
    let reset = |code: &str| AccountCommand::ResetPassword { code: code.into(), password: "new".into() };
    let wrong = told(&open, now, &reset("other")).unwrap();
    let account = wrong.account.clone().unwrap();
    assert_eq!((account.password_hash.as_str(), wrong.sessions.len()), ("hash", 1));
    let (decision, done) = wrong.decide(now, 1, &reset("code")).unwrap();
    let account = done.account.clone().unwrap();
    assert_eq!((account.password_hash.as_str(), done.sessions.len()), ("new", 0));
    assert!(account.email_verified, "whoever has the code reads the mail");
    assert!(
        decision.happenings.iter().any(|what| matches!(
            what,
            Happening::MessageRequested {
                message: MessageRequest { occasion: Occasion::AccountSecured { .. }, .. }
            }
        )),
        "its owner is told"
    );
    let again = told(&done, now, &reset("code")).unwrap();
    assert_eq!(again.account, done.account);
    // Five wrong guesses, and the right one comes too late.
    let mut at = open;
    for _ in 0..CODE_GUESSES {
        at = told(&at, now, &reset("other")).unwrap();
    }
    assert_eq!(told(&at, now, &reset("code")).unwrap().account.unwrap().password_hash, "hash");
}

#[test]
fn a_new_password_opens_the_lock_and_ends_codes() {
    let now = Time::from_millis(5);
    let mut at = issue(&state(), CodePurpose::ResetPassword, now);
    for _ in 0..MAX_FAILURES {
        at = log_in(&at, 1, now, false).unwrap();
    }
    let set = told(&at, now, &AccountCommand::SetPassword { hash: "set".into(), keep: None }).unwrap();
    assert_eq!(set.account.as_ref().unwrap().failures, Failures::default());
    let reset = AccountCommand::ResetPassword { code: "code".into(), password: "stranger".into() };
    assert_eq!(told(&set, now, &reset).unwrap().account.unwrap().password_hash, "set");
}

#[test]
fn an_address_is_verified_until_it_is_another() {
    let now = Time::from_millis(5);
    let verify = AccountCommand::VerifyEmail { code: "code".into() };
    let edit = |email: &str| AccountCommand::Edit {
        profile: Box::new(Profile { email: email.into(), ..Profile::default() }),
        log_ins: account().log_ins,
        fingerprints: Vec::new(),
        own: false,
        if_version: None,
    };
    let asked = issue(&state(), CodePurpose::VerifyEmail, now);
    let verified = told(&asked, now, &verify).unwrap();
    assert!(verified.account.as_ref().unwrap().email_verified);
    for (email, stays) in [("DR@example.org", true), ("other@example.org", false), ("", false)] {
        let edited = told(&verified, now, &edit(email)).unwrap();
        assert_eq!(edited.account.unwrap().email_verified, stays, "{email}");
    }
    // A code that went to the old address says nothing of the new one.
    let moved = told(&asked, now, &edit("other@example.org")).unwrap();
    assert!(!told(&moved, now, &verify).unwrap().account.unwrap().email_verified);
    // A code for one purpose is none for another.
    let reset = issue(&state(), CodePurpose::ResetPassword, now);
    assert!(!told(&reset, now, &verify).unwrap().account.unwrap().email_verified);
}

/// Vectors of RFC 6238: the secret, and the code at 59 seconds.
const SECRET: &[u8; SECRET_BYTES] = b"12345678901234567890";
const AT_59: &str = "287082";

fn with_totp() -> (AccountState, Time) {
    let now = Time::from_millis(59_000);
    let begun = told(&state(), now, &AccountCommand::BeginTotp { secret: *SECRET }).unwrap();
    let confirm = |code: &str| AccountCommand::ConfirmTotp {
        code: code.into(),
        recovery: vec!["one".into(), "two".into()],
    };
    assert_eq!(told(&begun, now, &confirm("000000")).unwrap_err().fields[0].field, "code");
    (told(&begun, now, &confirm(AT_59)).unwrap(), now)
}

#[test]
fn a_log_in_with_a_second_factor_needs_both() {
    let (at, now) = with_totp();
    let log_in = |state: &AccountState, now: Time, right: bool, second: Option<SecondFactor>| {
        let check = if right { LogInCheck::Right { hash: "hash".into() } } else { LogInCheck::Wrong };
        told(state, now, &AccountCommand::LogIn { check, second, session: Box::new(session(1, now)) })
    };
    let asked = log_in(&at, now, true, None).unwrap_err();
    assert_eq!((asked.kind, asked.reason), (Kind::Unauthenticated, "totp_required"));
    // The step was used when it was set up.
    let used = log_in(&at, now, true, Some(SecondFactor::Code(AT_59.into()))).unwrap();
    assert_eq!((used.sessions.len(), used.account.as_ref().unwrap().failures.count), (0, 1));
    let recovered = log_in(&used, now, true, Some(SecondFactor::Recovery("one".into()))).unwrap();
    assert_eq!((recovered.sessions.len(), recovered.account.as_ref().unwrap().failures.count), (1, 0));
    let twice = log_in(&recovered, now, true, Some(SecondFactor::Recovery("one".into()))).unwrap();
    assert_eq!(twice.account.as_ref().unwrap().failures.count, 1);
    // A wrong password uses up no recovery code, and is not told from a wrong code.
    let wrong = log_in(&at, now, false, Some(SecondFactor::Recovery("two".into()))).unwrap();
    assert_eq!(wrong.proofs, at.proofs);
    let mut locked = at;
    for _ in 0..MAX_FAILURES {
        locked = log_in(&locked, now, true, Some(SecondFactor::Code("000000".into()))).unwrap();
    }
    assert_eq!(log_in(&locked, now, true, None).unwrap_err().reason, "auth_locked");
}

#[test]
fn a_second_factor_goes_by_password_and_code_or_by_an_administrator() {
    let (at, now) = with_totp();
    let begin = AccountCommand::BeginTotp { secret: *SECRET };
    assert_eq!(told(&at, now, &begin).unwrap_err().reason, "totp_active");
    let remove = |right: bool, code: &str| AccountCommand::RemoveTotp {
        check: if right { LogInCheck::Right { hash: "hash".into() } } else { LogInCheck::Wrong },
        second: SecondFactor::Recovery(code.into()),
    };
    for (command, gone) in
        [(remove(false, "one"), false), (remove(true, "x"), false), (remove(true, "one"), true)]
    {
        let next = told(&at, now, &command).unwrap();
        let next_account = next.account.unwrap();
        assert_eq!(next.proofs.unwrap().totp.is_none(), gone);
        assert_eq!(next_account.failures.count, u32::from(!gone));
    }
    assert_eq!(told(&state(), now, &remove(true, "one")).unwrap_err().reason, "totp_inactive");
    let mut open = at;
    open.sessions.push(session(1, now));
    let reset = told(&open, now, &AccountCommand::ResetTotp).unwrap();
    assert!(reset.proofs.unwrap().totp.is_none() && reset.sessions.is_empty());
}

#[test]
fn renewals_are_noted_now_and_then() {
    let now = Time::from_millis(5);
    let at = log_in(&state(), 1, now, true).unwrap();
    let id = at.sessions[0].id;
    let renewed =
        |at: &AccountState, now| at.decide(now, 1, &AccountCommand::Renewed { session: id }).unwrap();
    assert!(renewed(&at, now.plus(5 * MINUTE - 1)).0.is_empty());
    let (decision, next) = renewed(&at, now.plus(5 * MINUTE));
    assert_eq!((decision.changes.len(), next.sessions[0].used_at()), (1, now.plus(5 * MINUTE)));
    let others = AccountCommand::EndOthers { keep: id };
    let two = log_in(&at, 2, now, true).unwrap();
    assert_eq!(
        told(&two, now, &others).unwrap().sessions.iter().map(|open| open.id).collect::<Vec<_>>(),
        [id]
    );
}

fn plan(survivor: u64, now: Time) -> Box<MergePlan> {
    let behalf = Behalf {
        user: Id::new(1).unwrap().into(),
        role: Role::HospitalAdmin,
        session: Id::new(2).unwrap().into(),
        face: Face::Medcor,
        address: String::new(),
        request_id: "r".into(),
    };
    Box::new(MergePlan {
        duplicate: account().id,
        survivor: Id::new(survivor).unwrap().into(),
        reason: "twice at the desk".into(),
        behalf,
        stage: MergeStage::Prepared,
        moved: 0,
        moved_documents: 0,
        attention: Vec::new(),
        due: None,
        created_at: now,
        updated_at: now,
    })
}

#[test]
fn allergies_of_a_duplicate_are_added_once_and_nothing_is_lost() {
    let now = Time::from_millis(5);
    let add = |state: &AccountState, text: &str| {
        state.decide(now, 1, &AccountCommand::AddAllergies(text.to_owned())).unwrap()
    };
    let of = |state: &AccountState| state.account.clone().unwrap().profile.allergies;
    let (_, one) = add(&state(), " Penicillin (rash) ");
    assert_eq!(of(&one), "Penicillin (rash)");
    let (_, both) = add(&one, "Latex");
    assert_eq!(of(&both), "Penicillin (rash); Latex");
    for nothing_new in ["penicillin (RASH)", "latex", "  ", &of(&both)] {
        let (decision, same) = add(&both, nothing_new);
        assert!(decision.is_empty(), "{nothing_new}");
        assert_eq!(of(&same), of(&both));
    }
}

#[test]
fn a_merge_claims_both_ends_the_duplicate_and_lets_go() {
    let now = Time::from_millis(5);
    let on = |state: &AccountState, progress| {
        state.decide(now, 1, &AccountCommand::CarryMergeOn(progress)).unwrap()
    };
    let begin = |state: &AccountState, survivor| {
        state.decide(now, 1, &AccountCommand::BeginMerge(plan(survivor, now)))
    };
    let attention = vec![Id::new(99).unwrap().into()];
    let moved = |appointments| {
        MergeProgress::Moved(Moved { appointments, documents: 4, attention: attention.clone() })
    };
    assert_eq!(begin(&state(), 7).unwrap_err().fields[0].field, "duplicate");
    let (decision, prepared) = begin(&log_in(&state(), 1, now, true).unwrap(), 8).unwrap();
    assert_eq!(decision.claims.len(), 2);
    assert!(prepared.account.as_ref().unwrap().active);
    assert_eq!(begin(&prepared, 9).unwrap_err().reason, "merge_in_progress");
    let (dropped, as_it_was) = on(&prepared, MergeProgress::Drop);
    assert_eq!((dropped.claims.len(), as_it_was.merge), (2, None));

    let (decision, moving) = on(&prepared, MergeProgress::Go);
    let merged = moving.account.clone().unwrap();
    assert_eq!((merged.active, merged.merged_into.map(UserId::get)), (false, Some(8)));
    assert_eq!((decision.claims.len(), moving.sessions.len(), merged.log_ins.len()), (2, 0, 0));
    // Two may be at it: the second finds it done.
    assert!(on(&moving, MergeProgress::Go).0.is_empty());
    assert!(on(&moving, MergeProgress::Drop).0.is_empty());
    let (let_go, once) = on(&moving, moved(2));
    let at = once.merge.clone().unwrap();
    assert_eq!((let_go.claims.len(), at.stage, at.moved, at.attention.len()), (2, MergeStage::Moved, 2, 1));
    let (_, settled) = on(&once, moved(1));
    let at = settled.merge.clone().unwrap();
    assert_eq!((at.stage, at.moved, at.moved_documents, at.due), (MergeStage::Settled, 3, 8, None));
    assert!(on(&settled, moved(1)).0.is_empty());

    // Nothing of it changes any more, but what could not move may be tried again.
    let activate = AccountCommand::SetActive(true);
    assert_eq!(told(&settled, now, &activate).unwrap_err().reason, "account_merged");
    assert_eq!(begin(&settled, 9).unwrap_err().reason, "already_merged");
    let (again, moving) = begin(&settled, 8).unwrap();
    assert_eq!((again.claims.len(), moving.merge.unwrap().stage), (0, MergeStage::Moving));
}
