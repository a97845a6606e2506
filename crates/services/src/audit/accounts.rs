//! Entries about how people prove who they are.

use crate::{Ctx, Fail, House, RequestMeta};
use ward_domain::account::Account;
use ward_domain::audit::{AuditEntry, AuditOutcome, Deed, resource_word};
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

    /// Someone did something with another's log-in.
    pub(crate) async fn trace_deed(&self, ctx: &Ctx, deed: Deed, account: &Account) -> Result<(), Fail> {
        let (resource, id) = (resource_word(account.role.resource()), Some(account.id.id()));
        let entry = self.entry(ctx, deed, resource, id, Vec::new(), AuditOutcome::Success)?;
        Ok(self.actors.audit(&ctx.scope, entry).await?)
    }
}
