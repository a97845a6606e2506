//! `GET /api/integrations/services/`

use crate::answer::{Answer, Errors};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use ward_http::{Caller, Outcome};
use ward_services::House;
use ward_services::health::Standing;

/// What the house is connected with.
#[derive(Debug, Serialize, ToSchema)]
pub struct Integrations {
    integrations: Vec<Integration>,
}

/// One of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct Integration {
    #[schema(example = "sms")]
    id: &'static str,
    name: String,
    description: &'static str,
    /// active; unavailable: it is configured and does not answer; `not_configured`: nothing leaves this server through it.
    #[schema(example = "active")]
    status: &'static str,
    features: Vec<&'static str>,
}

/// What the house is connected with, and whether it works: what is configured was asked a moment ago, but for mail and
/// payments, which are as they are configured: whether those work is seen by using them.
#[utoipa::path(
    get, path = "/api/integrations/services/", tag = "Integrations", security(("bearer" = [])),
    responses((status = 200, description = "All of them.", body = Answer<Integrations>), Errors)
)]
pub async fn services(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
) -> Outcome<Json<Answer<Integrations>>> {
    let found = house.services.integrations().await.into_iter();
    let integrations = found.map(|(one, standing)| Integration {
        id: one.id,
        name: one.name,
        description: one.description,
        status: match standing {
            Standing::Healthy => "active",
            Standing::Unhealthy => "unavailable",
            Standing::NotConfigured => "not_configured",
        },
        features: one.features.to_vec(),
    });
    Ok(Json(Answer::new(Integrations { integrations: integrations.collect() }, ctx.now)))
}
