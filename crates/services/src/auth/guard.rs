//! Wrong attempts on names that no account has: counted like an account's, so that the answers say nothing of who has one.
//!
//! In memory, in this process, and bounded: a flood of names pushes out the ones least asked for. What an account has is
//! counted by the account, durably.

use moka::sync::Cache;
use std::time::Duration;
use ward_domain::account::{FORGOTTEN_AFTER, Failures};
use ward_domain::refusal::Refusal;
use ward_domain::time::Time;

/// Names that are kept at most: about 10 MB.
const MAX_NAMES: u64 = 100_000;

/// Counts wrong attempts by the keyed hash of the name.
pub struct LogInGuard {
    names: Cache<[u8; 16], Failures>,
}

impl Default for LogInGuard {
    fn default() -> Self {
        let keep = Duration::from_millis(FORGOTTEN_AFTER.unsigned_abs());
        Self { names: Cache::builder().max_capacity(MAX_NAMES).time_to_live(keep).build() }
    }
}

impl LogInGuard {
    /// Refuses a name of which too many attempts were wrong.
    pub(crate) fn check(&self, keys: &[[u8; 16]], now: Time) -> Result<(), Refusal> {
        keys.iter().filter_map(|key| self.names.get(key)).try_for_each(|failures| failures.check(now))
    }

    /// One more was wrong; refused where those at the same time were too many already.
    pub(crate) fn wrong(&self, keys: &[[u8; 16]], now: Time) -> Result<(), Refusal> {
        self.check(keys, now)?;
        for key in keys {
            self.names.entry(*key).and_upsert_with(|kept| {
                kept.map(moka::Entry::into_value).unwrap_or_default().and_another(now)
            });
        }
        Ok(())
    }

    /// One was right.
    pub(crate) fn right(&self, keys: impl IntoIterator<Item = [u8; 16]>) {
        for key in keys {
            self.names.invalidate(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ward_domain::account::MAX_FAILURES;

    #[test]
    fn a_name_is_refused_after_five_and_others_are_not() {
        let (guard, now) = (LogInGuard::default(), Time::from_millis(1_000));
        let (one, other) = ([[1; 16]], [[2; 16]]);
        for _ in 0..MAX_FAILURES {
            guard.check(&one, now).unwrap();
            guard.wrong(&one, now).unwrap();
        }
        assert_eq!(guard.check(&one, now).unwrap_err().retry_after_seconds, Some(30));
        assert_eq!(guard.wrong(&one, now).unwrap_err().reason, "auth_locked");
        guard.check(&other, now).unwrap();
        guard.right(one);
        guard.check(&one, now).unwrap();
    }
}
