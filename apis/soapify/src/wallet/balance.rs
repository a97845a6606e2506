//! `GET /api/integrations/wallet/balance/`: what is in the caller's wallet.

use crate::answer::{Answer, Errors};
use crate::moment::Moment;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use ward_http::{Caller, Outcome, Params};
use ward_services::{House, payment};

/// A balance.
#[derive(Debug, Serialize, ToSchema)]
#[allow(clippy::struct_field_names, reason = "as the document names them")]
pub struct Balance {
    /// In the currency's smallest units: whole rials, cents.
    #[schema(example = 2_500_000)]
    balance: i64,
    #[schema(example = "IRR")]
    currency: String,
    /// For people.
    #[schema(example = "2,500,000 ریال")]
    formatted_balance: String,
    /// When it changed last; now, where it never did.
    #[schema(value_type = String, format = DateTime)]
    last_updated: Moment,
}

/// The caller's balance. The administrator names a doctor.
#[utoipa::path(
    get, path = "/api/integrations/wallet/balance/", tag = "Wallet & Payments", security(("bearer" = [])),
    params(("doctor" = Option<u64>, Query, description = "Whose; a doctor's own where it is not given.")),
    responses((status = 200, description = "The balance.", body = Answer<Balance>), Errors)
)]
pub async fn balance(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    mut params: Params,
) -> Outcome<Json<Answer<Balance>>> {
    let doctor = params.id("doctor");
    params.finish()?;
    let found = payment::balance(&house, &ctx, doctor).await?;
    let balance = Balance {
        balance: found.money.minor,
        currency: found.money.currency.into(),
        formatted_balance: found.money.formatted(),
        last_updated: found.updated_at.into(),
    };
    Ok(Json(Answer::new(balance, ctx.now)))
}
