//! `POST /api/integrations/payment/callback/`: the payment provider tells what came of a payment.

use crate::answer::{Answer, Errors, Refused};
use crate::wallet::spelled;
use axum::Json;
use axum::extract::{Request, State};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::ledger::Outcome as Came;
use ward_domain::refusal::{Kind, Refusal};
use ward_http::{Meta, Outcome};
use ward_services::House;
use ward_services::payment;

/// A callback of six short fields.
pub const MAX_BYTES: usize = 16 << 10;

/// What came of a callback.
#[derive(Debug, Serialize, ToSchema)]
pub struct Told {
    transaction_id: String,
    /// The payment's: `completed` or `failed`.
    status: &'static str,
    /// False where this was told, or so, before.
    changed: bool,
}

/// For the payment provider: what came of a payment. The body is signed, as `docs/payments.md` says: the headers hold the
/// time in Unix seconds, and the lower-case hex of HMAC-SHA256 over that time, a point and the body, keyed with the secret
/// that both have. Send it again, signed anew, until it is answered 200; told twice, it counts once.
#[utoipa::path(
    post, path = "/api/integrations/payment/callback/", tag = "Wallet & Payments", security(()),
    params(
        ("X-Payment-Timestamp" = Option<String>, Header, description = "Unix seconds, at most five minutes from now."),
        ("X-Payment-Signature" = Option<String>, Header, description = "Lower-case hex."),
    ),
    request_body(
        content = HashMap<String, String>,
        description = "`event_id`, `reference` (as it was given), `status` (`paid` or `declined`), `amount`, `currency`, `provider_reference`.",
        example = json!({
            "event_id": "evt_81723", "reference": "42.0006b8f4-5f8a-8d0a-a3c1-5b0f4d2e9c11", "status": "paid",
            "amount": 500_000, "currency": "IRR", "provider_reference": "12345"
        }),
    ),
    responses(
        (status = 200, description = "It counts.", body = Answer<Told>),
        (status = 404, description = "There is no such payment.", body = Refused),
        (status = 409, description = "`PAID_TWICE`: it was completed under another reference.", body = Refused),
        (status = 501, description = "No payment gateway is set up.", body = Refused),
        Errors
    )
)]
pub async fn callback(
    State(house): State<Arc<House>>,
    Meta(meta): Meta,
    request: Request,
) -> Outcome<Json<Answer<Told>>> {
    let (parts, body) = request.into_parts();
    let too_large = |_| Refusal::new(Kind::TooLarge, "body_too_large", "The body is too large.");
    let body = axum::body::to_bytes(body, MAX_BYTES).await.map_err(too_large)?;
    let header =
        |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (timestamp, signature) = payment::SIGNED_BY;
    let signature = payment::Signature { timestamp: header(timestamp), signature: header(signature) };
    let told = payment::callback(&house, &meta, signature, &body).await?;
    let answer = Told {
        transaction_id: spelled(told.transaction.id.id()),
        status: told.transaction.status.word(),
        changed: told.outcome != Came::Unchanged,
    };
    Ok(Json(Answer::new(answer, house.env.now())))
}
