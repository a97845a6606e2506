//! `POST /api/medical-records/patient/{patient_id}/break-glass/`

use super::glass::BreakGlass;
use crate::Desk;
use crate::description::Writing;
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use ward_domain::chart::{MAX_REASON, MINUTES};
use ward_domain::refusal::FieldErrors;
use ward_http::{Caller, Given, InPath, JsonBody, Outcome, PathId};
use ward_services::chart::break_glass;

/// Why, and for how long.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct OpenChart {
    /// 10 to 500 characters.
    #[schema(value_type = String, example = "Unconscious in the emergency room, no one to ask")]
    reason: Given<String>,
    /// 5 to 1440.
    #[schema(value_type = Option<i64>, default = 60)]
    minutes: Given<i64>,
}

/// How long a chart is open where nothing is said, in minutes.
const DEFAULT_MINUTES: i64 = 60;

/// Breaks the glass before a patient's chart
///
/// Opens the whole chart to the calling doctor for a while. The hospital is told by mail, and everything that is looked at
/// stands in the audit trail as `read_break_glass` and `list_break_glass`.
#[utoipa::path(
    post,
    path = "/api/medical-records/patient/{patient_id}/break-glass/",
    operation_id = "break_glass",
    tag = "Break-glass",
    params(
        ("patient_id" = u64, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once"),
    ),
    request_body = OpenChart,
    responses((status = 201, body = BreakGlass), Writing)
)]
pub(crate) async fn open(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(patient)): InPath<PathId>,
    JsonBody(body): JsonBody<OpenChart>,
) -> Outcome<(StatusCode, Json<BreakGlass>)> {
    let mut errors = FieldErrors::default();
    let reason = body.reason.lines(MAX_REASON).not_blank().required("reason", &mut errors);
    let minutes = body.minutes.within(MINUTES).optional("minutes", &mut errors);
    errors.finish()?;
    let (reason, minutes) = (reason.unwrap_or_default(), minutes.unwrap_or(DEFAULT_MINUTES));
    let opened = break_glass(&house, &ctx, patient, &reason, minutes).await?;
    Ok((StatusCode::CREATED, Json(BreakGlass::new(opened, ctx.now))))
}
