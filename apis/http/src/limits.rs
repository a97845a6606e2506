//! Rate limits: fixed windows of a minute or a day, counted per policy and per user or address.
//!
//! A window begins at a round minute or at midnight UTC, so that every process and every caller agrees when it ends.
//! Counters live in this process, in bounded memory: a flood of addresses pushes out the least used ones.

use crate::api::Standing;
use moka::sync::Cache;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use ward_domain::face::Face;
use ward_domain::id::UserId;
use ward_domain::time::Clock;

/// Counters that are kept at most, for each kind of window.
const MAX_COUNTERS: u64 = 200_000;

/// At most so many requests in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Its name; operations that share a name share the counter.
    pub name: &'static str,
    /// Requests that pass in one window.
    pub max: u32,
    /// How long a window is.
    pub window: Window,
    /// Whose requests are counted together.
    pub per: Per,
}

/// The length of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// 60 seconds.
    Minute,
    /// 86 400 seconds, UTC.
    Day,
}

/// Whose requests are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// One user's; those of an address where nobody is logged in.
    User,
    /// One network address's, whoever is logged in. IPv6 counts by its /64, which is what one customer gets.
    Address,
}

/// What the headers tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Requests that pass in one window.
    pub limit: u32,
    /// What is left of them.
    pub remaining: u32,
    /// When the window ends, in Unix seconds.
    pub reset_seconds: i64,
    /// Seconds until then, at least 1, if the request is over the limit.
    pub over: Option<u32>,
}

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub struct Asker {
    /// Through which API: each counts for itself.
    pub face: Face,
    /// The user of a good token.
    pub user: Option<UserId>,
    /// The network address.
    pub address: Option<IpAddr>,
}

impl Asker {
    /// As far as limits care.
    pub fn standing(&self) -> Standing {
        if self.user.is_some() { Standing::Known } else { Standing::Anonymous }
    }

