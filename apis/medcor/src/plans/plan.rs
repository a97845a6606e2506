//! A plan on the wire.

use axum::Json;
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::subscription;
use ward_domain::time::Time;
use ward_http::extract::etag;
use ward_services::house::Versioned;

/// A plan that hospitals can subscribe to. A quota of null has no end.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubscriptionPlan {
    id: u64,
    #[schema(example = "Clinic")]
    name: String,
    /// Its name among programs: never that of another plan.
    #[schema(example = "clinic")]
    code: String,
    description: String,
    /// For one period, as a decimal number.
    #[schema(example = "49.00")]
    price: String,
    /// ISO 4217.
    #[schema(example = "USD")]
    currency: String,
    /// `monthly` or `yearly`.
    billing_period: &'static str,
    /// Active ones, as the next two.
    max_doctors: Option<u64>,
    max_patients: Option<u64>,
    /// Administrators and staff.
    max_members: Option<u64>,
    max_appointments_per_month: Option<u64>,
    features: Vec<String>,
    /// Whether hospitals can subscribe to it.
    is_active: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
}

impl From<subscription::SubscriptionPlan> for SubscriptionPlan {
    fn from(plan: subscription::SubscriptionPlan) -> Self {
        Self {
            id: plan.id.get(),
            name: plan.name,
            code: plan.code,
            description: plan.description,
            price: plan.price.written(),
            currency: plan.price.currency,
            billing_period: plan.period.word(),
            max_doctors: plan.max_doctors,
            max_patients: plan.max_patients,
            max_members: plan.max_members,
            max_appointments_per_month: plan.max_appointments_per_month,
            features: plan.features,
            is_active: plan.active,
            created_at: plan.created_at,
            updated_at: plan.updated_at,
        }
    }
}

/// A plan as an answer, with its version.
pub(super) fn one(found: Versioned<subscription::SubscriptionPlan>) -> impl IntoResponse {
    (etag(found.version), Json(SubscriptionPlan::from(found.document)))
}
