//! `GET /api/encounters/{id}/`: a consultation with its transcript and note.

use super::Detail;
use super::create::object_url;
use crate::answer::{Answer, Errors, Refused};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use std::sync::Arc;
use ward_http::extract::etag;
use ward_http::{Caller, InPath, Outcome, PathId, RequestUrl};
use ward_services::encounter::Chart;
use ward_services::{Ctx, House, encounter};

/// A consultation.
#[utoipa::path(
    get, path = "/api/encounters/{id}/", tag = "Encounters", security(("bearer" = [])),
    params(("id" = u64, Path)),
    responses(
        (status = 200, description = "The consultation.", body = Answer<Detail>),
        (status = 404, description = "There is none of this id for the caller.", body = Refused),
        Errors
    )
)]
pub async fn read(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    url: RequestUrl,
) -> Outcome<impl IntoResponse> {
    let chart = encounter::read(&house, &ctx, id).await?;
    let (version, link) = (chart.encounter.version, link(&house, &ctx, &chart, &url));
    Ok((etag(version), Json(Answer::new(Detail::new(chart, link), ctx.now))))
}

/// The link to a consultation's recording; empty without one.
pub(super) fn link(house: &House, ctx: &Ctx, chart: &Chart, url: &RequestUrl) -> String {
    let link = encounter::audio_link(house, &ctx.scope, &chart.encounter.document);
    link.map(|path| object_url(url, &path)).unwrap_or_default()
}
