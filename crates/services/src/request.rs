//! Requests that may be sent twice and must count once.
//!
//! The claim on a request's key is part of the commit that carries the request out, and holds the digest of the body
//! and what was made. So nothing is ever carried out twice, whatever dies, and a repeated request is answered from
//! what stands.

use crate::{Ctx, Fail, House, RequestMeta};
use serde::{Deserialize, Serialize};
use ward_actors::Failure;
use ward_domain::id::{Id, UserId};
use ward_domain::record::{ClaimKey, ClaimOp};
use ward_domain::refusal::Refusal;
use ward_domain::secret::{digest, hex};
use ward_domain::tenancy::TenantScope;
use ward_domain::time::DAY;

#[derive(Serialize, Deserialize)]
struct Remembered {
    body: String,
    made: Vec<Id>,
}

/// What a request's key says before it is carried out.
pub(crate) enum Known {
    /// It is new, or has no key: carry it out with these claims.
    New(Vec<ClaimOp>),
    /// It was carried out and made these.
    Done(Vec<Id>),
}

impl House {
    /// Looks a request's key up. `made` is what carrying it out will make.
    pub(crate) async fn known(&self, ctx: &Ctx, made: &[Id]) -> Result<Known, Fail> {
        self.known_of(&ctx.scope, Some(ctx.user), &ctx.meta, made).await
    }

    /// The same where what is carried out is kept in the platform's scope, and the claim with it.
    pub(crate) async fn known_to_platform(&self, ctx: &Ctx, made: &[Id]) -> Result<Known, Fail> {
        self.known_of(&ward_tenants::platform(), Some(ctx.user), &ctx.meta, made).await
    }

    /// The same for someone who is not logged in. All of them share the keys of one operation in one hospital: a key
    /// that another drew by chance is answered like one's own with another body.
    pub(crate) async fn known_stranger(
        &self,
        scope: &TenantScope,
        meta: &RequestMeta,
        made: &[Id],
    ) -> Result<Known, Fail> {
        self.known_of(scope, None, meta, made).await
    }

    async fn known_of(
        &self,
        scope: &TenantScope,
        user: Option<UserId>,
        meta: &RequestMeta,
        made: &[Id],
    ) -> Result<Known, Fail> {
        let Some(request) = &meta.idempotency else { return Ok(Known::New(Vec::new())) };
        let now = self.env.now();
        let user = user.map_or(0, UserId::get).to_be_bytes();
        let hash = digest(&[&user[..], request.operation.as_bytes(), &[0], request.key.as_bytes()].concat());
        let key = ClaimKey::request(&hash);
        let body = hex(&request.body);
        if let Some(claim) = self.env.store.claim(scope, &key, now).await? {
            let remembered: Remembered = serde_json::from_slice(&claim.body)
                .map_err(|error| Fail::Fault(format!("a request's claim cannot be read: {error}")))?;
            if remembered.body != body {
                return Err(Refusal::impossible(
                    "idempotency_key_reused",
                    "This Idempotency-Key was used with another request.",
                )
                .into());
            }
            return Ok(Known::Done(remembered.made));
        }
        let remembered = Remembered { body, made: made.to_vec() };
        let body = serde_json::to_vec(&remembered).map_err(|error| Fail::Fault(error.to_string()))?;
        Ok(Known::New(vec![ClaimOp::Take { key, body, expires: Some(now.plus(DAY)) }]))
    }

    /// What to answer where the same request, side by side, came first.
    pub(crate) fn in_flight(failure: Failure) -> Fail {
        match failure {
            Failure::Repeated => Refusal::conflict(
                "request_in_flight",
                "The same request is being carried out: repeat it in a moment.",
            )
            .into(),
            other => other.into(),
        }
    }
}
