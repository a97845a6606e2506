//! Registering without a log-in: a patient, or a hospital's first administrator.

use crate::request::Known;
use crate::user::NewUser;
use crate::{Fail, House, RequestMeta};
use ward_domain::account::Account;
use ward_domain::audit::Deed;
use ward_domain::hospital::check_first_admin;
use ward_domain::id::Id;
use ward_domain::policy::Role;
use ward_domain::record::{ClaimKey, ClaimOp, Key, List};
use ward_domain::refusal::{FieldErrors, Kind, Refusal};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_store::Bounds;

/// Someone who registers.
pub struct Registration {
    /// Who they are, and as what they want to be taken.
    pub user: NewUser,
    /// Where.
    pub hospital: Option<Id>,
    /// The code that the hospital's creation returned.
    pub setup_code: Option<String>,
}

/// Someone who registered.
pub struct Registered {
    /// Where.
    pub tenant: TenantId,
    /// Who.
    pub account: Account,
}

/// Registers someone who is not logged in.
pub async fn register(
    house: &House,
    meta: &RequestMeta,
    registration: Registration,
) -> Result<Registered, Fail> {
    let Registration { user, hospital, setup_code } = registration;
    let tenant = house.named_tenant(meta, hospital).await?.or_else(|| house.default_tenant());
    let missing = || Refusal::field("hospital", "This field is required.");
    let tenant = tenant.filter(|tenant| *tenant != TenantId::PLATFORM).ok_or_else(missing)?;
    let known = house
        .tenancy
        .register
        .find(tenant)
        .await?
        .ok_or_else(|| Refusal::field("hospital", "There is no such hospital."))?;
    let scope: TenantScope =
        house.tenancy.register.scope(tenant).await?.map_err(|refusal| match refusal.kind {
            Kind::Unauthenticated => Refusal::field("hospital", "There is no such hospital."),
            _ => refusal,
        })?;
    let id = house.new_id()?;
    // Before the rules: a request that was carried out is answered from what stands, not refused for having been.
    let mut claims = match house.known_stranger(&scope, meta, &[id]).await? {
        Known::New(claims) => claims,
        Known::Done(made) => return house.registered(&scope, meta, made).await,
    };
    match user.role {
        Role::Patient => {}
        Role::HospitalAdmin => {
            let admins = house
                .env
                .store
                .count(&scope, List::UsersByRole, &Key::of(Role::HospitalAdmin.code()), Bounds::ALL)
                .await?;
            if admins > 0 {
                return Err(Refusal::forbidden(
                    "This hospital has an administrator already: ask them for an account.",
                )
                .into());
            }
            check_first_admin(
                &known,
                house.env.now(),
                setup_code.as_deref(),
                house.tenancy.settings.first_admin_code,
            )?;
            claims.push(ClaimOp::Take { key: ClaimKey::first_admin(), body: Vec::new(), expires: None });
        }
        _ => {
            let mut errors = FieldErrors::default();
            errors.add(
                "role",
                "Only patients register by themselves: ask the hospital's administrator for an account.",
            );
            let mut refusal = Refusal::forbidden("Only patients register by themselves.");
            if let Err(fields) = errors.finish() {
                refusal.fields = fields.fields;
            }
            return Err(refusal.into());
        }
    }
    let unproven = user.role == Role::Patient;
    let account = house.create_account(&scope, id, user, unproven, claims).await?;
    house.trace_registration(&scope, meta, &account, Deed::Register).await?;
    house.welcome(&scope, &account).await;
    Ok(Registered { tenant, account })
}

impl House {
    /// What a registration made that is asked for again under its key.
    async fn registered(
        &self,
        scope: &TenantScope,
        meta: &RequestMeta,
        made: Vec<Id>,
    ) -> Result<Registered, Fail> {
        let id = made.first().copied().unwrap_or_default();
        let found = self.find::<Account>(scope, id).await?.ok_or_else(|| Refusal::not_found("User"))?;
        self.trace_registration(scope, meta, &found.document, Deed::Read).await?;
        Ok(Registered { tenant: scope.tenant(), account: found.document })
    }
}
