//! `POST /api/webhooks/{id}/replay/`

use super::FACE;
use super::delivery::statuses;
use crate::Desk;
use crate::description::Writing;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_domain::zone::Zone;
use ward_http::{Caller, Given, InPath, JsonBody, Outcome, PathId, bounds};
use ward_services::Filters;
use ward_services::webhook::{self, ReplayQuery};

/// What is to be sent again.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ReplayRange {
    /// What happened from then on; a date is a day of the hospital.
    #[schema(value_type = String, example = "2025-01-20T09:00:00Z")]
    since: Given<String>,
    /// What happened until then, inclusive.
    #[schema(value_type = String, example = "2025-01-20T12:00:00Z")]
    until: Given<String>,
    /// Only what is `delivered` or `dead`; both where it is not said.
    #[schema(value_type = Option<String>, example = "dead")]
    status: Given<String>,
}

impl ReplayRange {
    fn read(self, zone: &Zone) -> Result<ReplayQuery, Refusal> {
        let mut errors = FieldErrors::default();
        let from = bounds::from(self.since.line(40), zone).required("since", &mut errors);
        let until = bounds::until(self.until.line(40), zone).required("until", &mut errors);
        let status = self.status.choice(&statuses()).optional("status", &mut errors);
        if let (Some(from), Some(until)) = (from, until) {
            errors.check(from <= until, "until", "Must not be before since.");
        }
        errors.finish()?;
        Ok(ReplayQuery { happened: Filters { from, until }, status })
    }
}

/// How much is sent again.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Replayed {
    count: usize,
}

/// Sends again what happened within a time
///
/// At most 10,000 deliveries, in the order in which they happened, with the same event ids and bodies.
#[utoipa::path(
    post,
    path = "/api/webhooks/{id}/replay/",
    operation_id = "replay_webhook",
    tag = "Webhooks",
    params(("id" = u64, Path), ("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once")),
    request_body = ReplayRange,
    responses((status = 200, body = Replayed), Writing)
)]
pub(crate) async fn replay(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    JsonBody(body): JsonBody<ReplayRange>,
) -> Outcome<Json<Replayed>> {
    let query = body.read(&house.zone(&ctx).await)?;
    let count = webhook::replay_range(&house, &ctx, FACE, id, query).await?;
    Ok(Json(Replayed { count }))
}
