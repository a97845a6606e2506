//! Leaving entries: one a request, durable before the answer leaves.
//!
//! What a use case showed or did is traced by it when it ends well. What it was refused is traced in two places, and
//! nowhere else: in [`House::permit`] where the policy says no, and in [`House::refusable`] where anything else does.

use crate::{Ctx, Fail, House, RequestMeta};
use ward_domain::account::{Account, CalendarLink};
use ward_domain::audit::{AuditEntry, AuditOutcome, Deed, resource_word};
use ward_domain::id::{Id, UserId};
use ward_domain::policy::{Action, Resource, Role};
use ward_domain::refusal::Kind;
use ward_domain::tenancy::TenantScope;

/// What someone may do and is about to.
pub(crate) struct Attempt {
    /// What.
    pub action: Action,
    /// With what.
    pub resource: Resource,
    /// With which; `None` where it would be made.
    pub id: Option<Id>,
    /// The patients whom it concerns.
    pub patients: Vec<UserId>,
}

impl Attempt {
    /// With an account.
    pub fn with(action: Action, account: &Account) -> Self {
        let (resource, id) = (account.role.resource(), Some(account.id.id()));
        Self { action, resource, id, patients: patients_of(account) }
    }

    /// A change of a consultation, which belongs to no chart.
    pub const fn to_encounter(id: Id) -> Self {
        let (action, resource) = (Action::Update, Resource::Encounter);
        Self { action, resource, id: Some(id), patients: Vec::new() }
    }
}

/// Whose data an account is, if a patient's.
fn patients_of(account: &Account) -> Vec<UserId> {
    if account.role == Role::Patient { vec![account.id] } else { Vec::new() }
}

impl House {
    /// Passes on how a permitted deed ended; a refusal leaves an entry first. That the house is too busy is no answer to
    /// the deed, and would only be made worse by writing it down.
    pub(crate) async fn refusable<T>(
        &self,
        ctx: &Ctx,
        attempt: &Attempt,
        ended: Result<T, impl Into<Fail>>,
    ) -> Result<T, Fail> {
        let fail = match ended {
            Ok(done) => return Ok(done),
            Err(fail) => fail.into(),
        };
        if let Fail::Refused(refusal) = &fail
            && refusal.kind != Kind::Overloaded
        {
            let entry = self.entry(
                ctx,
                attempt.action.into(),
                resource_word(attempt.resource),
                attempt.id,
                attempt.patients.clone(),
                AuditOutcome::Refused,
            )?;
            self.actors.audit(&ctx.scope, entry).await?;
        }
        Err(fail)
    }

    /// Someone saw or did something with one thing.
    pub(crate) async fn trace_one(
        &self,
        ctx: &Ctx,
        action: Action,
        resource: Resource,
        id: Id,
        patients: &[UserId],
    ) -> Result<(), Fail> {
        let entry = self.entry(
            ctx,
            action.into(),
            resource_word(resource),
            Some(id),
            patients.to_vec(),
            AuditOutcome::Success,
        )?;
        Ok(self.actors.audit(&ctx.scope, entry).await?)
    }

    /// Someone did something that is no action of the policy by itself.
    pub(crate) async fn trace_deed(
        &self,
        ctx: &Ctx,
        deed: Deed,
        resource: Resource,
        id: Option<Id>,
        patients: Vec<UserId>,
    ) -> Result<(), Fail> {
        let entry = self.entry(ctx, deed, resource_word(resource), id, patients, AuditOutcome::Success)?;
        Ok(self.actors.audit(&ctx.scope, entry).await?)
    }

    /// Someone saw a list.
    pub(crate) async fn trace_list(
        &self,
        ctx: &Ctx,
        resource: Resource,
        patients: Vec<UserId>,
    ) -> Result<(), Fail> {
        let entry =
            self.entry(ctx, Deed::List, resource_word(resource), None, patients, AuditOutcome::Success)?;
        Ok(self.actors.audit(&ctx.scope, entry).await?)
    }

