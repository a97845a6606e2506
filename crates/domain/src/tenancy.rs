//! A tenant is a hospital; the platform itself is tenant 0.

use crate::id::HospitalId;
use serde::{Deserialize, Serialize};

/// Names a tenant in keys and tokens: the hospital's id, or 0 for the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TenantId(u64);

impl TenantId {
    /// The platform: what belongs to no hospital (the register of hospitals, plans, platform admins).
    pub const PLATFORM: Self = Self(0);

    /// The number in keys.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// From the number in a key or a token; says nothing about whether such a hospital exists.
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// The hospital, unless it is the platform.
    pub fn hospital(self) -> Option<HospitalId> {
        if self.0 == 0 { None } else { crate::id::Id::new(self.0).map(Into::into) }
    }
}

impl From<HospitalId> for TenantId {
    fn from(id: HospitalId) -> Self {
        Self(id.get())
    }
}

/// The right to touch one tenant's data: every store, search, cache and gateway call takes one.
///
/// Only the `tenants` crate mints it (a lint and a test hold the others back), after it has made sure that the tenant
/// exists and may be served. It cannot be changed into another tenant's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TenantScope {
    tenant: TenantId,
}

impl TenantScope {
    /// For the `tenants` crate, and for tests of stores, only.
    pub const fn mint(tenant: TenantId) -> Self {
        Self { tenant }
    }

    /// Whose data this opens.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// True for the platform's own data.
    pub const fn is_platform(&self) -> bool {
        self.tenant.get() == 0
    }
}
