//! `POST /api/integrations/invitations/`

use super::Invitation;
use crate::answer::{Answer, Errors, Refused};
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::contact::{MAX_NAME, MAX_PHONE};
use ward_domain::policy::Role;
use ward_domain::refusal::FieldErrors;
use ward_http::{Caller, Given, JsonBody, Outcome};
use ward_services::House;
use ward_services::invitation::{self, NewInvitation};

/// Roles that a hospital gives.
const ROLES: [Role; 4] = [Role::Doctor, Role::Staff, Role::HospitalAdmin, Role::Patient];

/// Who is invited.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Invite {
    /// With its country's code.
    #[schema(value_type = String, example = "+989123456789")]
    phone_number: Given<String>,
    /// doctor, staff, admin or patient.
    #[schema(value_type = String, example = "doctor")]
    role: Given<String>,
    #[schema(value_type = Option<String>, example = "John")]
    first_name: Given<String>,
    #[schema(value_type = Option<String>, example = "Smith")]
    last_name: Given<String>,
}

/// Invite a telephone number into a role.
///
/// For the hospital's administrator. Whoever shows the number's code within 14 days (`/api/integrations/otp/verify/`) gets an
/// account of this role. The number is told by SMS. One invitation stands for a number: a second one is 409, and so is one
/// for a number that has an account already.
#[utoipa::path(
    post, path = "/api/integrations/invitations/", tag = "Authentication", security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once.")),
    request_body = Invite,
    responses(
        (status = 201, description = "It stands.", body = Answer<Invitation>),
        (status = 409, description = "The number is invited, or has an account.", body = Refused),
        Errors
    )
)]
pub async fn create(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    JsonBody(body): JsonBody<Invite>,
) -> Outcome<(StatusCode, Json<Answer<Invitation>>)> {
    let mut errors = FieldErrors::default();
    let phone = body.phone_number.line(MAX_PHONE).required("phone_number", &mut errors);
    let role = body.role.choice(&ROLES.map(|role| (role.word(), role))).required("role", &mut errors);
    let first_name = body.first_name.line(MAX_NAME).optional("first_name", &mut errors);
    let last_name = body.last_name.line(MAX_NAME).optional("last_name", &mut errors);
    errors.finish()?;
    let new = NewInvitation {
        phone_number: phone.unwrap_or_default(),
        role: role.unwrap_or(Role::Patient),
        first_name: first_name.unwrap_or_default(),
        last_name: last_name.unwrap_or_default(),
    };
    let made = invitation::create(&house, &ctx, new).await?;
    Ok((StatusCode::CREATED, Json(Answer::new(made.into(), ctx.now))))
}
