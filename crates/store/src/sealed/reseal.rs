//! Bringing bodies under the current key.

use super::{Sealed, ciphers::Sealer};
use crate::commit::{MAX_COMMIT_BYTES, MAX_COMMIT_PARTS};
use crate::seal::{self, Location};
use crate::{Place, RawBody, Store, StoreError, Swap};
use ward_domain::tenancy::TenantScope;
use zeroize::Zeroizing;

/// How far one call of [`Sealed::reseal`] came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resealed {
    /// Bodies looked at.
    pub scanned: usize,
    /// Bodies that were under another key and are under the current one now.
    pub resealed: usize,
    /// Bodies that do not open. They were left as they are.
    pub damaged: Vec<Place>,
    /// Where the next call goes on; `None` after the last body.
    pub next: Option<Place>,
}

impl<S: Store> Sealed<S> {
    /// Seals records that lie under another key than the current one anew: at most `limit` (at least one) from `after`
    /// on, in the order of their places. Call it with [`Resealed::next`] until that is `None`, at any pace, while the
    /// hospital works; stopping half-way loses nothing.
    ///
    /// A body that is committed at the same moment is left to that commit. A commit that was sealed just before the
    /// key changed may land behind the walk, so the walk is through when a whole round has re-sealed nothing.
    ///
    /// Claims and events are not walked: see [`crate::Keyring`] for what becomes of them.
    pub async fn reseal(
        &self,
        scope: &TenantScope,
        after: Option<Place>,
        limit: usize,
    ) -> Result<Resealed, StoreError> {
        let limit = limit.max(1);
        let sealer = self.ciphers.current_now(*scope).await?;
        let bodies = self.inner.bodies(scope, after, limit).await?;
        self.learn(*scope, bodies.iter().map(|body| &*body.body)).await?;
        let mut report = Resealed {
            scanned: bodies.len(),
            resealed: 0,
            damaged: Vec::new(),
            next: bodies.last().filter(|_| bodies.len() >= limit).map(|last| last.place),
        };
        let mut batch = Batch::default();
        for body in bodies {
            match self.anew(*scope, &sealer, &body) {
                Ok(None) => {}
                Ok(Some(new)) => {
                    if batch.is_full_with(new.len()) {
                        report.resealed += self.inner.swap_bodies(scope, batch.take()).await?;
                    }
                    batch.push(Swap { place: body.place, old: body.body, new });
                }
                Err(StoreError::Damaged(why)) => {
                    tracing::error!(tenant = scope.tenant().get(), "cannot re-seal {why}");
                    report.damaged.push(body.place);
                }
                Err(error) => return Err(error),
            }
        }
        if !batch.swaps.is_empty() {
            report.resealed += self.inner.swap_bodies(scope, batch.take()).await?;
        }
        Ok(report)
    }

    /// The body under the current key; `None` where it is already.
    fn anew(
        &self,
        scope: TenantScope,
        sealer: &Sealer,
        raw: &RawBody,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        if seal::key_id(&raw.body) == Some(sealer.key_id()) {
            return Ok(None);
        }
        let location = Location::Record(raw.place);
        let body = Zeroizing::new(self.open(scope, location, &raw.body)?);
        sealer.seal(location, &body).map(Some)
    }
}

/// Swaps on their way, no more at once than a commit may carry.
#[derive(Default)]
struct Batch {
    swaps: Vec<Swap>,
    bytes: usize,
}

impl Batch {
    fn is_full_with(&self, more: usize) -> bool {
        !self.swaps.is_empty()
            && (self.swaps.len() >= MAX_COMMIT_PARTS || self.bytes + more > MAX_COMMIT_BYTES)
    }

    fn push(&mut self, swap: Swap) {
        self.bytes += swap.new.len();
        self.swaps.push(swap);
    }

    fn take(&mut self) -> Vec<Swap> {
        self.bytes = 0;
        std::mem::take(&mut self.swaps)
    }
}
