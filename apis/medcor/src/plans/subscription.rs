//! A hospital's subscription on the wire.

use super::plan::SubscriptionPlan;
use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::id::UserId;
use ward_domain::subscription::{Quota, SubscriptionChange};
use ward_domain::time::Time;
use ward_services::subscription::Current;

/// What a hospital is subscribed to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Subscription {
    hospital: u64,
    /// The plan's code.
    #[schema(example = "clinic")]
    plan_code: String,
    /// The plan as it is now; null where it is no more. What the hospital may use stands in `quotas`.
    plan: Option<SubscriptionPlan>,
    /// `active`; `cancelled` until the period ends.
    status: &'static str,
    #[schema(value_type = Option<String>, format = DateTime)]
    started_at: Option<Time>,
    #[schema(value_type = Option<String>, format = DateTime)]
    current_period_start: Option<Time>,
    #[schema(value_type = Option<String>, format = DateTime)]
    current_period_end: Option<Time>,
    /// When a cancelled one ends, and the code of the plan that follows.
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<Time>,
    next_plan_code: Option<String>,
    quotas: Vec<QuotaState>,
}

/// What the hospital may use, and uses.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuotaState {
    /// `max_doctors`, `max_patients`, `max_members`, `max_appointments_per_month`.
    name: &'static str,
    /// Null has no end.
    limit: Option<u64>,
    in_use: u64,
}

impl From<Current> for Subscription {
    fn from(current: Current) -> Self {
        let hospital = current.hospital;
        let ends = hospital.subscription.as_ref().and_then(|subscription| subscription.ends.clone());
        let quota = |quota: Quota| QuotaState {
            name: quota.field(),
            limit: quota.limit(&hospital.plan),
            in_use: current.used.of(quota),
        };
        Self {
            hospital: hospital.id.get(),
            status: if ends.is_some() { "cancelled" } else { "active" },
            quotas: Quota::ALL.map(quota).into(),
            plan_code: hospital.plan.code,
            plan: current.plan.map(Into::into),
            started_at: hospital.subscription.map(|subscription| subscription.since),
            current_period_start: current.period.map(|(from, _)| from),
            current_period_end: current.period.map(|(_, until)| until),
            ends_at: ends.as_ref().map(|ends| ends.at),
            next_plan_code: ends.map(|ends| ends.quotas.code),
        }
    }
}

/// What happened to a hospital's subscription.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubscriptionEvent {
    id: u64,
    /// `subscribed`, `cancelled`, `ended`.
    event: &'static str,
    from_plan: String,
    to_plan: String,
    #[schema(value_type = String, format = DateTime)]
    effective_at: Time,
    /// Who did it, or had done what led to it.
    user: Option<u64>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
}

impl From<SubscriptionChange> for SubscriptionEvent {
    fn from(change: SubscriptionChange) -> Self {
        Self {
            id: change.id.get(),
            event: change.step.word(),
            from_plan: change.from,
            to_plan: change.to,
            effective_at: change.effective,
            user: change.by.map(UserId::get),
            created_at: change.at,
        }
    }
}
