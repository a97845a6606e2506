//! One-time codes by mail: how they are written, how long they are good, how often one may guess, and their letters.
//!
//! A code leaves in a letter and is kept as a keyed hash only, with a purpose and for one account.

use crate::refusal::{Kind, Refusal};
use crate::secret;
use crate::time::{HOUR, MINUTE, Time};
use serde::{Deserialize, Serialize};

/// How long a code is good, in minutes.
pub const CODE_MINUTES: i64 = 30;
/// Wrong guesses that end a code.
pub const CODE_GUESSES: u32 = 5;
/// Codes of one purpose that an account is given within an hour.
pub const CODES_AN_HOUR: usize = 3;
/// Random bytes of a code: each gives a letter.
pub const CODE_BYTES: usize = 8;

/// Capital letters and digits without those that look alike: 32, so that each is five bits.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// What a code is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodePurpose {
    /// A new password without the old one.
    ResetPassword,
    /// To show that an e-mail address is one's own.
    VerifyEmail,
}

impl CodePurpose {
    /// Its word, which is part of what is hashed.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ResetPassword => "reset password",
            Self::VerifyEmail => "verify e-mail",
        }
    }
}

/// Random bytes as people read and type them: groups of four letters.
pub fn spelled(random: &[u8]) -> String {
    let mut text = String::with_capacity(random.len() + random.len() / 4);
    for (index, byte) in random.iter().enumerate() {
        if index > 0 && index % 4 == 0 {
            text.push('-');
        }
        text.push(char::from(LETTERS[usize::from(byte % 32)]));
    }
    text
}

/// A code as it is compared: spaces and dashes left out, in capitals.
pub fn code_key(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_uppercase).collect()
}

/// A code that was given out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Issued {
    hash: String,
    until: Time,
    guesses: u32,
}

/// The codes of one purpose of one account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Codes {
    /// The one that is good.
    current: Option<Issued>,
    /// When codes were given out lately.
    given: Vec<Time>,
}

impl Codes {
    /// Puts a new code in the place of the one before it; refused where there were too many within the hour.
    pub fn issue(&mut self, now: Time, hash: &str) -> Result<(), Refusal> {
        self.given.retain(|at| at.plus(HOUR) > now);
        if self.given.len() >= CODES_AN_HOUR {
            let wait = self.given.first().map_or(HOUR, |at| at.plus(HOUR).millis() - now.millis());
            let refusal = Refusal::new(
                Kind::Limited,
                "too_many_codes",
                "Too many codes were asked for: use the newest one, or wait.",
            );
            let seconds = u32::try_from((wait + 999) / 1000).unwrap_or(u32::MAX);
            return Err(Refusal { retry_after_seconds: Some(seconds), ..refusal });
        }
        self.given.push(now);
        let until = now.plus(CODE_MINUTES * MINUTE);
        self.current = Some(Issued { hash: hash.to_owned(), until, guesses: 0 });
        Ok(())
    }

    /// Whether this is the code, which is good no more then. A wrong guess is counted, and the last one ends the code.
    pub fn redeem(&mut self, now: Time, hash: &str) -> bool {
        let Some(issued) = &mut self.current else { return false };
        if issued.until <= now {
            self.current = None;
            return false;
        }
        if secret::same(issued.hash.as_bytes(), hash.as_bytes()) {
            self.current = None;
            return true;
        }
        issued.guesses += 1;
        if issued.guesses >= CODE_GUESSES {
            self.current = None;
        }
        false
    }

    /// Takes back what was given out; how often is remembered.
    pub fn revoke(&mut self) {
        self.current = None;
    }
}

/// Subject and body of the letter that a code goes out in.
pub fn letter(purpose: CodePurpose, from: &str, code: &str) -> (String, String) {
    match purpose {
        CodePurpose::ResetPassword => (
            format!("Your code for a new password at {from}"),
            format!(
                "Somebody asked for a new password for your account at {from}. The code is:\n\n    {code}\n\n\
                 It is good for {CODE_MINUTES} minutes and works once. Give it to nobody.\n\n\
                 If it was not you, you need not do anything: your password stays as it is.\n"
            ),
        ),
        CodePurpose::VerifyEmail => (
            format!("Confirm your e-mail address at {from}"),
            format!(
                "The code that confirms your e-mail address at {from} is:\n\n    {code}\n\n\
                 It is good for {CODE_MINUTES} minutes and works once.\n\n\
                 If you have no account there, you need not do anything.\n"
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_people_type_them() {
        assert_eq!(spelled(&[0, 31, 32, 255, 7, 8, 9, 10]), "2Z2Z-9ABC");
        for typed in ["2Z2Z-9ABC", "2z2z9abc", " 2Z2Z 9ABC ", "2Z-2Z-9A-BC"] {
            assert_eq!(code_key(typed), "2Z2Z9ABC");
        }
    }

    #[test]
    fn a_code_works_once_in_its_time() {
        let now = Time::from_millis(0);
        let end = now.plus(CODE_MINUTES * MINUTE);
        for (at, good) in [(now, true), (end.plus(-1), true), (end, false)] {
            let mut codes = Codes::default();
            codes.issue(now, "right").unwrap();
            assert_eq!(codes.redeem(at, "right"), good, "{at}");
            assert!(!codes.redeem(at, "right"), "a second time at {at}");
        }
    }

    #[test]
    fn guesses_end_a_code() {
        for (wrong, good) in [(CODE_GUESSES - 1, true), (CODE_GUESSES, false)] {
            let mut codes = Codes::default();
            codes.issue(Time::from_millis(0), "right").unwrap();
            for _ in 0..wrong {
                assert!(!codes.redeem(Time::from_millis(1), "wrong"));
            }
            assert_eq!(codes.redeem(Time::from_millis(1), "right"), good, "{wrong}");
        }
    }

    #[test]
    fn a_new_code_ends_the_one_before_and_an_hour_has_three() {
        let now = Time::from_millis(5);
        let mut codes = Codes::default();
        for number in 0..CODES_AN_HOUR {
            codes.issue(now.plus(i64::try_from(number).unwrap()), &number.to_string()).unwrap();
        }
        let refused = codes.issue(now.plus(10_000), "more").unwrap_err();
        assert_eq!((refused.reason, refused.retry_after_seconds), ("too_many_codes", Some(3_590)));
        assert!(!codes.redeem(now.plus(20_000), "0"));
        assert!(codes.redeem(now.plus(20_000), "2"));
        codes.issue(now.plus(HOUR), "later").unwrap();
        codes.revoke();
        assert!(!codes.redeem(now.plus(HOUR), "later"));
    }
}