    /// Someone saw or changed an account.
    pub(crate) async fn trace_account(
        &self,
        ctx: &Ctx,
        action: Action,
        resource: Resource,
        account: &Account,
    ) -> Result<(), Fail> {
        self.trace_one(ctx, action, resource, account.id.id(), &patients_of(account)).await
    }

    /// Someone did something with their own log-in.
    pub(crate) async fn trace_self(&self, ctx: &Ctx, deed: Deed) -> Result<(), Fail> {
        let entry =
            self.entry(ctx, deed, "session", Some(ctx.user.id()), Vec::new(), AuditOutcome::Success)?;
        Ok(self.actors.audit(&ctx.scope, entry).await?)
    }

    /// Someone was refused by the policy.
    pub(crate) async fn trace_refusal(
        &self,
        ctx: &Ctx,
        resource: Resource,
        action: Action,
    ) -> Result<(), Fail> {
        let entry =
            self.entry(ctx, action.into(), resource_word(resource), None, Vec::new(), AuditOutcome::Refused)?;
        Ok(self.actors.audit(&ctx.scope, entry).await?)
    }

    /// Someone logged in, or tried to.
    pub(crate) async fn trace_log_in(
        &self,
        scope: &TenantScope,
        meta: &RequestMeta,
        user: UserId,
        opened: bool,
    ) -> Result<(), Fail> {
        let outcome = if opened { AuditOutcome::Success } else { AuditOutcome::Refused };
        let entry = self.stranger(meta, Deed::LogIn, "session", user, outcome)?;
        Ok(self.actors.audit(scope, entry).await?)
    }

    /// Someone registered, or saw again what their registration made.
    pub(crate) async fn trace_registration(
        &self,
        scope: &TenantScope,
        meta: &RequestMeta,
        account: &Account,
        deed: Deed,
    ) -> Result<(), Fail> {
        let resource = resource_word(account.role.resource());
        let entry = self.stranger(meta, deed, resource, account.id, AuditOutcome::Success)?;
        let patients = patients_of(account);
        Ok(self.actors.audit(scope, AuditEntry { patients, ..entry }).await?)
    }

    /// A calendar program read a feed through a link. Who holds the link is not known; whose calendar it is, is.
    pub(crate) async fn trace_feed(
        &self,
        scope: &TenantScope,
        meta: &RequestMeta,
        link: &CalendarLink,
        patients: Vec<UserId>,
    ) -> Result<(), Fail> {
        let resource = resource_word(Resource::CalendarLink);
        let entry = self.stranger(meta, Deed::Read, resource, link.user, AuditOutcome::Success)?;
        let entry = AuditEntry { resource_id: Some(link.id.id()), patients, ..entry };
        Ok(self.actors.audit(scope, entry).await?)
    }

    pub(super) fn entry(
        &self,
        ctx: &Ctx,
        deed: Deed,
        resource: &str,
        resource_id: Option<Id>,
        patients: Vec<UserId>,
        outcome: AuditOutcome,
    ) -> Result<AuditEntry, Fail> {
        Ok(AuditEntry {
            id: self.new_id()?,
            at: self.env.now(),
            actor: Some(ctx.user),
            role: Some(ctx.role),
            session: Some(ctx.session),
            face: ctx.meta.face,
            action: deed.word().to_owned(),
            resource: resource.to_owned(),
            resource_id,
            patients,
            outcome,
            address: ctx.meta.address.map(|address| address.to_string()).unwrap_or_default(),
            request_id: ctx.meta.request_id.clone(),
        })
    }

    /// An entry for someone without a session; `user` is whose account it is about.
    pub(super) fn stranger(
        &self,
        meta: &RequestMeta,
        deed: Deed,
        resource: &str,
        user: UserId,
        outcome: AuditOutcome,
    ) -> Result<AuditEntry, Fail> {
        Ok(AuditEntry {
            id: self.new_id()?,
            at: self.env.now(),
            actor: Some(user),
            role: None,
            session: None,
            face: meta.face,
            action: deed.word().to_owned(),
            resource: resource.to_owned(),
            resource_id: Some(user.id()),
            patients: Vec::new(),
            outcome,
            address: meta.address.map(|address| address.to_string()).unwrap_or_default(),
            request_id: meta.request_id.clone(),
        })
    }
}
