//! One-time codes by SMS: six digits that are good for five minutes, three guesses and one use.
//!
//! A number has them whether anyone has an account with it or not, so that nothing of the answers tells one from the
//! other. Kept is a keyed hash, and how often codes were given out within the hour.

use crate::contact::digit;
use crate::decision::{Change, Decision};
use crate::id::Id;
use crate::record::{ClaimOp, Document, IndexRow, Key, List, RecordKind};
use crate::refusal::{Kind, Refusal};
use crate::secret;
use crate::time::{HOUR, Time};
use serde::{Deserialize, Serialize};

/// How many digits a code has.
pub const CODE_DIGITS: usize = 6;
/// How long a code is good, in seconds.
pub const CODE_SECONDS: i64 = 300;
/// Wrong guesses that end a code.
pub const CODE_GUESSES: u32 = 3;
/// Seconds between two codes for one number.
pub const RESEND_SECONDS: i64 = 60;
/// Codes for one number within an hour.
pub const CODES_AN_HOUR: usize = 5;

/// A code made of random bytes. Of 2^64 numbers each code gets as many as any other, but for one in 10^13.
pub fn six_digits(random: [u8; 8]) -> String {
    format!("{:06}", u64::from_be_bytes(random) % 1_000_000)
}

/// A code as it is compared: Persian and Arabic digits count, spaces and dashes do not. `None` where it has not six.
pub fn as_typed(text: &str) -> Option<String> {
    let mut code = String::with_capacity(CODE_DIGITS);
    for letter in text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-') {
        if code.len() == CODE_DIGITS {
            return None;
        }
        code.push(char::from(b'0' + digit(letter)?));
    }
    (code.len() == CODE_DIGITS).then_some(code)
}

/// The id under which the codes of a keyed hash are kept: 40 bits of it, below every id that is minted. Of two
/// hashes that meet there the newer one takes the place, and neither opens what is the other's.
pub fn document_id(key: &[u8; 16]) -> Id {
    let number = key.iter().take(5).fold(0, |number, byte| number << 8 | u64::from(*byte));
    Id::new(number).unwrap_or_default()
}

/// A code that was given out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Issued {
    /// What was answered when it was asked for.
    session: Id,
    hash: String,
    until: Time,
    guesses: u32,
}

/// The codes of one number for one purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneCode {
    /// See [`document_id`].
    pub id: Id,
    /// The keyed hash of number and purpose, hex.
    pub key: String,
    /// The hospital that the newest code was asked for at; 0 where none was named and none is the default.
    pub tenant: u64,
    /// The one that is good: the newest.
    current: Option<Issued>,
    /// When codes were given out within the hour.
    given: Vec<Time>,
}

impl Document for PhoneCode {
    const KIND: RecordKind = RecordKind::PhoneCode;
    fn record_id(&self) -> Id {
        self.id
    }
    fn index(&self) -> Vec<IndexRow> {
        // After an hour nothing of it counts any more.
        let sort = self.given.last().map_or(0, |last| last.plus(HOUR).sort_key());
        vec![IndexRow { list: List::PhoneCodesDue, eq: Key::all(), sort }]
    }
}

/// A code that someone shows.
#[derive(Clone)]
pub struct Shown {
    /// The keyed hash of number and purpose, hex.
    pub key: String,
    /// What was answered when it was asked for, if they say it.
    pub session: Option<Id>,
    /// The keyed hash of the code, hex.
    pub hash: String,
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shown").field("session", &self.session).finish_non_exhaustive()
    }
}

/// What can be told to a number's codes.
#[derive(Debug, Clone)]
pub enum PhoneCodeCommand {
    /// Puts a new code in the place of the one before it.
    Issue {
        /// The keyed hash of number and purpose, hex.
        key: String,
        /// See [`PhoneCode::tenant`].
        tenant: u64,
        /// What is answered.
        session: Id,
        /// The keyed hash of the code, hex.
        hash: String,
        /// Further claims of the same commit: a request's key.
        claims: Vec<ClaimOp>,
    },
    /// Says whether a code is right, and keeps it. A wrong one is counted.
    Check(Shown),
    /// Uses a code up. A wrong one is counted.
    Spend(Shown),
    /// Forgets everything, where its time is over.
    Forget,
}

