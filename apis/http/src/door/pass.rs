//! The way through one API: cap, size, who asks, limits, deadline, handler, envelope.

use super::route::Way;
use super::{Inner, Mounted, dress};
use crate::api::Rules;
use crate::authenticate::{Credential, Identity};
use crate::extract::Asked;
use crate::failure::{Failure, reason};
use crate::limits::{Asker, Quota};
use crate::linger::linger;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures::FutureExt as _;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, UPGRADE};
use http::{HeaderMap, Method};
use http_body_util::Limited;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tower::ServiceExt as _;
use ward_domain::refusal::{Kind, Refusal};
use ward_services::RequestMeta;
use ward_services::ctx::Idempotency;

/// Header of a request that may be sent twice and must count once.
const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// Longest such key.
const MAX_KEY_CHARS: usize = 255;

impl Inner {
    pub(super) async fn pass(
        &self,
        way: Way,
        meta: RequestMeta,
        by: &Credential,
        request: Request,
    ) -> Response {
        let api = &self.apis[way.api];
        let mut quota = None;
        // Who asks decides the limits; the time and size of an operation do not depend on it.
        let rules = (api.rules)(request.method(), &way.template, crate::api::Standing::Anonymous);
        let usual = if rules.upload { self.settings.upload_deadline } else { self.settings.deadline };
        let deadline = rules.deadline.unwrap_or(usual);
        let steps = self.steps(api, way, rules, meta.clone(), by, request, &mut quota);
        let outcome = tokio::time::timeout(deadline, AssertUnwindSafe(steps).catch_unwind()).await;
        let response = match outcome {
            Ok(Ok(Ok(response))) => response,
            Ok(Ok(Err(failure))) => failure.into_response(),
            // The panic's own words may quote data: they are not logged here.
            Ok(Err(_)) => Failure::fault("a handler panicked").into_response(),
            Err(_) => Failure::timeout().into_response(),
        };
        let mut response = dress::dress(api.envelope, &meta, response);
        if let Some(quota) = quota {
            dress::tell_quota(&mut response, quota);
        }
        response
    }

    #[allow(clippy::too_many_arguments)] // one call, and a struct would be made for it alone
    async fn steps(
        &self,
        api: &Mounted,
        way: Way,
        rules: Rules,
        mut meta: RequestMeta,
        by: &Credential,
        request: Request,
        quota: &mut Option<Quota>,
    ) -> Result<Response, Failure> {
        let _permit =
            self.permits.try_acquire().map_err(|_| Refusal::overloaded("The server is busy. Try again."))?;
        let mut identity = by.identify(&*self.check, meta.clone()).await;
        *quota = self.count(api, &way.template, request.method(), &identity, &meta);
        if let Some(over) = quota.and_then(|quota| quota.over).filter(|_| self.settings.enforce_limits) {
            let refusal =
                Refusal::new(Kind::Limited, reason::RATE_LIMITED, "Too many requests. Try again later.");
            return Err(Refusal { retry_after_seconds: Some(over), ..refusal }.into());
        }
        if let Some(failure) = way.failure {
            return Err(failure);
        }
        if is_websocket(request.headers()) && !self.settings.origins.take(request.headers()) {
            return Err(Refusal::forbidden("WebSockets are not opened from pages of this origin.").into());
        }
        let usual = if rules.upload { self.settings.max_upload } else { self.settings.max_body };
        let max_body = rules.max_body.unwrap_or(usual);
        let mut request = bounded(request, max_body)?;
        if request.method() == Method::POST
            && let Some(key) = idempotency_key(request.headers())?
        {
            let (digest, again) = digest(request).await?;
            request = again;
            let operation = format!("{} {} {}", api.face.name(), request.method(), request.uri().path());
            meta.idempotency = Some(Idempotency { key, operation, body: digest });
            if let Identity::Known(ctx) = &mut identity {
                ctx.meta = meta.clone();
            }
        }
        request.extensions_mut().insert(Asked { meta, identity: Arc::new(identity) });
        let Ok(response) = api.router.clone().oneshot(request).await;
        Ok(response)
    }

    fn count(
        &self,
        api: &Mounted,
        template: &str,
        method: &Method,
        identity: &Identity,
        meta: &RequestMeta,
    ) -> Option<Quota> {
        let user = if let Identity::Known(ctx) = identity { Some(ctx.user) } else { None };
        let asker = Asker { face: api.face, user, address: meta.address };
        self.limiter.count((api.rules)(method, template, asker.standing()).limits, &asker)
    }
}

/// Browsers open `WebSockets` from any page, whatever CORS says: so the origin is looked at here.
fn is_websocket(headers: &HeaderMap) -> bool {
    headers.get(UPGRADE).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Refuses a body that says it is too large, and cuts one that does not say so.
fn bounded(request: Request, max_bytes: usize) -> Result<Request, Failure> {
    let said =
        request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if said.is_some_and(|bytes| bytes > max_bytes as u64) {
        linger(request.into_body().into_data_stream());
        return Err(Failure::too_large());
    }
    Ok(request.map(|body| Body::new(Limited::new(body, max_bytes))))
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Failure> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let key = value.to_str().unwrap_or_default().trim();
    let good = (1..=MAX_KEY_CHARS).contains(&key.len()) && values.next().is_none();
    if good {
        return Ok(Some(key.to_owned()));
    }
    Err(Refusal::field("Idempotency-Key", "Must be given once, with 1 to 255 visible characters.").into())
}

/// The digest of the body, and the request with the body again.
///
/// A multipart body is not read: its boundary is drawn anew each time it is sent, so two sendings of one request never
/// have the same bytes, and it may be long. Who reads the form puts the digest of its fields in place.
async fn digest(request: Request) -> Result<([u8; 32], Request), Failure> {
    let content_type = request.headers().get(CONTENT_TYPE).map(http::HeaderValue::as_bytes);
    if content_type.is_some_and(|value| value.to_ascii_lowercase().starts_with(b"multipart/")) {
        return Ok((ward_domain::secret::digest(b"multipart"), request));
    }
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.map_err(|error| Failure::of_body(&error))?;
    let digest = ward_domain::secret::digest(&bytes);
    Ok((digest, Request::from_parts(parts, Body::from(bytes))))
}
