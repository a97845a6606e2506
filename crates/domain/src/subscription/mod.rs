//! Plans that hospitals subscribe to, and what a hospital's subscription is.
//!
//! A plan is the platform's. A hospital that subscribes takes a copy of what the plan gives it
//! ([`crate::hospital::Plan`]): what is changed of a plan later holds for subscriptions that begin later, and a hospital
//! is never overrun by an edit that nobody told it of.

mod plan;
mod price;
mod quota;
mod subscribe;

pub use plan::{PlanCommand, PlanText, SubscriptionPlan};
pub use price::Price;
pub use quota::{Quota, Usage};
pub use subscribe::{Ending, Step, Subscribe, Subscription, SubscriptionChange};

use serde::{Deserialize, Serialize};

/// The most plans that the platform has.
pub const MAX_PLANS: usize = 200;
/// Longest name, in characters.
pub const MAX_NAME: usize = 100;
/// Longest code, in characters.
pub const MAX_CODE: usize = 50;
/// Longest description, in characters.
pub const MAX_DESCRIPTION: usize = 2_000;
/// The most features that a plan names.
pub const MAX_FEATURES: usize = 50;
/// Longest feature, in characters.
pub const MAX_FEATURE: usize = 200;

/// How long one period of a subscription is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BillingPeriod {
    /// A month.
    Monthly,
    /// A year.
    Yearly,
}

impl BillingPeriod {
    /// Both, by their words.
    pub const WORDS: [(&'static str, Self); 2] = [("monthly", Self::Monthly), ("yearly", Self::Yearly)];

    /// Its word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Monthly => "monthly",
            Self::Yearly => "yearly",
        }
    }

    /// Its length in months.
    pub const fn months(self) -> i32 {
        match self {
            Self::Monthly => 1,
            Self::Yearly => 12,
        }
    }
}

#[cfg(test)]
mod tests;
