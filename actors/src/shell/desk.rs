//! Where messages for one actor of a hospital gather while it commits: it takes all that lie there for its next commit.
//!
//! One caller at a time has the actor collect, batch by batch, until nothing lies there: a steady stream never piles up
//! in the actor's mailbox.

use super::Failure;
use dashmap::DashMap;
use std::sync::{Arc, Mutex, PoisonError};
use ward_domain::tenancy::TenantId;

/// Trays of all hospitals.
pub(crate) struct Desk<T> {
    /// The most that may lie in a tray.
    limit: usize,
    trays: DashMap<TenantId, Arc<Mutex<Tray<T>>>>,
}

/// What lies there of one hospital.
struct Tray<T> {
    waiting: Vec<T>,
    /// Someone has the actor collect, until it is empty.
    attended: bool,
}

impl<T> Default for Tray<T> {
    fn default() -> Self {
        Self { waiting: Vec::new(), attended: false }
    }
}

/// What leaving something asks of the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    /// Someone has the actor collect already.
    Attended,
    /// Nobody has: the caller does.
    First,
    /// The tray is full; it was not taken.
    Full,
}

impl<T> Desk<T> {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, trays: DashMap::new() }
    }

    fn with<A>(&self, tenant: TenantId, work: impl FnOnce(&mut Tray<T>) -> A) -> A {
        let found = self.trays.get(&tenant).map(|tray| Arc::clone(&tray));
        let tray = found.unwrap_or_else(|| Arc::clone(&self.trays.entry(tenant).or_default()));
        let mut tray = tray.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut tray)
    }

    pub(crate) fn leave(&self, tenant: TenantId, one: T) -> Left {
        self.with(tenant, |tray| {
            if tray.waiting.len() >= self.limit {
                return Left::Full;
            }
            tray.waiting.push(one);
            if std::mem::replace(&mut tray.attended, true) { Left::Attended } else { Left::First }
        })
    }

    /// Has the actor collect until nothing lies there. Where it cannot, what is left is given back with the reason.
    pub(crate) async fn attend<A, F>(
        &self,
        tenant: TenantId,
        collect: impl Fn() -> F,
    ) -> Result<(), (Vec<T>, Failure)>
    where
        F: Future<Output = Result<A, Failure>>,
    {
        loop {
            if let Err(failure) = collect().await {
                return Err((self.with(tenant, std::mem::take).waiting, failure));
            }
            // Requests that could go on at once leave theirs first: fewer commits carry more, and nobody waits where
            // nobody comes.
            tokio::task::yield_now().await;
            if self.is_done(tenant) {
                return Ok(());
            }
        }
    }

    /// What came first, at most so many.
    pub(crate) fn take(&self, tenant: TenantId, at_most: usize) -> Vec<T> {
        self.with(tenant, |tray| {
            let count = tray.waiting.len().min(at_most);
            tray.waiting.drain(..count).collect()
        })
    }

    /// Whether nothing lies there any more: then the next to leave something has the actor collect.
    fn is_done(&self, tenant: TenantId) -> bool {
        self.with(tenant, |tray| {
            tray.attended = !tray.waiting.is_empty();
            !tray.attended
        })
    }

    /// Whose trays there are.
    pub(crate) fn tenants(&self) -> Vec<TenantId> {
        self.trays.iter().map(|tray| *tray.key()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use ward_domain::refusal::Refusal;

    #[tokio::test]
    async fn one_caller_attends_until_nothing_is_left() {
        let (desk, city) = (Desk::new(3), TenantId::from_number(1));
        assert_eq!(desk.leave(city, 1), Left::First);
        assert_eq!((desk.leave(city, 2), desk.leave(city, 3)), (Left::Attended, Left::Attended));
        assert_eq!(desk.leave(city, 4), Left::Full);
        assert_eq!(desk.leave(TenantId::from_number(2), 4), Left::First);
        let taken = Mutex::new(Vec::new());
        let collect = || async {
            taken.lock().unwrap().push(desk.take(city, 2));
            Ok(())
        };
        desk.attend(city, collect).await.unwrap();
        assert_eq!(*taken.lock().unwrap(), [vec![1, 2], vec![3]]);
        assert_eq!(desk.leave(city, 5), Left::First);
    }

    #[tokio::test]
    async fn what_nobody_collects_is_given_back() {
        let (desk, city) = (Desk::new(9), TenantId::from_number(1));
        for number in 0..5 {
            desk.leave(city, number);
        }
        let rounds = AtomicUsize::new(0);
        let collect = || async {
            let no = Failure::Refused(Refusal::overloaded("No."));
            if rounds.fetch_add(1, Ordering::Relaxed) == 0 { Ok(desk.take(city, 2)) } else { Err(no) }
        };
        let (left, _) = desk.attend(city, collect).await.unwrap_err();
        assert_eq!(left, [2, 3, 4]);
        assert_eq!(desk.leave(city, 7), Left::First);
    }
}
