//! A doctor's opening of a chart as this API spells it.

use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::chart;
use ward_domain::time::Time;

/// A doctor's opening of a chart.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BreakGlass {
    id: u64,
    patient: u64,
    doctor: u64,
    reason: String,
    /// True while it opens the chart.
    is_active: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// It lapses by itself.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Time,
    /// Where it was ended before.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Time>,
    /// The user who ended it.
    ended_by: Option<u64>,
}

impl BreakGlass {
    pub fn new(glass: chart::BreakGlass, now: Time) -> Self {
        Self {
            id: glass.id.get(),
            patient: glass.patient.get(),
            doctor: glass.doctor.get(),
            is_active: glass.is_active(now),
            reason: glass.reason,
            created_at: glass.opened_at,
            expires_at: glass.until,
            ended_at: glass.ended.map(|ended| ended.at),
            ended_by: glass.ended.map(|ended| ended.by.get()),
        }
    }
}
