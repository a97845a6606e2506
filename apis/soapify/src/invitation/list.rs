//! `GET /api/integrations/invitations/`

use super::Invitation;
use crate::answer::{Answer, Errors, Page};
use axum::Json;
use axum::extract::State;
use std::sync::Arc;
use ward_http::{Caller, Outcome, Params, RequestUrl};
use ward_services::{House, invitation};

/// The invitations that stand, newest first, for the hospital's administrator.
#[utoipa::path(
    get, path = "/api/integrations/invitations/", tag = "Authentication", security(("bearer" = [])),
    params(
        ("page" = Option<u64>, Query, description = "From 1."),
        ("page_size" = Option<u32>, Query, description = "20; at most 100."),
    ),
    responses((status = 200, description = "A page.", body = Answer<Page<Invitation>>), Errors)
)]
pub async fn list(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    url: RequestUrl,
    mut params: Params,
) -> Outcome<Json<Answer<Page<Invitation>>>> {
    let page = params.page("page_size", 20, 100);
    params.finish()?;
    let wanted = ward_services::PageRequest { offset: page.offset(), limit: page.size as usize };
    let listed = invitation::list(&house, &ctx, wanted).await?;
    let rows = listed.items.into_iter().map(|item| item.document.into()).collect();
    Ok(Json(Answer::new(Page::new(page, listed.total, &url, rows), ctx.now)))
}
