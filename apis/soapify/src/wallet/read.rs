//! `GET /api/integrations/wallet/transactions/{id}/`: one transaction, for who waits for it to be paid.

use super::{Transaction, TransactionPath};
use crate::answer::{Answer, Errors, Refused};
use axum::Json;
use axum::extract::State;
use std::sync::Arc;
use ward_http::{Caller, InPath, Outcome};
use ward_services::{House, payment};

/// One transaction.
#[utoipa::path(
    get, path = "/api/integrations/wallet/transactions/{id}/", tag = "Wallet & Payments", security(("bearer" = [])),
    params(("id" = String, Path, description = "As it was given.")),
    responses(
        (status = 200, description = "The transaction.", body = Answer<Transaction>),
        (status = 404, description = "There is none of this id for the caller.", body = Refused),
        Errors
    )
)]
pub async fn read(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    InPath(TransactionPath(id)): InPath<TransactionPath>,
) -> Outcome<Json<Answer<Transaction>>> {
    let found = payment::read(&house, &ctx, id).await?;
    Ok(Json(Answer::new(found.into(), ctx.now)))
}
