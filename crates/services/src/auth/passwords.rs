//! Argon2id, off the async threads, a bounded number at a time.

use crate::Fail;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use std::sync::Arc;
use tokio::sync::Semaphore;
use ward_domain::refusal::Refusal;

/// What one hash costs.
#[derive(Debug, Clone, Copy)]
pub struct PasswordCost {
    /// Memory in KiB; OWASP advises 19,456 with two passes.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Hashes at a time: each takes a core and its memory.
    pub at_once: usize,
}

/// Hashes that may wait; more are told to come back.
const MAX_WAITING: usize = 256;

/// Hashes and checks passwords.
#[derive(Clone)]
pub struct Passwords {
    argon: Argon2<'static>,
    places: Arc<Semaphore>,
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
        Ok(Self {
            argon,
            places: Arc::new(Semaphore::new(cost.at_once.max(1))),
            waiting: Arc::new(Semaphore::new(MAX_WAITING)),
            nobody: nobody.into(),
        })
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
        let _waiting = self.waiting.try_acquire().map_err(|_| busy())?;
        let _place = self.places.acquire().await.map_err(|_| busy())?;
        let argon = self.argon.clone();
        tokio::task::spawn_blocking(move || work(argon)).await.map_err(|error| Fail::Fault(error.to_string()))
    }
}
