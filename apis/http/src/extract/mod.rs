//! What handlers take from a request. Every rejection is a [`Failure`] and so ends in the API's envelope.

mod condition;
mod json;
mod path;

pub use condition::{IfMatch, etag};
pub use json::{JsonBody, JsonSent, Sent};
pub use path::PathId;

use crate::authenticate::Identity;
use crate::failure::{Failure, reason};
use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use ward_domain::refusal::{Kind, Refusal};
use ward_services::{Ctx, Fail, RequestMeta};

/// What the front door found out before the handler.
#[derive(Clone)]
pub(crate) struct Asked {
    pub meta: RequestMeta,
    pub identity: Arc<Identity>,
}

impl Asked {
    fn of(parts: &Parts) -> Result<&Self, Failure> {
        parts.extensions.get().ok_or_else(|| Failure::fault("the router was called without the front door"))
    }

    fn ctx(&self) -> Result<Option<Ctx>, Failure> {
        match &*self.identity {
            Identity::Nobody => Ok(None),
            Identity::Known(ctx) => Ok(Some(Ctx::clone(ctx))),
            Identity::TurnedAway(Fail::Refused(refusal)) => Err(refusal.clone().into()),
            Identity::TurnedAway(Fail::Fault(fault)) => Err(Failure::fault(fault.clone())),
        }
    }
}

/// Who asks. Refuses with 401 without a good token.
#[derive(Debug)]
pub struct Caller(pub Ctx);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let missing = || Failure::unauthenticated(reason::TOKEN_MISSING, "Authentication is required.");
        Asked::of(parts)?.ctx()?.ok_or_else(missing).map(Self)
    }
}

/// Who asks, where the operation is open to strangers but does more for some. A bad token is refused: who sends one
/// means to be somebody.
#[derive(Debug)]
pub struct MaybeCaller(pub Option<Ctx>);

impl<S: Sync> FromRequestParts<S> for MaybeCaller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Asked::of(parts)?.ctx().map(Self)
    }
}

/// What the transport knows, with the `Idempotency-Key` of a POST. For operations before a log-in; afterwards it is in
/// the [`Caller`]'s context.
#[derive(Debug)]
pub struct Meta(pub RequestMeta);

impl<S: Sync> FromRequestParts<S> for Meta {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Ok(Self(Asked::of(parts)?.meta.clone()))
    }
}

/// Parameters of the path. One that cannot be read names nothing, so the answer is 404.
#[derive(Debug)]
pub struct InPath<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for InPath<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let not_found = |_| Refusal::new(Kind::NotFound, "not_found", "Not found.");
        let Path(value) = Path::<T>::from_request_parts(parts, state).await.map_err(not_found)?;
        Ok(Self(value))
    }
}
