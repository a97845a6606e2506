//! How much of a plan's quotas a hospital has in use: counted in the store, where it stands by itself.

use crate::Failure;
use ward_domain::hospital::Hospital;
use ward_domain::record::{Key, List};
use ward_domain::subscription::{Quota, Usage};
use ward_domain::tenancy::TenantScope;
use ward_domain::time::Time;
use ward_store::{Bounds, Store};

/// How much of one quota.
pub async fn used(
    store: &dyn Store,
    scope: &TenantScope,
    hospital: &Hospital,
    quota: Quota,
    now: Time,
) -> Result<u64, Failure> {
    if quota == Quota::Appointments {
        let month = hospital.zone().month(now).map_err(|error| Failure::Broken(error.to_string()))?;
        let bounds = Bounds { from: month.0.sort_key(), until: month.1.plus(-1).sort_key() };
        return Ok(store.count(scope, List::AppointmentsByCreated, &Key::all(), bounds).await?);
    }
    let mut used = 0;
    for role in quota.roles() {
        let eq = Key::of(role.code()).and(1);
        used += store.count(scope, List::UsersByRoleActive, &eq, Bounds::ALL).await?;
    }
    Ok(used)
}

/// How much of each.
pub async fn usage(
    store: &dyn Store,
    scope: &TenantScope,
    hospital: &Hospital,
    now: Time,
) -> Result<Usage, Failure> {
    let mut usage = Usage::default();
    for quota in Quota::ALL {
        usage.add(quota, used(store, scope, hospital, quota, now).await?);
    }
    Ok(usage)
}
