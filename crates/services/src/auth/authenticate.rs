//! From a bearer token to a context.

use super::TokenKind;
use crate::{Ctx, Fail, House, RequestMeta};
use ward_domain::face::Face;
use ward_domain::id::Id;
use ward_domain::refusal::{Kind, Refusal};
use ward_domain::tenancy::TenantId;

impl House {
    /// Who sends this token. Refused with `token_invalid`, `token_expired` or `session_invalid`.
    pub async fn authenticate(&self, bearer: &str, meta: RequestMeta) -> Result<Ctx, Fail> {
        let now = self.env.now();
        let claims = self.tokens.check(bearer, TokenKind::Access, now)?;
        let ended = || {
            Refusal::new(Kind::Unauthenticated, "session_invalid", "This session has ended: log in again.")
        };
        let scope = self.tenancy.register.scope(TenantId::from_number(claims.hospital)).await??;
        let (Some(user), Some(session)) = (Id::new(claims.sub), Id::new(claims.sid)) else {
            return Err(ended().into());
        };
        let live = self.sessions.live(self, &scope, user.into()).await?.ok_or_else(ended)?;
        let open = live.sessions.iter().any(|(id, expires)| *id == session && *expires > now);
        if !live.active || !open {
            return Err(ended().into());
        }
        let (user, session, role) = (user.into(), session.into(), live.role);
        Ok(Ctx { scope, user, role, session, now, deadline: self.settings.deadline, meta })
    }

    /// Whether the log-in of a context still holds: for what goes on longer than a request.
    pub async fn is_logged_in(&self, ctx: &Ctx) -> Result<bool, Fail> {
        let now = self.env.now();
        let served = self.tenancy.register.scope(ctx.scope.tenant()).await?.is_ok();
        let Some(live) = self.sessions.live(self, &ctx.scope, ctx.user).await? else { return Ok(false) };
        let open = live.sessions.iter().any(|(id, expires)| *id == ctx.session.id() && *expires > now);
        Ok(served && live.active && live.role == ctx.role && open)
    }

    /// Which API issued a token, whatever its age; `None` if it is not ours.
    pub fn issuer_of(&self, bearer: &str) -> Option<Face> {
        self.tokens.read(bearer).map(|claims| claims.api)
    }
}
