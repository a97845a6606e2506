//! Argon2id, on threads of its own, a bounded number at a time.
//!
//! A hash takes a whole core for tens of milliseconds. Those threads stand behind all others of the process where the
//! system lets them, so that a flood of log-ins slows log-ins down and little else; what waits is bounded, and what
//! nobody waits for any more is not hashed.

use crate::Fail;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Semaphore, oneshot};
use ward_domain::refusal::Refusal;

/// What one hash costs.
#[derive(Debug, Clone, Copy)]
pub struct PasswordCost {
    /// Memory in KiB; OWASP advises 19,456 with two passes.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Hashes at a time: each takes a core and its memory. 0: half of the cores.
    pub at_once: usize,
}

/// Hashes that may wait for each that is made; more are told to come back. At 25 ms a hash the last one waits 1.6 s.
const WAITING_EACH: usize = 64;

type Job = Box<dyn FnOnce() + Send>;

/// Hashes and checks passwords.
#[derive(Clone)]
pub struct Passwords {
    argon: Argon2<'static>,
    jobs: Sender<Job>,
    waiting: Arc<Semaphore>,
    /// Checked against where there is no account, so that the time says nothing.
    nobody: Arc<str>,
}

impl Passwords {
    /// Fails where the cost is not one that Argon2 knows.
    pub fn new(cost: PasswordCost) -> Result<Self, Fail> {
        let params = Params::new(cost.memory_kib, cost.passes, 1, None)
            .map_err(|error| Fail::Fault(error.to_string()))?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = argon
            .hash_password(b"nobody's password")
            .map_err(|error| Fail::Fault(error.to_string()))?
            .to_string();
        let at_once = match cost.at_once {
            0 => std::thread::available_parallelism().map_or(1, usize::from).div_ceil(2),
            some => some,
        };
        let (jobs, to_do) = channel();
        let to_do = Arc::new(Mutex::new(to_do));
        for number in 0..at_once {
            let to_do = Arc::clone(&to_do);
            std::thread::Builder::new()
                .name(format!("passwords-{number}"))
                .spawn(move || work_off(&to_do))
                .map_err(|error| Fail::Fault(format!("no thread for passwords: {error}")))?;
        }
        let waiting = Arc::new(Semaphore::new(at_once.saturating_mul(WAITING_EACH).min(4_096)));
        Ok(Self { argon, jobs, waiting, nobody: nobody.into() })
    }

    /// The hash of a new password, in PHC form.
    pub async fn hash(&self, password: String) -> Result<String, Fail> {
        self.off(move |argon| argon.hash_password(password.as_bytes()).map(|hash| hash.to_string()))
            .await?
            .map_err(|error| Fail::Fault(format!("a password could not be hashed: {error}")))
    }

    /// Whether a password matches a hash; `None` takes as long as any and matches nothing.
    pub async fn matches(&self, password: String, hash: Option<String>) -> Result<bool, Fail> {
        let known = hash.as_ref().is_some_and(|hash| !hash.is_empty());
        let hash = if known { hash.unwrap_or_default() } else { self.nobody.to_string() };
        let good = self.off(move |argon| {
            argon2::password_hash::phc::PasswordHash::new(&hash)
                .is_ok_and(|parsed| argon.verify_password(password.as_bytes(), &parsed).is_ok())
        });
        Ok(good.await? && known)
    }

    async fn off<T: Send + 'static>(
        &self,
        work: impl FnOnce(Argon2<'static>) -> T + Send + 'static,
    ) -> Result<T, Fail> {
        let busy = || Fail::Refused(Refusal::overloaded("Too many log-ins at once: try again in a moment."));
        let waiting = Arc::clone(&self.waiting).try_acquire_owned().map_err(|_| busy())?;
        let argon = self.argon.clone();
        let (done, told) = oneshot::channel();
        let job = Box::new(move || {
            // Its place is free when it is done, not when whoever asked has gone.
            let _waiting = waiting;
            if !done.is_closed() {
                let _ = done.send(work(argon));
            }
        });
        let lost = || Fail::Fault("a password was not hashed".to_owned());
        self.jobs.send(job).map_err(|_| lost())?;
        told.await.map_err(|_| lost())
    }
}

/// What a thread does until there is nobody left who could ask.
fn work_off(jobs: &Mutex<Receiver<Job>>) {
    // Where it is not allowed the hashes are only bounded in number.
    ward_actors::step_back();
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        // One that panics is answered as lost; the thread goes on.
        let _ = std::panic::catch_unwind(AssertUnwindSafe(job));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ward_domain::refusal::Kind;

    fn passwords(memory_kib: u32) -> Passwords {
        Passwords::new(PasswordCost { memory_kib, passes: 1, at_once: 1 }).ok().unwrap()
    }

    #[tokio::test]
    async fn a_hash_matches_its_password_and_nobodys_matches_none() {
        let passwords = passwords(64);
        let hash = passwords.hash("right".into()).await.ok().unwrap();
        for (password, hash, matches) in [
            ("right", Some(hash.clone()), true),
            ("wrong", Some(hash), false),
            ("nobody's password", None, false),
            ("", Some(String::new()), false),
        ] {
            assert_eq!(passwords.matches(password.into(), hash).await.ok(), Some(matches), "{password}");
        }
    }

    #[tokio::test]
    async fn a_flood_is_told_to_come_back_and_what_nobody_waits_for_is_not_hashed() {
        let passwords = passwords(8_192);
        let mut asked: Vec<_> =
            (0..WAITING_EACH + 20).map(|_| Box::pin(passwords.hash("x".into()))).collect();
        let mut refused = 0;
        for one in &mut asked {
            if let std::task::Poll::Ready(Err(Fail::Refused(refusal))) = futures::poll!(one) {
                assert_eq!(refusal.kind, Kind::Overloaded);
                refused += 1;
            }
        }
        assert!((15..=20).contains(&refused), "{refused}");
        // Everybody gives up: the places are free again long before so many hashes could have been made.
        drop(asked);
        let free = async {
            while passwords.waiting.available_permits() < WAITING_EACH {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), free).await.unwrap();
        passwords.hash("again".into()).await.ok().unwrap();
    }

    #[tokio::test]
    async fn a_panic_costs_one_hash() {
        let passwords = passwords(64);
        let lost = passwords.off(|_| -> bool { panic!("planned") }).await;
        assert!(matches!(lost, Err(Fail::Fault(_))));
        passwords.hash("again".into()).await.ok().unwrap();
    }
}
