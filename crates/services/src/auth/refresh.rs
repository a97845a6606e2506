//! A new access token for a session that still stands.

use super::TokenKind;
use crate::{Fail, House};
use ward_domain::account::{Account, AccountCommand, Session};
use ward_domain::id::Id;
use ward_domain::refusal::{Kind, Refusal};
use ward_domain::tenancy::TenantId;
use ward_domain::time::Time;

/// A refresh that worked.
#[derive(Debug, Clone)]
pub struct Refreshed {
    /// Good for requests.
    pub access: String,
    /// Until when.
    pub access_expires: Time,
}

/// A new access token; the refresh token stays good until the session ends.
pub async fn refresh(house: &House, token: &str) -> Result<Refreshed, Fail> {
    renew(house, token, house.settings.access_minutes).await
}

/// The same where sessions slide: the new access token is good for one window from now.
pub async fn slide(house: &House, token: &str) -> Result<Refreshed, Fail> {
    renew(house, token, house.settings.window_minutes.into()).await
}

async fn renew(house: &House, token: &str, minutes: i64) -> Result<Refreshed, Fail> {
    let now = house.env.now();
    let claims = house.tokens.check(token, TokenKind::Refresh, now)?;
    let ended =
        || Refusal::new(Kind::Unauthenticated, "session_invalid", "This session has ended: log in again.");
    let scope = house.tenancy.register.scope(TenantId::from_number(claims.hospital)).await??;
    let (Some(user), Some(session)) = (Id::new(claims.sub), Id::new(claims.sid)) else {
        return Err(ended().into());
    };
    let account = house.find::<Account>(&scope, user).await?.ok_or_else(ended)?.document;
    let session = house.find::<Session>(&scope, session).await?.ok_or_else(ended)?.document;
    if !account.active || session.user != account.id || session.expires_at <= now {
        return Err(ended().into());
    }
    // Noted beside the answer: it is for the list of sessions only.
    house.actors.accounts.tell(scope, user, AccountCommand::Renewed { session: session.id });
    let (access, access_expires) =
        house.tokens.access_for(minutes, scope.tenant(), account.role, &session, now);
    Ok(Refreshed { access, access_expires })
}
