//! `GET /api/audit/stats/`: the trail in figures, for administrators.

use crate::answer::{Answer, Errors};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::time::Time;
use ward_http::{Caller, Outcome, Params, bounds};
use ward_services::House;
use ward_services::audit::{self, AuditStatistics};

/// Counts of entries.
#[derive(Debug, Serialize, ToSchema)]
pub struct Statistics {
    /// All within the dates.
    total: u64,
    /// By action; those that happened.
    by_action: BTreeMap<&'static str, u64>,
    /// In the last 24 hours, whatever the dates.
    last_24_hours: u64,
    /// When it was counted.
    #[schema(value_type = String, format = DateTime)]
    generated_at: Time,
}

/// The audit trail in figures.
#[utoipa::path(
    get, path = "/api/audit/stats/", tag = "Audit", security(("bearer" = [])),
    params(
        ("date_from" = Option<String>, Query, description = "Then or later: a time, or a day of the hospital."),
        ("date_to" = Option<String>, Query, description = "Then or before; a day is included."),
    ),
    responses((status = 200, description = "The figures.", body = Answer<Statistics>), Errors)
)]
pub async fn stats(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    mut params: Params,
) -> Outcome<Json<Answer<Statistics>>> {
    let within = bounds::period(&mut params, &house.zone(&ctx).await);
    params.finish()?;
    let statistics = audit::statistics(&house, &ctx, within).await?;
    Ok(Json(Answer::new("Audit statistics.", statistics.into())))
}

impl From<AuditStatistics> for Statistics {
    fn from(statistics: AuditStatistics) -> Self {
        Self {
            total: statistics.total,
            by_action: statistics.by_action.into_iter().collect(),
            last_24_hours: statistics.last_24_hours,
            generated_at: statistics.at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn figures_stand_under_their_action() {
        let at = Time::parse("2025-01-20T09:00:00Z").unwrap();
        let counted =
            AuditStatistics { total: 3, by_action: vec![("read", 2), ("list", 1)], last_24_hours: 1, at };
        let expected = json!({
            "total": 3, "by_action": {"read": 2, "list": 1}, "last_24_hours": 1,
            "generated_at": "2025-01-20T09:00:00Z"
        });
        assert_eq!(serde_json::to_value(Statistics::from(counted)).unwrap(), expected);
    }
}
