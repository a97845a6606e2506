use super::*;
use crate::time::MINUTE;

/// A number's codes as an actor holds them.
#[derive(Default)]
struct Held(Option<PhoneCode>);

impl Held {
    fn tell(&mut self, now: Time, command: &PhoneCodeCommand) -> Result<PhoneCodeAnswer, Refusal> {
        let (_, answer, next) = PhoneCode::decide(self.0.as_ref(), Id::new(9).unwrap(), now, command)?;
        self.0 = next;
        Ok(answer)
    }

    fn issue(&mut self, now: Time, hash: &str, session: u64) -> Result<(), Refusal> {
        let command = PhoneCodeCommand::Issue {
            key: "number".into(),
            tenant: 4,
            session: Id::new(session).unwrap(),
            hash: hash.into(),
            claims: Vec::new(),
        };
        self.tell(now, &command).map(|_| ())
    }

    fn spend(&mut self, now: Time, hash: &str) -> bool {
        self.tell(now, &PhoneCodeCommand::Spend(shown("number", None, hash))).unwrap()
            == PhoneCodeAnswer::Right { tenant: 4 }
    }
}

fn shown(key: &str, session: Option<u64>, hash: &str) -> Shown {
    Shown { key: key.into(), session: session.and_then(Id::new), hash: hash.into() }
}

#[test]
fn a_code_has_six_digits_and_is_read_as_people_type_it() {
    assert_eq!(six_digits([0; 8]), "000000");
    assert_eq!(six_digits(1_000_042_u64.to_be_bytes()), "000042");
    assert_eq!(six_digits([255; 8]).len(), 6);
    for typed in ["012345", " 012 345 ", "012-345", "۰۱۲۳۴۵", "٠١٢٣٤٥"] {
        assert_eq!(as_typed(typed).as_deref(), Some("012345"), "{typed}");
    }
    for typed in ["", "12345", "1234567", "12345x", "½23456", "-1-2-3-4-5"] {
        assert_eq!(as_typed(typed), None, "{typed}");
    }
}

#[test]
fn it_is_good_for_five_minutes_and_once() {
    let now = Time::from_millis(1_000);
    let end = now.plus(5 * MINUTE);
    for (at, good) in [(now, true), (end.plus(-1), true), (end, false)] {
        let mut held = Held::default();
        held.issue(now, "right", 1).unwrap();
        assert_eq!(held.spend(at, "right"), good, "{at}");
        assert!(!held.spend(at, "right"), "a second time at {at}");
    }
}

#[test]
fn the_third_wrong_guess_ends_it_and_a_look_at_the_right_one_costs_nothing() {
    let now = Time::from_millis(1_000);
    for (wrong, good) in [(2, true), (3, false)] {
        let mut held = Held::default();
        held.issue(now, "right", 1).unwrap();
        for _ in 0..wrong {
            let check = PhoneCodeCommand::Check(shown("number", None, "wrong"));
            assert_eq!(held.tell(now, &check).unwrap(), PhoneCodeAnswer::Wrong);
        }
        for _ in 0..5 {
            let check = PhoneCodeCommand::Check(shown("number", Some(1), "right"));
            assert_eq!(held.tell(now, &check).unwrap() != PhoneCodeAnswer::Wrong, good, "{wrong}");
        }
        assert_eq!(held.spend(now, "right"), good, "{wrong}");
    }
}

#[test]
fn the_newest_holds_and_what_is_said_beside_it_must_fit() {
    let now = Time::from_millis(1_000);
    let mut held = Held::default();
    held.issue(now, "first", 1).unwrap();
    held.issue(now.plus(MINUTE), "second", 2).unwrap();
    assert!(!held.spend(now.plus(MINUTE), "first"));
    for other in [shown("another", None, "second"), shown("number", Some(1), "second")] {
        assert_eq!(
            held.tell(now.plus(MINUTE), &PhoneCodeCommand::Check(other)).unwrap(),
            PhoneCodeAnswer::Wrong
        );
    }
    assert!(held.spend(now.plus(MINUTE), "second"));
}

#[test]
fn there_is_a_minute_between_two_and_an_hour_has_five() {
    let mut now = Time::from_millis(1_000);
    let begin = now;
    let mut held = Held::default();
    for number in 0..5 {
        held.issue(now, "code", number + 1).unwrap();
        let refused = held.issue(now.plus(MINUTE - 1), "code", 9).unwrap_err();
        assert_eq!(refused.reason, "too_many_codes");
        if number < 4 {
            assert_eq!(refused.retry_after_seconds, Some(1));
            now = now.plus(MINUTE);
        }
    }
    let refused = held.issue(now.plus(MINUTE), "code", 9).unwrap_err();
    assert_eq!(refused.retry_after_seconds, Some(3_600 - 5 * 60));
    held.issue(begin.plus(HOUR), "code", 9).unwrap();
}

#[test]
fn it_is_forgotten_after_an_hour_and_another_number_of_its_id_takes_its_place() {
    let now = Time::from_millis(1_000);
    let mut held = Held::default();
    held.issue(now, "code", 1).unwrap();
    held.tell(now.plus(HOUR - 1), &PhoneCodeCommand::Forget).unwrap();
    assert!(held.0.is_some());
    held.tell(now.plus(HOUR), &PhoneCodeCommand::Forget).unwrap();
    assert!(held.0.is_none());
    held.issue(now, "code", 1).unwrap();
    let command = PhoneCodeCommand::Issue {
        key: "another".into(),
        tenant: 0,
        session: Id::new(7).unwrap(),
        hash: "other".into(),
        claims: Vec::new(),
    };
    held.tell(now, &command).unwrap();
    assert!(!held.spend(now, "code"));
    assert_eq!(
        held.tell(now, &PhoneCodeCommand::Spend(shown("another", None, "other"))).unwrap(),
        PhoneCodeAnswer::Right { tenant: 0 }
    );
}

#[test]
fn its_id_lies_below_all_that_are_minted() {
    let id = document_id(&[255; 16]);
    assert!(id.get() < 1 << 40 && id.minted_ms() < crate::id::EPOCH_MS + 4 * 86_400_000);
}
