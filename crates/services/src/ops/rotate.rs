//! Rotating data keys while the house works.

use crate::{Ctx, Fail, House};

use ward_domain::audit::Deed;
use ward_domain::id::{HospitalId, Id};
use ward_domain::policy::{Action, Resource};
use ward_domain::tenancy::TenantScope;
use ward_store::Resealed;
use ward_store::{Place, StoreError};

/// What seals bodies anew: the program's sealed store.
#[async_trait::async_trait]
pub trait Resealer: Send + Sync {
    /// See [`ward_store::Sealed::reseal`].
    async fn reseal(
        &self,
        scope: &TenantScope,
        after: Option<Place>,
        limit: usize,
    ) -> Result<Resealed, StoreError>;
}

#[async_trait::async_trait]
impl<S: ward_store::Store> Resealer for ward_store::Sealed<S> {
    async fn reseal(
        &self,
        scope: &TenantScope,
        after: Option<Place>,
        limit: usize,
    ) -> Result<Resealed, StoreError> {
        Self::reseal(self, scope, after, limit).await
    }
}

/// Bodies sealed anew at a time.
const BATCH: usize = 500;

/// A rotation that is through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The number of the key in use.
    pub number: u32,
    /// Bodies looked at in the first round.
    pub scanned: u64,
    /// Bodies sealed anew.
    pub resealed: u64,
    /// Bodies that do not open; they were left as they are.
    pub damaged: u64,
}

/// Begins a new data key for a hospital and seals everything under it. The hospital works on meanwhile. Older keys
/// stay (`HospitalCommand::DropKeysBefore` ends them): claims and events sealed with them may still be there.
pub async fn rotate_keys(house: &House, ctx: &Ctx, id: Id) -> Result<Rotated, Fail> {
    house.permit(ctx, Resource::Server, Action::Update, false).await?;
    house.hospital(ctx, id, Action::Update).await?;
    let rotated = house.rotate(id.into(), |_| {}).await?;
    house.trace_self(ctx, Deed::RotateKeys).await?;
    Ok(rotated)
}

impl House {
    /// The rotation itself, for the command line too; `progress` hears how many bodies were looked at.
    pub async fn rotate(
        &self,
        id: HospitalId,
        mut progress: impl FnMut(u64) + Send,
    ) -> Result<Rotated, Fail> {
        let number = self.tenancy.rotate_key(id).await?;
        let scope = self.tenancy.register.scope(id.into()).await??;
        let mut rotated = Rotated { number, scanned: 0, resealed: 0, damaged: 0 };
        // A commit sealed just before the key changed may land behind the walk: it is through when a whole round has
        // found nothing to do.
        for round in 0.. {
            let (mut after, mut found) = (None, 0);
            loop {
                let step = self.resealer.reseal(&scope, after, BATCH).await?;
                if round == 0 {
                    rotated.scanned += step.scanned as u64;
                    rotated.damaged += step.damaged.len() as u64;
                    progress(rotated.scanned);
                }
                found += step.resealed as u64;
                after = step.next;
                if after.is_none() {
                    break;
                }
            }
            rotated.resealed += found;
            if found == 0 || round >= 16 {
                return Ok(rotated);
            }
        }
        Ok(rotated)
    }
}
