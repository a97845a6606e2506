//! `POST /api/webhooks/{id}/rotate/`

use super::FACE;
use super::webhook::{Webhook, with_secret};
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::ToSchema;
use ward_domain::refusal::FieldErrors;
use ward_domain::webhook::{MAX_OVERLAP_HOURS, MAX_SECRET};
use ward_http::{Caller, Given, InPath, JsonBody, Outcome, PathId};
use ward_services::webhook;

/// How long the secret before is good where nothing is said, in hours.
const OVERLAP_HOURS: i64 = 24;

/// The new secret; the body may be missing.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct RotateSecret {
    /// 16 to 256 characters; Ward makes one where none is given, and shows it once.
    #[schema(value_type = Option<String>)]
    secret: Given<String>,
    /// How long the secret before signs as well, 0 to 168 hours; 24 where it is not said.
    #[schema(value_type = Option<i64>, example = 24)]
    overlap_hours: Given<i64>,
}

/// Gives a webhook a new secret
///
/// While both are good, `X-MedCor-Signature` is of the new one and `X-MedCor-Signature-Old` of the one before, and the header
/// of Standard Webhooks holds both. A third is never good: the oldest ends at once.
#[utoipa::path(
    post,
    path = "/api/webhooks/{id}/rotate/",
    operation_id = "rotate_webhook_secret",
    tag = "Webhooks",
    params(("id" = u64, Path), ("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once")),
    request_body = Option<RotateSecret>,
    responses((status = 200, body = Webhook), Writing)
)]
pub(crate) async fn rotate(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    JsonBody(body): JsonBody<RotateSecret>,
) -> Outcome<impl IntoResponse> {
    let mut errors = FieldErrors::default();
    let secret = body.secret.secret(MAX_SECRET * 4).optional("secret", &mut errors);
    let hours = body.overlap_hours.within(0..=MAX_OVERLAP_HOURS).optional("overlap_hours", &mut errors);
    errors.finish()?;
    let made = webhook::rotate(&house, &ctx, FACE, id, secret, hours.unwrap_or(OVERLAP_HOURS)).await?;
    Ok(with_secret(made, ctx.now))
}