/// What they answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneCodeAnswer {
    /// It was done.
    Done,
    /// The code is right.
    Right {
        /// See [`PhoneCode::tenant`].
        tenant: u64,
    },
    /// It is wrong, was used, or is good no more: nobody is told which.
    Wrong,
}

/// What a decision makes of a number's codes.
type Decided = (Decision, PhoneCodeAnswer, Option<PhoneCode>);

impl PhoneCode {
    /// Decides a command on what is kept under an id, if anything is.
    pub fn decide(
        kept: Option<&Self>,
        id: Id,
        now: Time,
        command: &PhoneCodeCommand,
    ) -> Result<Decided, Refusal> {
        match command {
            PhoneCodeCommand::Issue { key, tenant, session, hash, claims } => {
                let mut next = kept.filter(|kept| kept.key == *key).cloned().unwrap_or_else(|| Self {
                    id,
                    key: key.clone(),
                    tenant: 0,
                    current: None,
                    given: Vec::new(),
                });
                next.count(now)?;
                next.tenant = *tenant;
                let until = now.plus(CODE_SECONDS * 1_000);
                next.current = Some(Issued { session: *session, hash: hash.clone(), until, guesses: 0 });
                let change = kept.map_or_else(|| Change::create(&next), |kept| Change::update(kept, &next));
                let decision =
                    Decision { changes: vec![change], claims: claims.clone(), ..Decision::default() };
                Ok((decision, PhoneCodeAnswer::Done, Some(next)))
            }
            PhoneCodeCommand::Check(shown) => Ok(Self::show(kept, now, shown, false)),
            PhoneCodeCommand::Spend(shown) => Ok(Self::show(kept, now, shown, true)),
            PhoneCodeCommand::Forget => Ok(match kept {
                Some(kept) if kept.given.last().is_none_or(|last| last.plus(HOUR) <= now) => {
                    let changes = vec![Change::remove(kept)];
                    (Decision { changes, ..Decision::default() }, PhoneCodeAnswer::Done, None)
                }
                kept => (Decision::default(), PhoneCodeAnswer::Done, kept.cloned()),
            }),
        }
    }

    /// Counts one more; refuses where the last was given out a moment ago, or there were too many within the hour.
    fn count(&mut self, now: Time) -> Result<(), Refusal> {
        self.given.retain(|at| at.plus(HOUR) > now);
        let again = self.given.last().map(|last| last.plus(RESEND_SECONDS * 1_000));
        let hour = self.given.first().filter(|_| self.given.len() >= CODES_AN_HOUR);
        let until = again.max(hour.map(|first| first.plus(HOUR))).filter(|until| *until > now);
        if let Some(until) = until {
            let message =
                "A code was sent to this number a moment ago, or too many were: wait before you ask again.";
            let seconds = u32::try_from((until.millis() - now.millis() + 999) / 1_000).unwrap_or(u32::MAX);
            let refusal = Refusal::new(Kind::Limited, "too_many_codes", message);
            return Err(Refusal { retry_after_seconds: Some(seconds), ..refusal });
        }
        self.given.push(now);
        Ok(())
    }

    fn show(kept: Option<&Self>, now: Time, shown: &Shown, spend: bool) -> Decided {
        let wrong = |kept: Option<&Self>| (Decision::default(), PhoneCodeAnswer::Wrong, kept.cloned());
        let Some(old) = kept else { return wrong(kept) };
        let Some(issued) = old.current.as_ref().filter(|issued| issued.until > now && old.key == shown.key)
        else {
            return wrong(kept);
        };
        let meant = shown.session.is_none_or(|session| session == issued.session);
        let right = secret::same(issued.hash.as_bytes(), shown.hash.as_bytes()) && meant;
        let answer =
            if right { PhoneCodeAnswer::Right { tenant: old.tenant } } else { PhoneCodeAnswer::Wrong };
        if right && !spend {
            return (Decision::default(), answer, kept.cloned());
        }
        let mut next = old.clone();
        let guesses = issued.guesses + 1;
        next.current = (!right && guesses < CODE_GUESSES).then(|| Issued { guesses, ..issued.clone() });
        let changes = vec![Change::update(old, &next)];
        (Decision { changes, ..Decision::default() }, answer, Some(next))
    }
}

#[cfg(test)]
mod tests;
