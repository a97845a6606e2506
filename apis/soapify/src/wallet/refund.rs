//! `POST /api/integrations/wallet/transactions/{id}/refund/`: a patient is to get money back.

use super::{Transaction, TransactionPath};
use crate::answer::{Answer, Errors, Refused};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::ledger::MAX_DESCRIPTION;
use ward_domain::refusal::FieldErrors;
use ward_http::{Caller, Given, InPath, JsonBody, Outcome};
use ward_services::House;
use ward_services::payment::{self, NewRefund};

/// What is to be given back; the body may be missing.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Refund {
    /// In the currency's smallest units; all that is left of the payment where it is not given.
    #[schema(value_type = Option<i64>, example = 100_000)]
    amount: Given<i64>,
    #[schema(value_type = Option<String>, max_length = 500)]
    reason: Given<String>,
}

/// Ask that a completed payment be given back, or a part of it. It leaves the wallet at once; the hospital's
/// administrator gives it back at the payment provider and completes the refund, or rejects it.
#[utoipa::path(
    post, path = "/api/integrations/wallet/transactions/{id}/refund/", tag = "Wallet & Payments",
    security(("bearer" = [])),
    params(
        ("id" = String, Path, description = "The payment's, as it was given."),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once."),
    ),
    request_body = Option<Refund>,
    responses(
        (status = 201, description = "The refund, pending.", body = Answer<Transaction>),
        (status = 404, description = "There is no such payment for the caller.", body = Refused),
        (status = 409, description = "`NOT_PAID`, `ALREADY_REFUNDED` or `INSUFFICIENT_BALANCE`.", body = Refused),
        Errors
    )
)]
pub async fn refund(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    InPath(TransactionPath(id)): InPath<TransactionPath>,
    JsonBody(body): JsonBody<Refund>,
) -> Outcome<impl IntoResponse> {
    let mut errors = FieldErrors::default();
    let amount = body.amount.optional("amount", &mut errors);
    let reason = body.reason.lines(MAX_DESCRIPTION).optional("reason", &mut errors).unwrap_or_default();
    errors.finish()?;
    let made = payment::refund(&house, &ctx, id, NewRefund { amount, reason }).await?;
    Ok((StatusCode::CREATED, Json(Answer::new(Transaction::from(made), ctx.now))))
}
