//! Giving someone an account.

use super::NewUser;
use super::validate;
use crate::house::Versioned;
use crate::request::Known;
use crate::{Ctx, Fail, House};
use ward_domain::account::{Account, AccountCommand, Failures, Profile};
use ward_domain::contact::check_password;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Role};
use ward_domain::record::{ClaimKey, ClaimOp};
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_domain::secret::hex;
use ward_domain::tenancy::TenantScope;

/// Creates an account in the caller's hospital.
pub async fn create(house: &House, ctx: &Ctx, user: NewUser) -> Result<Versioned<Account>, Fail> {
    house.permit(ctx, user.role.resource(), Action::Create, false).await?;
    if (user.role == Role::PlatformAdmin) != ctx.scope.is_platform() {
        return Err(Refusal::field("role", "There is no such role here.").into());
    }
    let id = house.new_id()?;
    let claims = match house.known(ctx, &[id]).await? {
        Known::New(claims) => claims,
        Known::Done(made) => return super::read(house, ctx, made.first().copied().unwrap_or_default()).await,
    };
    let resource = user.role.resource();
    let account = house.create_account(&ctx.scope, id, user, false, claims).await?;
    house.trace_account(ctx, Action::Create, resource, &account).await?;
    Ok(Versioned { document: account, version: 1 })
}

impl House {
    /// Makes the first platform admin; `false` where there was one already.
    pub async fn first_platform_admin(&self, user: NewUser) -> Result<bool, Fail> {
        let scope = ward_tenants::platform();
        let key = ClaimKey::first_admin();
        if self.env.store.claim(&scope, &key, self.env.now()).await?.is_some() {
            return Ok(false);
        }
        let claims = vec![ClaimOp::Take { key, body: Vec::new(), expires: None }];
        self.create_account(&scope, self.new_id()?, user, false, claims).await?;
        Ok(true)
    }

    /// Makes an account, within the plan and with log-ins that nobody else has. `phone_unproven` where whoever is to own it
    /// says what their number is, and nobody vouches for it.
    pub(crate) async fn create_account(
        &self,
        scope: &TenantScope,
        id: Id,
        user: NewUser,
        phone_unproven: bool,
        claims: Vec<ClaimOp>,
    ) -> Result<Account, Fail> {
        let NewUser { role, profile, password } = user;
        let profile = named(profile);
        let mut errors = FieldErrors::default();
        validate::check(&profile, &mut errors);
        check_password(
            &password,
            &[&profile.email, &profile.username, &profile.phone_number],
            "password",
            &mut errors,
        );
        errors.finish()?;
        self.enrol(scope, id, (role, profile), Some(password), phone_unproven, claims).await
    }

    /// Makes an account for someone who has shown that a telephone number is theirs, and logs in by that.
    pub(crate) async fn create_by_phone(
        &self,
        scope: &TenantScope,
        id: Id,
        role: Role,
        profile: Profile,
        claims: Vec<ClaimOp>,
    ) -> Result<Account, Fail> {
        let mut errors = FieldErrors::default();
        validate::check(&profile, &mut errors);
        errors.finish()?;
        self.enrol(scope, id, (role, profile), None, false, claims).await
    }

    async fn enrol(
        &self,
        scope: &TenantScope,
        id: Id,
        (role, profile): (Role, Profile),
        password: Option<String>,
        phone_unproven: bool,
        claims: Vec<ClaimOp>,
    ) -> Result<Account, Fail> {
        // Held until the account stands and counts by itself.
        let seat = self.tenancy.seat_for_account(scope, role).await?;
        let password_hash = match password {
            Some(password) => self.passwords.hash(password).await?,
            None => String::new(),
        };
        let now = self.env.now();
        let account = Account {
            id: id.into(),
            role,
            active: true,
            log_ins: self.log_in_hashes(&profile),
            fingerprints: self.fingerprints(*scope, role, &profile),
            password_hash,
            profile,
            failures: Failures::default(),
            created_at: now,
            updated_at: now,
            last_log_in: None,
            email_verified: false,
            phone_unproven,
            merged_into: None,
        };
        let command = AccountCommand::Create { account: Box::new(account), claims };
        let state = self
            .actors
            .accounts
            .ask(scope, id, self.settings.deadline, command)
            .await
            .map_err(Self::in_flight)?;
        drop(seat);
        state.account.ok_or_else(|| Fail::Fault("an account was created and is not there".to_owned()))
    }

    /// The keyed hashes of a profile's log-ins, hex.
    pub(crate) fn log_in_hashes(&self, profile: &Profile) -> Vec<String> {
        validate::log_ins(profile).iter().map(|key| hex(&self.log_in_hash(key))).collect()
    }
}

/// Without a user name the e-mail address is it.
fn named(mut profile: Profile) -> Profile {
    if profile.username.is_empty() {
        profile.username.clone_from(&profile.email);
    }
    profile
}
