//! For which hospital a request without a token is: the host name decides, else what the caller says, else the
//! configured default. (A token decides before all of them, see [`super::authenticate`].)

use crate::{Fail, House, RequestMeta};
use ward_domain::hospital::domains::claim_key;
use ward_domain::id::Id;
use ward_domain::refusal::Refusal;
use ward_domain::tenancy::TenantId;

impl House {
    /// The hospital that the host name or the caller names. A caller who names another than the host is told so, rather
    /// than served by either.
    pub(crate) async fn named_tenant(
        &self,
        meta: &RequestMeta,
        said: Option<Id>,
    ) -> Result<Option<TenantId>, Fail> {
        let said = said.map(|id| TenantId::from_number(id.get()));
        let Some(at_home) = self.tenant_of_host(meta.host.as_deref()).await? else { return Ok(said) };
        if said.is_some_and(|tenant| tenant != at_home) {
            return Err(Refusal::field("hospital", "This address is another hospital's.").into());
        }
        Ok(Some(at_home))
    }

    /// The hospital of requests that name none.
    pub(crate) fn default_tenant(&self) -> Option<TenantId> {
        self.settings.default_hospital.map(TenantId::from_number)
    }

    /// Whose domain a host name is. The claim says it, and is given back in the commit that takes the name away: so a
    /// name that was moved or freed counts from the next request on.
    async fn tenant_of_host(&self, host: Option<&str>) -> Result<Option<TenantId>, Fail> {
        // A name with its root dot is the same name.
        let Some(host) = host.map(|host| host.strip_suffix('.').unwrap_or(host)) else { return Ok(None) };
        // Taken before the operator made it the platform's own.
        if self.settings.platform_hosts.iter().any(|own| own == host) {
            return Ok(None);
        }
        let claim = self.env.store.claim(&ward_tenants::platform(), &claim_key(host), self.env.now()).await?;
        Ok(claim.map(|claim| TenantId::from_number(claim.owner.id.get())))
    }
}
