//! A new access token for a session that still stands.

use super::TokenKind;
use crate::{Ctx, Fail, House};
use ward_domain::account::{Account, AccountCommand, Session};
use ward_domain::id::Id;
use ward_domain::refusal::{Kind, Refusal};
use ward_domain::tenancy::{TenantId, TenantScope};
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

/// A new access token for the session that asks, good for one window from now: for who is there still.
pub async fn extend(house: &House, ctx: &Ctx, session: Option<Id>) -> Result<Refreshed, Fail> {
    if session != Some(ctx.session.id()) {
        return Err(Refusal::field("session_id", "This is not the session of this token.").into());
    }
    let minutes = house.settings.window_minutes.into();
    renewed(house, &ctx.scope, ctx.user.id(), ctx.session.id(), minutes).await
}

async fn renew(house: &House, token: &str, minutes: i64) -> Result<Refreshed, Fail> {
    let claims = house.tokens.check(token, TokenKind::Refresh, house.env.now())?;
    let scope = house.tenancy.register.scope(TenantId::from_number(claims.hospital)).await??;
    let (Some(user), Some(session)) = (Id::new(claims.sub), Id::new(claims.sid)) else {
        return Err(ended().into());
    };
    renewed(house, &scope, user, session, minutes).await
}

fn ended() -> Refusal {
    Refusal::new(Kind::Unauthenticated, "session_invalid", "This session has ended: log in again.")
}

async fn renewed(
    house: &House,
    scope: &TenantScope,
    user: Id,
    session: Id,
    minutes: i64,
) -> Result<Refreshed, Fail> {
    let now = house.env.now();
    let account = house.find::<Account>(scope, user).await?.ok_or_else(ended)?.document;
    let session = house.find::<Session>(scope, session).await?.ok_or_else(ended)?.document;
    if !account.active || session.user != account.id || session.expires_at <= now {
        return Err(ended().into());
    }
    // Noted beside the answer: it is for the list of sessions only.
    house.actors.accounts.tell(*scope, user, AccountCommand::Renewed { session: session.id });
    let (access, access_expires) =
        house.tokens.access_for(minutes, scope.tenant(), account.role, &session, now);
    Ok(Refreshed { access, access_expires })
}