    fn subject(&self, per: Per) -> Subject {
        match (per, self.user, self.address) {
            (Per::User, Some(user), _) => Subject::User(user),
            (_, _, Some(address)) => Subject::Address(network_of(address)),
            (_, _, None) => Subject::Unknown,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Subject {
    User(UserId),
    Address(IpAddr),
    Unknown,
}

/// The counted window is part of the key, so that a new window starts at nothing by itself.
type Key = (Face, &'static str, Subject, i64);

/// Counts requests. One for all APIs of a process.
pub struct RateLimiter {
    clock: Arc<dyn Clock>,
    minutes: Cache<Key, Arc<AtomicU32>>,
    days: Cache<Key, Arc<AtomicU32>>,
}

impl RateLimiter {
    /// With no request counted yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let cache = |keep: Duration| Cache::builder().max_capacity(MAX_COUNTERS).time_to_live(keep).build();
        let (minutes, days) = (cache(Duration::from_mins(2)), cache(Duration::from_hours(25)));
        Self { clock, minutes, days }
    }

    /// Counts one request against all `limits` and answers the tightest; `None` without limits.
    ///
    /// A request over a limit counts too: who keeps knocking does not get in earlier.
    pub fn count(&self, limits: &[Limit], asker: &Asker) -> Option<Quota> {
        limits.iter().map(|limit| self.count_one(*limit, asker)).reduce(tighter)
    }

    fn count_one(&self, limit: Limit, asker: &Asker) -> Quota {
        let now = self.clock.now().seconds();
        let (counters, length) = match limit.window {
            Window::Minute => (&self.minutes, 60),
            Window::Day => (&self.days, 86_400),
        };
        let window = now.div_euclid(length);
        let counter =
            counters.get_with((asker.face, limit.name, asker.subject(limit.per), window), Arc::default);
        let before = counter.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_add(1));
        let requests = before.map_or(u32::MAX, |before| before + 1);
        let reset_seconds = (window + 1) * length;
        let over = (requests > limit.max).then(|| u32::try_from(reset_seconds - now).unwrap_or(1).max(1));
        Quota { limit: limit.max, remaining: limit.max.saturating_sub(requests), reset_seconds, over }
    }
}

/// The one that ends last of two that refuse, else the one that refuses, else the one with less left.
fn tighter(a: Quota, b: Quota) -> Quota {
    match a.over.cmp(&b.over) {
        std::cmp::Ordering::Greater => a,
        std::cmp::Ordering::Less => b,
        std::cmp::Ordering::Equal => {
            if b.remaining < a.remaining {
                b
            } else {
                a
            }
        }
    }
}

fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use ward_domain::id::Id;
    use ward_domain::time::Time;

    struct Held(Mutex<Time>);

    impl Clock for Held {
        fn now(&self) -> Time {
            *self.0.lock().unwrap()
        }
    }

    const MINUTE: Limit = Limit { name: "general", max: 2, window: Window::Minute, per: Per::User };
    const DAY: Limit = Limit { name: "day", max: 3, window: Window::Day, per: Per::User };

    fn limiter(at: &str) -> (RateLimiter, Arc<Held>) {
        let clock = Arc::new(Held(Mutex::new(Time::parse(at).unwrap())));
        (RateLimiter::new(clock.clone()), clock)
    }

    fn asker(user: Option<u64>, address: &str) -> Asker {
        let user = user.and_then(Id::new).map(UserId::from);
        Asker { face: Face::Medcor, user, address: address.parse().ok() }
    }

    #[test]
    fn a_window_ends_at_the_round_minute() {
        let (limiter, clock) = limiter("2025-01-20T09:00:50Z");
        let who = asker(Some(1), "10.0.0.1");
        let reset_seconds = Time::parse("2025-01-20T09:01:00Z").unwrap().seconds();
        let quota = |remaining, over| Quota { limit: 2, remaining, reset_seconds, over };
        assert_eq!(limiter.count(&[MINUTE], &who), Some(quota(1, None)));
        assert_eq!(limiter.count(&[MINUTE], &who), Some(quota(0, None)));
        assert_eq!(limiter.count(&[MINUTE], &who), Some(quota(0, Some(10))));
        *clock.0.lock().unwrap() = Time::parse("2025-01-20T09:01:00Z").unwrap();
        assert_eq!(limiter.count(&[MINUTE], &who).unwrap().remaining, 1);
    }

    #[test]
    fn users_addresses_apis_and_names_count_apart() {
        let (limiter, _) = limiter("2025-01-20T09:00:00Z");
        let left = |limit: Limit, who: Asker| limiter.count(&[limit], &who).unwrap().remaining;
        assert_eq!(left(MINUTE, asker(Some(1), "10.0.0.1")), 1);
        assert_eq!(left(MINUTE, asker(Some(2), "10.0.0.1")), 1);
        assert_eq!(left(MINUTE, asker(None, "10.0.0.1")), 1);
        assert_eq!(left(MINUTE, asker(None, "10.0.0.2")), 1);
        assert_eq!(left(MINUTE, Asker { face: Face::Chatbot, ..asker(Some(1), "10.0.0.1") }), 1);
        assert_eq!(left(Limit { name: "bulk", ..MINUTE }, asker(Some(1), "10.0.0.1")), 1);
        assert_eq!(left(MINUTE, asker(Some(1), "10.0.0.9")), 0, "a user counts wherever they are");
        let by_address = Limit { name: "address", per: Per::Address, ..MINUTE };
        assert_eq!(left(by_address, asker(Some(1), "2001:db8::1")), 1);
        assert_eq!(left(by_address, asker(Some(2), "2001:db8::2")), 0, "one /64 is one caller");
    }

    #[test]
    fn the_tightest_of_several_is_told() {
        let (limiter, clock) = limiter("2025-01-20T09:00:00Z");
        let who = asker(Some(1), "10.0.0.1");
        let both = [MINUTE, DAY];
        assert_eq!(limiter.count(&both, &who).unwrap().limit, 2);
        limiter.count(&both, &who);
        *clock.0.lock().unwrap() = Time::parse("2025-01-20T09:01:00Z").unwrap();
        assert_eq!(limiter.count(&both, &who).map(|quota| (quota.limit, quota.remaining)), Some((3, 0)));
        let over = limiter.count(&both, &who).unwrap();
        assert_eq!((over.limit, over.over), (3, Some(86_400 - 9 * 3600 - 60)));
        assert_eq!(limiter.count(&[], &who), None);
    }
}
