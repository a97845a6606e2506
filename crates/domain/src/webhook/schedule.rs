//! When a failed attempt is made again: soon at first, then every few hours, until time is over.

use crate::id::Id;
use crate::time::{HOUR, MINUTE, Time};

/// The pauses after the first, second, … failure; the last one goes on.
const PAUSES: [i64; 9] =
    [5_000, 30_000, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR];

/// A pause is longer or shorter by up to this part of it, in thousandths: what failed together does not come back together.
const JITTER: u64 = 200;

/// The pause after so many failures.
pub fn pause_after(failures: u32, of: Id) -> i64 {
    let step = usize::try_from(failures.saturating_sub(1)).unwrap_or(usize::MAX).min(PAUSES.len() - 1);
    let spread = mixed(of.get() ^ (u64::from(failures) << 53)) % (2 * JITTER + 1);
    let thousandths = 1_000 - i64::try_from(JITTER).unwrap_or(0) + i64::try_from(spread).unwrap_or(0);
    PAUSES[step] * thousandths / 1_000
}

/// When the next attempt is due after a failure at `now`; `None` where time is over. The last one is made when it ends.
/// An endpoint that names a moment is not asked before it, as far as that leaves an attempt; it cannot shorten a pause.
pub fn next(
    failures: u32,
    of: Id,
    begun: Time,
    now: Time,
    give_up: i64,
    not_before: Option<Time>,
) -> Option<Time> {
    let end = begun.plus(give_up);
    let due = now.plus(pause_after(failures, of));
    (now < end).then(|| not_before.map_or(due, |moment| due.max(moment)).min(end))
}

/// How long what is due stands back where its endpoint has too much under way: moments where the endpoint takes events,
/// minutes where it does not, so that a crowd before a closed door does not knock all the time.
pub fn stand_back(of: Id, failing: bool) -> i64 {
    let spread = i64::try_from(mixed(of.get()) % 1_000).unwrap_or(0);
    if failing { MINUTE + spread * 9 * MINUTE / 1_000 } else { 1_000 + spread }
}

/// Bits that look like chance and are the same every time (`SplitMix64`).
const fn mixed(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhook::Terms;

    #[test]
    fn attempts_are_made_for_72_hours_and_the_last_one_when_they_end() {
        for id in [1, 7, 4_711, 9_007_199_254_740_991] {
            let (id, give_up) = (Id::new(id).unwrap(), Terms::default().give_up);
            let (begun, mut now, mut failures) = (Time::from_millis(0), Time::from_millis(0), 0);
            loop {
                failures += 1;
                let Some(due) = next(failures, id, begun, now, give_up, None) else { break };
                assert!(due > now);
                now = due;
            }
            assert_eq!(now.millis(), 72 * HOUR, "{id}");
            assert!((14..24).contains(&failures), "{id}: {failures} attempts");
        }
    }

    #[test]
    fn an_endpoint_that_names_a_moment_is_not_asked_before_it() {
        let (id, begun, now) = (Id::new(7).unwrap(), Time::from_millis(0), Time::from_millis(HOUR));
        let due =
            |moment| next(1, id, begun, now, 72 * HOUR, Some(Time::from_millis(moment))).unwrap().millis();
        assert_eq!(due(3 * HOUR), 3 * HOUR);
        assert_eq!(due(0), now.plus(pause_after(1, id)).millis(), "no pause becomes shorter");
        assert_eq!(due(1_000 * HOUR), 72 * HOUR, "the last attempt is made all the same");
    }

    #[test]
    fn pauses_grow_and_vary_by_a_fifth() {
        let mut seen = std::collections::BTreeSet::new();
        for id in 1..=1_000 {
            let pause = pause_after(2, Id::new(id).unwrap());
            assert!((24_000..=36_000).contains(&pause), "{pause}");
            seen.insert(pause);
        }
        assert!(seen.len() > 200, "they come back together: {} pauses", seen.len());
        let id = Id::new(5).unwrap();
        let all: Vec<i64> = (1..=12).map(|failures| pause_after(failures, id)).collect();
        assert!(all[..9].is_sorted(), "{all:?}");
        assert!(all[8..].iter().all(|pause| (6 * HOUR..=10 * HOUR).contains(pause)), "{all:?}");
    }
}
