//! Showing the code: a session, and an account first where there is none.

use super::{Way, way};
use crate::auth::code::Second;
use crate::auth::log_in::{LoggedIn, Noted, note, wrong_second};
use crate::phone::{ANSWER_AFTER, Right, code, number};
use crate::{Fail, House, RequestMeta};
use ward_domain::account::{LogInCheck, Profile, Proofs};
use ward_domain::audit::Deed;
use ward_domain::id::{Id, IdKind, UserId};
use ward_domain::phone::{Invitation, PhoneGrantCommand};
use ward_domain::policy::Role;
use ward_domain::record::{ClaimKey, ClaimOp};
use ward_domain::refusal::{FieldErrors, Kind, Refusal};
use ward_domain::secret::hex;
use ward_domain::tenancy::TenantScope;

/// A code that someone shows.
pub struct ShownCode {
    /// The number, as sent.
    pub phone_number: String,
    /// The code, as typed.
    pub code: String,
    /// What was answered when it was asked for, if they say it.
    pub session: Option<String>,
    /// The hospital, where they say it.
    pub hospital: Option<Id>,
    /// What they show beside it.
    pub second: Option<Second>,
}

/// Opens a session for whoever shows a number's code. A number that nobody has an account with gets one: of the role that
/// it was invited into, else a patient's. A second factor is asked for as with a password.
pub async fn log_in_by_code(house: &House, meta: &RequestMeta, shown: ShownCode) -> Result<LoggedIn, Fail> {
    let answered = tokio::time::sleep(ANSWER_AFTER);
    let mut errors = FieldErrors::default();
    let phone = number(&shown.phone_number, "phone_number", &mut errors);
    let code = code(&shown.code, &mut errors);
    errors.finish()?;
    let said = house.phone_tenant(meta, shown.hospital).await?;
    let (platform, key) = (ward_tenants::platform(), house.log_in_code_key(&phone));
    // One that cannot be read is nobody's.
    let session = shown.session.map(|text| Id::from_uuid(IdKind::Session, &text).unwrap_or_default());
    let right = house.show_phone_code(&platform, &key, session, &code, false).await?;
    let fits = |right: &Right| right.tenant.is_none() || said.is_none() || right.tenant == said;
    let Some(right) = right.filter(fits) else {
        house.note_wrong_code(meta, &phone).await?;
        answered.await;
        return Err(wrong().into());
    };
    let named = said.or(right.tenant);
    let way = way(&house.homes_of_phone(&phone).await?, named, house.default_tenant());
    let (tenant, user) = match way {
        Way::Account(tenant, user) => (tenant, Some(user)),
        Way::New(tenant) => (tenant, None),
        Way::Several => return Err(which("You have an account at several hospitals: say which one.")),
        Way::Nowhere => return Err(which("This field is required.")),
    };
    let scope = house.tenancy.register.scope(tenant).await??;
    let check = || LogInCheck::Phone { log_in: hex(&house.log_in_hash(&phone)), phone: phone.clone() };
    if let (Some(user), None) = (user, &shown.second)
        && house.find::<Proofs>(&scope, user.id()).await?.is_some_and(|found| found.document.has_totp())
    {
        // The account says that it wants more, and the code stays good meanwhile.
        note(house, meta, &scope, user, check(), None).await?;
    }
    if house.show_phone_code(&platform, &key, session, &code, true).await?.is_none() {
        return Err(wrong().into());
    }
    let user = match user {
        Some(user) => user,
        None => house.register_by_phone(meta, &scope, &phone).await?,
    };
    match note(house, meta, &scope, user, check(), shown.second.as_ref()).await? {
        Noted::Opened(opened) => Ok(*opened),
        Noted::Locked(refusal) => Err(refusal.into()),
        Noted::WrongSecond => Err(wrong_second().into()),
        // Deactivated, or their number is another now.
        Noted::Wrong => Err(wrong().into()),
    }
}

fn wrong() -> Refusal {
    let message = "This code is wrong, or good no more: ask for a new one.";
    Refusal::new(Kind::Unauthenticated, "invalid_credentials", message)
}

fn which(message: &'static str) -> Fail {
    Refusal::field("hospital", message).into()
}

impl House {
    /// A wrong code for a number is written down wherever the number leads.
    async fn note_wrong_code(&self, meta: &RequestMeta, phone: &str) -> Result<(), Fail> {
        for (tenant, user) in self.homes_of_phone(phone).await? {
            if let Ok(scope) = self.tenancy.register.scope(tenant).await? {
                self.trace_log_in(&scope, meta, user, false).await?;
            }
        }
        Ok(())
    }

    async fn register_by_phone(
        &self,
        meta: &RequestMeta,
        scope: &TenantScope,
        phone: &str,
    ) -> Result<UserId, Fail> {
        let invitation = self.invitation_of(scope, phone).await?;
        let mut profile = Profile { phone_number: phone.to_owned(), ..Profile::default() };
        let (mut role, mut claims) = (Role::Patient, Vec::new());
        if let Some(invitation) = &invitation {
            role = invitation.role;
            profile.first_name.clone_from(&invitation.first_name);
            profile.last_name.clone_from(&invitation.last_name);
            // In the commit that makes the account: an invitation makes one, whatever dies after.
            let key = ClaimKey::invitation_followed(invitation.id);
            claims.push(ClaimOp::Take { key, body: Vec::new(), expires: None });
        }
        let account = self.create_by_phone(scope, self.new_id()?, role, profile, claims).await?;
        self.trace_registration(scope, meta, &account, Deed::Register).await?;
        if let Some(invitation) = invitation {
            let (id, deadline) = (invitation.id, self.settings.deadline);
            let ended =
                self.actors.phone_grants.ask(scope, id, deadline, PhoneGrantCommand::EndInvitation).await;
            if let Err(failure) = ended {
                // It lapses by itself, and makes no second account.
                tracing::warn!(%failure, "an invitation that was followed could not be taken away");
            }
        }
        Ok(account.id)
    }

    /// The invitation that stands for a number, and was not followed yet.
    async fn invitation_of(&self, scope: &TenantScope, phone: &str) -> Result<Option<Invitation>, Fail> {
        let (store, now) = (&self.env.store, self.env.now());
        let key = ClaimKey::invitation(&self.log_in_hash(phone));
        let Some(claim) = store.claim(scope, &key, now).await? else { return Ok(None) };
        let found = self.find::<Invitation>(scope, claim.owner.id).await?;
        let Some(found) = found.filter(|found| found.document.until > now) else { return Ok(None) };
        let followed = ClaimKey::invitation_followed(found.document.id);
        let followed = store.claim(scope, &followed, now).await?.is_some();
        Ok(Some(found.document).filter(|_| !followed))
    }
}
