//! Entries about how people prove who they are.

use crate::{Fail, House, RequestMeta};
use ward_domain::audit::{AuditEntry, AuditOutcome, Deed};
use ward_domain::id::UserId;
use ward_domain::tenancy::TenantScope;

impl House {
    /// Someone who is not logged in did something with an account, or tried to.
    pub(crate) async fn trace_stranger(
        &self,
        scope: &TenantScope,
        meta: &RequestMeta,
        deed: Deed,
        user: UserId,
        outcome: AuditOutcome,
    ) -> Result<(), Fail> {
        // Nobody has shown yet that they are the account's owner.
        let entry = AuditEntry { actor: None, ..self.stranger(meta, deed, "session", user, outcome)? };
        Ok(self.actors.audit(scope, entry).await?)
    }
}
