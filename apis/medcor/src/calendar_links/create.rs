//! `POST /api/appointments/calendar-links/`

use super::link::CalendarLink;
use crate::Desk;
use crate::description::Writing;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use ward_domain::id::Id;
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_http::{Caller, Given, JsonBody, Outcome, RequestUrl};
use ward_services::calendar_link::{self, NewLink};

/// What the link shows; the body may be missing.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CreateCalendarLink {
    /// Whether it names patients; only a doctor's can.
    #[schema(value_type = Option<bool>, default = false)]
    with_names: Given<bool>,
    /// Whose calendar; said by the administrator, others mean their own.
    #[schema(value_type = Option<u64>)]
    doctor: Given<Id>,
}

impl CreateCalendarLink {
    fn read(self) -> Result<NewLink, Refusal> {
        let mut errors = FieldErrors::default();
        let with_names = self.with_names.optional("with_names", &mut errors).unwrap_or(false);
        let doctor = self.doctor.optional("doctor", &mut errors);
        errors.finish()?;
        Ok(NewLink { doctor, with_names })
    }
}

/// A link that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreatedCalendarLink {
    #[serde(flatten)]
    link: CalendarLink,
    /// What a calendar program subscribes to. It is the secret, and shown this once; null where the same request was
    /// sent before.
    #[schema(example = "https://ward.example/medcor/api/appointments/calendar/AAAB…x.ics")]
    url: Option<String>,
}

/// Makes a calendar link
///
/// Whoever has its address reads the calendar without a log-in, until the link is revoked. It says when, where and with
/// which doctor, never why.
#[utoipa::path(
    post,
    path = "/api/appointments/calendar-links/",
    operation_id = "create_calendar_link",
    tag = "Calendar links",
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once")),
    request_body = Option<CreateCalendarLink>,
    responses((status = 201, body = CreatedCalendarLink), Writing)
)]
pub(crate) async fn create(
    State(house): Desk,
    Caller(ctx): Caller,
    url: RequestUrl,
    JsonBody(body): JsonBody<CreateCalendarLink>,
) -> Outcome<impl IntoResponse> {
    let made = calendar_link::create(&house, &ctx, body.read()?).await?;
    let url = made.text.map(|text| url.link(&format!("/api/appointments/calendar/{text}.ics")));
    Ok((StatusCode::CREATED, Json(CreatedCalendarLink { link: made.link.into(), url })))
}
