//! Sending a code to a telephone number.

use super::{Way, way};
use crate::phone::{ANSWER_AFTER, Text, number};
use crate::request::Known;
use crate::{Fail, House, RequestMeta};
use ward_domain::audit::{AuditOutcome, Deed};
use ward_domain::id::Id;
use ward_domain::phone::{CODE_SECONDS, words};
use ward_domain::refusal::FieldErrors;
use ward_domain::tenancy::TenantScope;

/// Who wants a code.
#[derive(Debug, Clone)]
pub struct AskedCode {
    /// The number, as sent.
    pub phone_number: String,
    /// The hospital, where they say it.
    pub hospital: Option<Id>,
}

/// A code that is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeSent {
    /// What may be said with it.
    pub session: Id,
    /// How long it is good.
    pub seconds: i64,
}

/// Sends a code to a number. The answer, and when it comes, is the same whether anyone has an account with it or not, and
/// so is the text.
pub async fn send_code(house: &House, meta: &RequestMeta, asked: AskedCode) -> Result<CodeSent, Fail> {
    let answered = tokio::time::sleep(ANSWER_AFTER);
    let mut errors = FieldErrors::default();
    let phone = number(&asked.phone_number, "phone_number", &mut errors);
    errors.finish()?;
    let named = house.phone_tenant(meta, asked.hospital).await?;
    let platform = ward_tenants::platform();
    let sent = |session| CodeSent { session, seconds: CODE_SECONDS };
    let session = house.new_id()?;
    let claims = match house.known_stranger(&platform, meta, &[session]).await? {
        Known::New(claims) => claims,
        Known::Done(made) => {
            answered.await;
            return Ok(sent(made.first().copied().unwrap_or_default()));
        }
    };
    let key = house.log_in_code_key(&phone);
    let code = house.draw_phone_code(&platform, &key, named, session, claims).await?;
    let way = way(&house.homes_of_phone(&phone).await?, named, house.default_tenant());
    // Its own hospital's courier brings the text; the platform's where the number leads to none, or to one of several.
    let (home, user) = match way {
        Way::Account(tenant, user) => (Some(tenant), Some(user)),
        Way::New(tenant) => (Some(tenant), None),
        Way::Several | Way::Nowhere => (None, None),
    };
    let scope: TenantScope = match home {
        Some(tenant) => house.tenancy.register.scope(tenant).await?.unwrap_or(platform),
        None => platform,
    };
    let body = words::log_in(&house.called(&scope).await?, &code);
    let until = house.env.now().plus(CODE_SECONDS * 1_000);
    house.text(&scope, Text { recipient: user, to: phone, body, until }).await?;
    if let Some(user) = user {
        house.trace_stranger(&scope, meta, Deed::AskLogInCode, user, AuditOutcome::Success).await?;
    }
    answered.await;
    Ok(sent(session))
}
