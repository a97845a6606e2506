//! One's own sessions: seen, and ended.

use crate::{Ctx, Fail, House};
use ward_domain::account::{AccountCommand, Session};
use ward_domain::audit::Deed;
use ward_domain::id::Id;
use ward_domain::record::{Document as _, Key, List};
use ward_domain::refusal::Refusal;
use ward_store::ListQuery;

/// The caller's open sessions, newest first.
pub async fn list_sessions(house: &House, ctx: &Ctx) -> Result<Vec<Session>, Fail> {
    let query =
        ListQuery { descending: true, ..ListQuery::all(List::SessionsByUser, Key::of(ctx.user.get())) };
    let page = house.env.store.list(&ctx.scope, &query).await?;
    let ids: Vec<Id> = page.rows.iter().map(|row| row.id).collect();
    let mut sessions = Vec::with_capacity(ids.len());
    for stored in house.env.store.get_many(&ctx.scope, Session::KIND, &ids).await? {
        sessions.push(crate::house::read::<Session>(stored)?.document);
    }
    sessions.retain(|session| session.expires_at > ctx.now);
    house.trace_self(ctx, Deed::ListSessions).await?;
    Ok(sessions)
}

/// Ends one of the caller's sessions; another's is none.
pub async fn end_session(house: &House, ctx: &Ctx, id: Id) -> Result<(), Fail> {
    let session = house.find::<Session>(&ctx.scope, id).await?.map(|found| found.document);
    let session = session.filter(|session| session.user == ctx.user && session.expires_at > ctx.now);
    let session = session.ok_or_else(|| Refusal::not_found("Session"))?.id;
    tell(house, ctx, AccountCommand::LogOut { session }).await
}

/// Ends all of the caller's sessions but the one that asks.
pub async fn end_other_sessions(house: &House, ctx: &Ctx) -> Result<(), Fail> {
    tell(house, ctx, AccountCommand::EndOthers { keep: ctx.session }).await
}

async fn tell(house: &House, ctx: &Ctx, command: AccountCommand) -> Result<(), Fail> {
    house.actors.accounts.ask(&ctx.scope, ctx.user.id(), ctx.deadline, command).await?;
    house.trace_self(ctx, Deed::EndSession).await
}
