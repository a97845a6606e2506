//! `POST /api/integrations/wallet/transactions/{id}/settle/`: the hospital has sent what was asked for, or will not.

use super::{Transaction, TransactionPath};
use crate::answer::{Answer, Errors, Refused};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::ledger::MAX_DESCRIPTION;
use ward_domain::refusal::FieldErrors;
use ward_http::{Caller, Given, InPath, JsonBody, Outcome};
use ward_services::House;
use ward_services::payment::{self, Settling};

/// What became of a refund or withdrawal.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Settle {
    /// `completed`: the money was sent. `failed`: it will not be.
    #[schema(value_type = String, example = "completed")]
    status: Given<String>,
    /// For the doctor: a bank's reference, or why not.
    #[schema(value_type = Option<String>, max_length = 500)]
    note: Given<String>,
}

/// Complete or reject a refund or withdrawal: the administrator's. The same said twice is one; otherwise than before is
/// refused.
#[utoipa::path(
    post, path = "/api/integrations/wallet/transactions/{id}/settle/", tag = "Wallet & Payments",
    security(("bearer" = [])),
    params(("id" = String, Path, description = "As it was given.")),
    request_body = Settle,
    responses(
        (status = 200, description = "The refund or withdrawal as it is now.", body = Answer<Transaction>),
        (status = 404, description = "There is none of this id.", body = Refused),
        (status = 409, description = "`ALREADY_SETTLED` otherwise, or `NOT_SETTLED_BY_HAND`: a payment.", body = Refused),
        Errors
    )
)]
pub async fn settle(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    InPath(TransactionPath(id)): InPath<TransactionPath>,
    JsonBody(body): JsonBody<Settle>,
) -> Outcome<Json<Answer<Transaction>>> {
    let mut errors = FieldErrors::default();
    let done = body.status.choice(&[("completed", true), ("failed", false)]).required("status", &mut errors);
    let note = body.note.lines(MAX_DESCRIPTION).optional("note", &mut errors).unwrap_or_default();
    errors.finish()?;
    let settling = Settling { done: done.unwrap_or_default(), note };
    let settled = payment::settle(&house, &ctx, id, settling).await?;
    Ok(Json(Answer::new(settled.into(), ctx.now)))
}
