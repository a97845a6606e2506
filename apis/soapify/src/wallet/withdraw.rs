//! `POST /api/integrations/wallet/withdrawals/`: a doctor takes money out.

use super::Transaction;
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
use ward_http::{Caller, Given, JsonBody, Outcome};
use ward_services::House;
use ward_services::payment::{self, NewWithdrawal};

/// What is to be taken out.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Withdraw {
    /// In the currency's smallest units; at most what is in the wallet.
    #[schema(value_type = i64, example = 400_000)]
    amount: Given<i64>,
    /// For the hospital: to which bank account.
    #[schema(value_type = Option<String>, max_length = 500)]
    description: Given<String>,
}

/// Ask for money of one's wallet. It leaves the wallet at once; the hospital's administrator sends it and completes the
/// withdrawal, or rejects it, and it is in the wallet again.
#[utoipa::path(
    post, path = "/api/integrations/wallet/withdrawals/", tag = "Wallet & Payments", security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once.")),
    request_body = Withdraw,
    responses(
        (status = 201, description = "The withdrawal, pending.", body = Answer<Transaction>),
        (status = 409, description = "`INSUFFICIENT_BALANCE`: there is not as much in the wallet.", body = Refused),
        Errors
    )
)]
pub async fn withdraw(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    JsonBody(body): JsonBody<Withdraw>,
) -> Outcome<impl IntoResponse> {
    let mut errors = FieldErrors::default();
    let amount = body.amount.required("amount", &mut errors).unwrap_or_default();
    let description = body.description.lines(MAX_DESCRIPTION).optional("description", &mut errors);
    errors.finish()?;
    let new = NewWithdrawal { amount, description: description.unwrap_or_default() };
    let made = payment::withdraw(&house, &ctx, new).await?;
    Ok((StatusCode::CREATED, Json(Answer::new(Transaction::from(made), ctx.now))))
}
