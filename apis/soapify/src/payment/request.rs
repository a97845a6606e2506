//! `POST /api/integrations/payment/request/`: a patient is asked to pay.

use crate::answer::{Answer, Errors, Refused};
use crate::moment::Moment;
use crate::wallet::spelled;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::contact::MAX_PHONE;
use ward_domain::ledger::MAX_DESCRIPTION;
use ward_domain::refusal::FieldErrors;
use ward_http::{Caller, Given, JsonBody, Outcome, RequestUrl};
use ward_services::House;
use ward_services::payment::{self, NewPayment};

/// What is to be paid, and by whom.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RequestPayment {
    /// In the currency's smallest units: whole rials, cents.
    #[schema(value_type = i64, example = 500_000)]
    amount: Given<i64>,
    #[schema(value_type = String, max_length = 32, example = "+989123456789")]
    patient_phone: Given<String>,
    /// The patient reads it on the pay page.
    #[schema(value_type = Option<String>, max_length = 500, example = "Consultation fee for 2024-01-20")]
    description: Given<String>,
}

/// A payment that can be paid.
#[derive(Debug, Serialize, ToSchema)]
pub struct Requested {
    #[schema(example = "550e8400-e29b-81d4-a716-446655440000")]
    transaction_id: String,
    /// Where the patient pays, without a log-in: for a link, or as the picture below.
    #[schema(example = "https://pay.example/gateway/12345")]
    payment_url: String,
    #[schema(example = 500_000)]
    amount: i64,
    #[schema(example = "IRR")]
    currency: String,
    #[schema(example = "pending")]
    status: &'static str,
    /// Until when it is waited for.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Moment>,
    /// The address of the pay page as a picture for a camera.
    #[schema(example = "data:image/png;base64,iVBORw0KGgo…")]
    qr_code: String,
}

/// Ask a patient to pay. The doctor is written to when it is paid.
#[utoipa::path(
    post, path = "/api/integrations/payment/request/", tag = "Wallet & Payments", security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once.")),
    request_body = RequestPayment,
    responses(
        (status = 201, description = "The payment, pending.", body = Answer<Requested>),
        (status = 409, description = "`TOO_MANY_PENDING`: as many wait as may.", body = Refused),
        (status = 501, description = "No payment gateway is set up, or it did not take the payment on.", body = Refused),
        Errors
    )
)]
pub async fn request(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    url: RequestUrl,
    JsonBody(body): JsonBody<RequestPayment>,
) -> Outcome<impl IntoResponse> {
    let made = payment::request(&house, &ctx, body.read()?).await?;
    // The sandbox's page is Ward's own.
    let payment_url = if made.pay_url.starts_with('/') {
        format!("{}{}", url.origin(), made.pay_url)
    } else {
        made.pay_url
    };
    let qr_code = format!("data:image/png;base64,{}", STANDARD.encode(payment::picture(&payment_url)?));
    let requested = Requested {
        transaction_id: spelled(made.id.id()),
        payment_url,
        amount: made.money.minor,
        currency: made.money.currency.into(),
        status: made.status.word(),
        expires_at: made.expires_at.map(Moment::from),
        qr_code,
    };
    Ok((StatusCode::CREATED, Json(Answer::new(requested, ctx.now))))
}

impl RequestPayment {
    fn read(self) -> Outcome<NewPayment> {
        let mut errors = FieldErrors::default();
        let amount = self.amount.required("amount", &mut errors).unwrap_or_default();
        let phone = self.patient_phone.line(MAX_PHONE).not_blank().required("patient_phone", &mut errors);
        let description = self.description.lines(MAX_DESCRIPTION).optional("description", &mut errors);
        errors.finish()?;
        let (phone, description) = (phone.unwrap_or_default(), description.unwrap_or_default());
        Ok(NewPayment { amount, phone, description })
    }
}
