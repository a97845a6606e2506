//! `GET /api/integrations/health/`

use crate::answer::{Answer, Errors};
use crate::moment::Moment;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::time::Time;
use ward_http::{Caller, Outcome};
use ward_services::House;
use ward_services::health::{Found, Look, Overall, Standing};

/// The house, and its parts by the document's names.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// healthy; degraded: something that is configured does not answer; unhealthy: the database does not.
    #[schema(example = "healthy")]
    overall_status: &'static str,
    services: Parts,
    #[schema(value_type = String, format = DateTime)]
    timestamp: Moment,
}

/// The parts.
#[derive(Debug, Serialize, ToSchema)]
pub struct Parts {
    database: Part,
    /// Ward has none: always `not_configured`.
    redis: Part,
    s3_storage: Part,
    ai_service: AiPart,
    sms_gateway: SmsPart,
}

/// A part.
#[derive(Debug, Serialize, ToSchema)]
pub struct Part {
    /// healthy, unhealthy or `not_configured`.
    #[schema(example = "healthy")]
    status: &'static str,
    /// How long it took to answer; 0 where there is nothing to ask.
    response_time_ms: u64,
}

/// What writes notes.
#[derive(Debug, Serialize, ToSchema)]
pub struct AiPart {
    #[serde(flatten)]
    part: Part,
    #[schema(example = "ward-scribe")]
    model_version: String,
}

/// What sends SMS.
#[derive(Debug, Serialize, ToSchema)]
pub struct SmsPart {
    #[schema(example = "healthy")]
    status: &'static str,
    /// In the provider's own unit; 0 where nothing is configured, null where the provider did not say.
    #[schema(example = 5420)]
    remaining_credits: Option<f64>,
}

/// The parts of the house, each asked within two seconds; what was found is kept for five.
#[utoipa::path(
    get, path = "/api/integrations/health/", tag = "Integrations", security(("bearer" = [])),
    responses((status = 200, description = "As it was found.", body = Answer<Health>), Errors)
)]
pub async fn health(State(house): State<Arc<House>>, Caller(ctx): Caller) -> Outcome<Json<Answer<Health>>> {
    let found = house.services.look().await;
    let now = house.env.now().max(ctx.now);
    Ok(Json(Answer::new(Health::new(&found, now), now)))
}

impl Health {
    fn new(found: &[Found], timestamp: Time) -> Self {
        let overall_status = Overall::of(found).word();
        let (ai, sms) = (look(found, "ai_service"), look(found, "sms_gateway"));
        let none = (sms.standing == Standing::NotConfigured).then_some(0.0);
        let services = Parts {
            database: part(found, "database"),
            redis: part(found, "redis"),
            s3_storage: part(found, "s3_storage"),
            ai_service: AiPart {
                part: part(found, "ai_service"),
                model_version: ai.version.unwrap_or_default(),
            },
            sms_gateway: SmsPart { status: sms.standing.word(), remaining_credits: sms.credit.or(none) },
        };
        Self { overall_status, services, timestamp: timestamp.into() }
    }
}

fn look(found: &[Found], key: &str) -> Look {
    let found = found.iter().find(|found| found.key == key);
    found.map_or(Look::of(Standing::NotConfigured), |found| found.look.clone())
}

fn part(found: &[Found], key: &str) -> Part {
    let ms = found.iter().find(|found| found.key == key).map_or(0, |found| found.ms);
    Part { status: look(found, key).standing.word(), response_time_ms: ms }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn it_has_exactly_the_documented_keys() {
        let found = |key, standing, vital| Found { key, look: Look::of(standing), ms: 5, vital };
        let mut all = vec![
            found("database", Standing::Healthy, true),
            found("s3_storage", Standing::Unhealthy, false),
            found("ai_service", Standing::Healthy, false),
            found("sms_gateway", Standing::Healthy, false),
            found("search", Standing::Healthy, false),
        ];
        all[2].look.version = Some("ward-scribe 1".into());
        all[3].look.credit = Some(5420.0);
        let expected = json!({
            "overall_status": "degraded",
            "services": {
                "database": {"status": "healthy", "response_time_ms": 5},
                "redis": {"status": "not_configured", "response_time_ms": 0},
                "s3_storage": {"status": "unhealthy", "response_time_ms": 5},
                "ai_service": {"status": "healthy", "response_time_ms": 5, "model_version": "ward-scribe 1"},
                "sms_gateway": {"status": "healthy", "remaining_credits": 5420.0}
            },
            "timestamp": "2024-01-20T10:00:00Z"
        });
        let health = Health::new(&all, Time::parse("2024-01-20T10:00:00Z").unwrap());
        assert_eq!(serde_json::to_value(health).unwrap(), expected);
    }
}
