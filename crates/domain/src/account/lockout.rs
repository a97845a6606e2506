//! Wrong passwords and codes: when they are let pass, and for how long nothing is tried after that.
//!
//! One rule for every holder of a count: the account keeps its own, durably; for names that no account has, the
//! service keeps one in memory, so that both answer alike.

use crate::refusal::{Kind, Refusal};
use crate::time::{DAY, HOUR, Time};
use serde::{Deserialize, Serialize};

/// Wrong ones in a row before nothing is tried for a while.
pub const MAX_FAILURES: u32 = 5;
/// The first pause, in milliseconds; each further wrong one doubles it.
pub const FIRST_PAUSE: i64 = 30_000;
/// The longest pause, in milliseconds.
pub const LONGEST_PAUSE: i64 = HOUR;
/// After so long without a wrong one the count begins anew, in milliseconds.
pub const FORGOTTEN_AFTER: i64 = DAY;

/// Wrong passwords and codes since the last right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Failures {
    /// How many.
    pub count: u32,
    /// Until when even the right one is refused.
    pub locked_until: Option<Time>,
    /// When the last one was.
    #[serde(default)]
    pub last: Option<Time>,
}

impl Failures {
    /// Refuses while nothing is tried; says when it is worth coming back.
    pub fn check(&self, now: Time) -> Result<(), Refusal> {
        match self.locked_until.filter(|until| *until > now) {
            Some(until) => Err(locked(until, now)),
            None => Ok(()),
        }
    }

    /// One more.
    #[must_use]
    pub fn and_another(self, now: Time) -> Self {
        let before = match self.last {
            Some(last) if last.plus(FORGOTTEN_AFTER) <= now => 0,
            _ => self.count,
        };
        let count = before.saturating_add(1);
        let pause = (FIRST_PAUSE << count.saturating_sub(MAX_FAILURES).min(16)).min(LONGEST_PAUSE);
        let locked_until = (count >= MAX_FAILURES).then(|| now.plus(pause));
        Self { count, locked_until, last: Some(now) }
    }
}

/// The refusal of everyone who comes too early, whether there is such an account or not.
fn locked(until: Time, now: Time) -> Refusal {
    let seconds = (until.millis() - now.millis() + 999) / 1000;
    let refusal =
        Refusal::new(Kind::Limited, "auth_locked", "Too many wrong attempts: wait before you try again.");
    Refusal { retry_after_seconds: Some(u32::try_from(seconds).unwrap_or(u32::MAX)), ..refusal }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_pauses_and_each_further_one_doubles_it_up_to_an_hour() {
        let mut now = Time::from_millis(1_000_000);
        let mut at = Failures::default();
        for _ in 1..MAX_FAILURES {
            at = at.and_another(now);
            assert!(at.check(now).is_ok());
        }
        for seconds in [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600] {
            at = at.and_another(now);
            let refused = at.check(now).unwrap_err();
            assert_eq!((refused.reason, refused.retry_after_seconds), ("auth_locked", Some(seconds)));
            now = now.plus(i64::from(seconds) * 1000 - 1);
            assert_eq!(at.check(now).unwrap_err().retry_after_seconds, Some(1));
            now = now.plus(1);
            assert!(at.check(now).is_ok());
        }
    }

    #[test]
    fn a_day_without_a_wrong_one_forgives() {
        let now = Time::from_millis(1_000_000);
        let four = (1..MAX_FAILURES).fold(Failures::default(), |at, _| at.and_another(now));
        let soon = four.and_another(now.plus(FORGOTTEN_AFTER - 1));
        assert_eq!((soon.count, soon.locked_until.is_some()), (MAX_FAILURES, true));
        let late = four.and_another(now.plus(FORGOTTEN_AFTER));
        assert_eq!((late.count, late.locked_until), (1, None));
    }

    #[test]
    fn no_count_overflows() {
        let now = Time::from_millis(1_000_000);
        let many = Failures { count: u32::MAX, last: Some(now), ..Failures::default() }.and_another(now);
        assert_eq!((many.count, many.locked_until), (u32::MAX, Some(now.plus(LONGEST_PAUSE))));
    }
}
