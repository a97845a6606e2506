//! Codes by SMS, for all use cases that send and take them: drawn, kept as a keyed hash, and handed to the courier.

use crate::auth::code::random;
use crate::{Fail, House};
use std::time::Duration;
use ward_actors::Actors;
use ward_actors::courier::{CodeLetter, CourierMessage};
use ward_domain::account::Account;
use ward_domain::contact::phone_key;
use ward_domain::courier::Channel;
use ward_domain::id::{Id, UserId};
use ward_domain::phone::{
    PhoneCodeAnswer, PhoneCodeCommand, Shown, UNREACHABLE, as_typed, document_id, reachable, six_digits,
};
use ward_domain::record::{ClaimOp, Key, List};
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_domain::secret::hex;
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;
use ward_store::Bounds;

/// When a request is answered that would tell by its time who has an account: longer than the work takes on a machine that
/// is not overloaded.
pub(crate) const ANSWER_AFTER: Duration = Duration::from_millis(250);
/// Hospitals in which one number is looked for.
const MAX_HOMES: usize = 64;

/// A text to a telephone.
pub(crate) struct Text {
    /// Whom it is for, where they have an account.
    pub recipient: Option<UserId>,
    /// Their number's key.
    pub to: String,
    /// What it says.
    pub body: String,
    /// Until when it is of use.
    pub until: Time,
}

/// That a code is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Right {
    /// The hospital that was named when it was asked for, if one was.
    pub tenant: Option<TenantId>,
}

/// Reads a number that an SMS reaches; else notes what is wrong with it.
pub(crate) fn number(text: &str, field: &'static str, errors: &mut FieldErrors) -> String {
    let number = reachable(text);
    errors.check(number.is_some(), field, UNREACHABLE);
    number.unwrap_or_default()
}

/// Reads a code as someone typed it; else notes what is wrong with it.
pub(crate) fn code(text: &str, errors: &mut FieldErrors) -> String {
    let code = as_typed(text);
    errors.check(code.is_some(), "otp_code", "Enter the six digits of the code.");
    code.unwrap_or_default()
}

impl House {
    /// What the codes of a number for a purpose are kept under.
    pub(crate) fn phone_code_key(&self, purpose: &[&[u8]], phone: &str) -> [u8; 16] {
        let parts = [purpose, &[phone.as_bytes()]].concat();
        self.log_in_key.derive("phone codes").short_mac(&parts)
    }

    fn phone_code_hash(&self, key: &[u8; 16], code: &str) -> String {
        hex(&self.log_in_key.derive("phone codes").mac(&[b"code", key, code.as_bytes()]))
    }

    /// Draws a code in the place of the one before it. Refused where one was drawn a moment ago, or too many within the
    /// hour. `session` is what must be said with it, where anything is.
    pub(crate) async fn draw_phone_code(
        &self,
        scope: &TenantScope,
        key: &[u8; 16],
        tenant: Option<TenantId>,
        session: Id,
        claims: Vec<ClaimOp>,
    ) -> Result<String, Fail> {
        let code = six_digits(random()?);
        let command = PhoneCodeCommand::Issue {
            key: hex(key),
            tenant: tenant.map_or(0, TenantId::get),
            session,
            hash: self.phone_code_hash(key, &code),
            claims,
        };
        let id = document_id(key);
        let told = self.actors.phone_codes.ask(scope, id, self.settings.deadline, command).await;
        told.map_err(Self::in_flight)?;
        Ok(code)
    }

    /// Whether a code is right; `spend` uses it up.
    pub(crate) async fn show_phone_code(
        &self,
        scope: &TenantScope,
        key: &[u8; 16],
        session: Option<Id>,
        code: &str,
        spend: bool,
    ) -> Result<Option<Right>, Fail> {
        let shown = Shown { key: hex(key), session, hash: self.phone_code_hash(key, code) };
        let command = if spend { PhoneCodeCommand::Spend(shown) } else { PhoneCodeCommand::Check(shown) };
        let id = document_id(key);
        match self.actors.phone_codes.ask(scope, id, self.settings.deadline, command).await? {
            PhoneCodeAnswer::Right { tenant } => {
                let tenant = Some(tenant).filter(|tenant| *tenant != 0).map(TenantId::from_number);
                Ok(Some(Right { tenant }))
            }
            PhoneCodeAnswer::Wrong | PhoneCodeAnswer::Done => Ok(None),
        }
    }

    /// Hands a text to a hospital's courier. It is sent once, and forgotten when it is on its way.
    pub(crate) async fn text(&self, scope: &TenantScope, text: Text) -> Result<(), Fail> {
        let Text { recipient, to, body, until } = text;
        let letter = CodeLetter { channel: Channel::Sms, recipient, to, subject: String::new(), body, until };
        let message = CourierMessage::Post(Box::new(letter));
        let deadline = self.settings.deadline;
        Ok(self.actors.couriers.ask(scope, Actors::of_hospital(scope), deadline, message).await?)
    }

    /// Where a number has an account.
    pub(crate) async fn homes_of_phone(&self, phone: &str) -> Result<Vec<(TenantId, UserId)>, Fail> {
        let key = Key::hash(&self.log_in_hash(phone));
        let rows = self.env.store.platform_list(List::LogIns, &key, Bounds::ALL, MAX_HOMES).await?;
        let mut homes = Vec::with_capacity(rows.len());
        for row in rows {
            // A hospital that is closed leads nowhere.
            if self.tenancy.register.scope(row.tenant).await?.is_ok() {
                homes.push((row.tenant, row.id.into()));
            }
        }
        Ok(homes)
    }

    /// Who of a hospital has a number.
    pub(crate) async fn account_of_phone(
        &self,
        scope: &TenantScope,
        phone: &str,
    ) -> Result<Option<Account>, Fail> {
        let homes = self.homes_of_phone(phone).await?;
        let Some((_, user)) = homes.into_iter().find(|(tenant, _)| *tenant == scope.tenant()) else {
            return Ok(None);
        };
        let found = self.find::<Account>(scope, user.id()).await?.map(|found| found.document);
        // A number may be somebody's user name too.
        Ok(found.filter(|account| phone_key(&account.profile.phone_number) == phone_key(phone)))
    }

    /// The scope of a hospital that someone named before there is a token.
    pub(crate) async fn scope_said(&self, tenant: TenantId) -> Result<TenantScope, Fail> {
        let nowhere = || Refusal::field("hospital", "There is no such hospital.");
        if tenant == TenantId::PLATFORM || self.tenancy.register.find(tenant).await?.is_none() {
            return Err(nowhere().into());
        }
        Ok(self.tenancy.register.scope(tenant).await??)
    }
}
