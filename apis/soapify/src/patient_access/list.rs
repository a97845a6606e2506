//! `GET /api/integrations/patients/access/`

use super::request_id;
use crate::answer::{Answer, Errors, Page};
use crate::moment::Moment;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::phone::PatientAccess;
use ward_domain::time::Time;
use ward_http::{Caller, Outcome, Params, RequestUrl};
use ward_services::{House, patient_access};

/// A doctor's access to what is kept of a patient.
#[derive(Debug, Serialize, ToSchema)]
#[allow(clippy::struct_field_names, reason = "as the document names them")]
pub struct Access {
    id: u64,
    #[schema(example = "req_123456")]
    request_id: String,
    /// The doctor's user id.
    doctor: u64,
    /// The patient's user id.
    patient: u64,
    #[schema(example = "view_history")]
    access_type: &'static str,
    reason: String,
    /// pending, active, expired or ended.
    #[schema(example = "active")]
    status: &'static str,
    #[schema(value_type = String, format = DateTime)]
    requested_at: Moment,
    /// Null where it was not given.
    #[schema(value_type = Option<String>, format = DateTime)]
    granted_at: Option<Moment>,
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Moment>,
    /// Null where nobody ended it.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Moment>,
    /// The user who ended it.
    ended_by: Option<u64>,
}

impl Access {
    fn new(access: PatientAccess, now: Time) -> Self {
        Self {
            id: access.id.get(),
            request_id: request_id(access.id),
            doctor: access.doctor.get(),
            patient: access.patient.get(),
            access_type: access.kind.word(),
            status: access.status(now).word(),
            reason: access.reason,
            requested_at: access.asked_at.into(),
            granted_at: access.granted.as_ref().map(|granted| granted.at).map(Moment::from),
            expires_at: access.granted.as_ref().map(|granted| granted.until).map(Moment::from),
            ended_at: access.ended.map(|ended| ended.at).map(Moment::from),
            ended_by: access.ended.map(|ended| ended.by.get()),
        }
    }
}

/// Who has, had, or asks for access, newest first: a doctor's own, those that a patient gave or is asked for, or the
/// hospital's for its administrator.
#[utoipa::path(
    get, path = "/api/integrations/patients/access/", tag = "Patient access", security(("bearer" = [])),
    params(
        ("page" = Option<u64>, Query, description = "From 1."),
        ("page_size" = Option<u32>, Query, description = "20; at most 100."),
    ),
    responses((status = 200, description = "A page.", body = Answer<Page<Access>>), Errors)
)]
pub async fn list(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    url: RequestUrl,
    mut params: Params,
) -> Outcome<Json<Answer<Page<Access>>>> {
    let page = params.page("page_size", 20, 100);
    params.finish()?;
    let wanted = ward_services::PageRequest { offset: page.offset(), limit: page.size as usize };
    let listed = patient_access::list(&house, &ctx, wanted).await?;
    let rows = listed.items.into_iter().map(|item| Access::new(item.document, ctx.now)).collect();
    Ok(Json(Answer::new(Page::new(page, listed.total, &url, rows), ctx.now)))
}
