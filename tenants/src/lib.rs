//! What makes a hospital a tenant: joining, settings, plan and quotas, data keys; the only crate that mints a
//! [`TenantScope`].
//!
//! [`Tenancy`] is the way in. This crate must not know: what a hospital's people do, and which back end is in use.

pub mod bootstrap;
pub mod clockwork;
pub mod keys;
pub mod plan;
mod register;
mod seats;
mod tenancy;

pub use keys::{MasterKeys, TenantKeys};
pub use register::{HospitalRegister, watcher};
pub use seats::Seat;
pub use tenancy::{NewHospital, Onboarded, Tenancy, TenancySettings};

use ward_domain::tenancy::{TenantId, TenantScope};

/// The one place where a scope is made.
#[allow(clippy::disallowed_methods, reason = "this is the crate that says who a tenant is")]
pub(crate) const fn mint(tenant: TenantId) -> TenantScope {
    TenantScope::mint(tenant)
}

/// The platform's own scope.
pub const fn platform() -> TenantScope {
    mint(TenantId::PLATFORM)
}

/// The scope of a tenant for moving house, backup and restore, and for nothing else: the register that names the
/// tenant is what moves, so nobody can be asked whether it exists.
pub const fn moving(tenant: TenantId) -> TenantScope {
    mint(tenant)
}
