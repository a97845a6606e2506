//! `POST /api/auth/users/patients/{id}/merge/`, `GET /api/auth/users/patients/{id}/merges/`

use super::duplicates::Which;
use crate::Desk;
use crate::description::{Reading, Writing};
use crate::list::{Page, page, slice};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use ward_domain::account::MergePlan;
use ward_domain::id::Id;
use ward_domain::refusal::FieldErrors;
use ward_domain::time::Time;
use ward_http::{Caller, Given, InPath, JsonBody, Listing, Outcome, Params, PathId, RequestUrl};
use ward_services::user::{self, Merging};

/// Longest reason, in characters.
const MAX_REASON: usize = 2_000;

/// Which account ends.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct MergePatient {
    /// The patient's second account.
    #[schema(value_type = u64)]
    duplicate: Given<Id>,
    /// Why; it stands with the merge.
    #[schema(value_type = String, example = "Registered a second time at the desk")]
    reason: Given<String>,
}

/// A merge, and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Merge {
    /// The account that stays.
    survivor: u64,
    /// The account that became part of it.
    duplicate: u64,
    reason: String,
    /// Who asked for it.
    merged_by: u64,
    /// `prepared`, `moving` or `done`.
    #[schema(example = "done")]
    status: &'static str,
    /// Appointments that moved.
    moved_appointments: u64,
    /// Medical records, treatments and prescriptions that moved.
    moved_documents: u64,
    /// Appointments that stayed, because the survivor has another one at that time: cancel or move one of the two, and
    /// merge again. At most 100.
    needs_attention: Vec<u64>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
}

impl From<MergePlan> for Merge {
    fn from(plan: MergePlan) -> Self {
        Self {
            survivor: plan.survivor.get(),
            duplicate: plan.duplicate.get(),
            reason: plan.reason,
            merged_by: plan.behalf.user.get(),
            status: plan.stage.word(),
            moved_appointments: plan.moved,
            moved_documents: plan.moved_documents,
            needs_attention: plan.attention.iter().map(|id| id.get()).collect(),
            created_at: plan.created_at,
            updated_at: plan.updated_at,
        }
    }
}

/// Merges a patient's second account into this one
///
/// For administrators. The second account ends: its log-ins are free, its sessions over, and it says `merged_into`. Its
/// appointments, past and to come, become this patient's, and so does what stands in its chart: medical records with their
/// attachments, treatments, prescriptions. Allergies that this patient's account does not name are added to it. Recorded consultations belong to no account, and stay as they
/// are. Sent again, it tries again what needs attention. There is no way back.
#[utoipa::path(
    post,
    path = "/api/auth/users/patients/{id}/merge/",
    operation_id = "merge_patient",
    tag = "Users",
    params(("id" = u64, Path)),
    request_body = MergePatient,
    responses((status = 200, body = Merge), Writing)
)]
pub(crate) async fn merge(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(survivor)): InPath<PathId>,
    JsonBody(body): JsonBody<MergePatient>,
) -> Outcome<Json<Merge>> {
    let mut errors = FieldErrors::default();
    let duplicate = body.duplicate.required("duplicate", &mut errors);
    let reason = body.reason.lines(MAX_REASON).not_blank().required("reason", &mut errors);
    errors.finish()?;
    let (Some(duplicate), Some(reason)) = (duplicate, reason) else { unreachable!("noted above") };
    let merged = user::merge(&house, &ctx, Merging { survivor, duplicate, reason }).await?;
    Ok(Json(merged.into()))
}

/// Lists the merges into a patient
///
/// For administrators; newest first.
#[utoipa::path(
    get,
    path = "/api/auth/users/patients/{id}/merges/",
    operation_id = "list_patient_merges",
    tag = "Users",
    params(("id" = u64, Path), Which),
    responses((status = 200, body = Page<Merge>), Reading)
)]
pub(crate) async fn merges(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(survivor)): InPath<PathId>,
    url: RequestUrl,
    mut params: Params,
) -> Outcome<impl IntoResponse> {
    let wanted = page(&mut params);
    params.finish()?;
    let listed = user::merges(&house, &ctx, survivor, slice(wanted)).await?;
    Ok(Listing(Page::new(wanted, &url, listed, |plan| Merge::from(plan.document))))
}
