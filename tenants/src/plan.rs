//! The plans of the house: those that there are from the first start on. A platform admin changes them like any other
//! plan; the two that something falls back to cannot be taken away.

use crate::{Tenancy, platform};
use std::time::Duration;
use ward_actors::Failure;
use ward_domain::id::Id;
use ward_domain::record::{AggregateKind, Document as _};
use ward_domain::refusal::Kind;
use ward_domain::subscription::{BillingPeriod, PlanCommand, Price, SubscriptionPlan};
use ward_domain::time::Time;
use ward_store::AggregateRef;

/// How long a plan's actor may take.
const DEADLINE: Duration = Duration::from_secs(10);

/// The plan that a hospital falls back to when its subscription ends.
pub const FALLBACK: &str = "trial";

type Quota = Option<u64>;
type Row = (&'static str, &'static str, Quota, Quota, Quota, Quota);

/// Code, name, doctors, patients, other members, appointments a month. The place in the list is the plan's id.
const PLANS: &[Row] = &[
    ("trial", "Trial", Some(3), Some(200), Some(5), Some(300)),
    ("clinic", "Clinic", Some(25), Some(20_000), Some(50), Some(20_000)),
    ("hospital", "Hospital", Some(500), Some(1_000_000), Some(2_000), Some(1_000_000)),
    ("unlimited", "Unlimited", None, None, None, None),
];

/// A plan of the house by its code, as it is at the first start. It costs nothing: what to ask for is the operator's to
/// say.
pub fn named(code: &str, now: Time) -> Option<SubscriptionPlan> {
    let at = PLANS.iter().position(|plan| plan.0 == code)?;
    let &(code, name, max_doctors, max_patients, max_members, max_appointments_per_month) = PLANS.get(at)?;
    Some(SubscriptionPlan {
        id: Id::new(at as u64 + 1)?.into(),
        code: code.to_owned(),
        name: name.to_owned(),
        description: String::new(),
        price: Price::free("USD"),
        period: BillingPeriod::Monthly,
        max_doctors,
        max_patients,
        max_members,
        max_appointments_per_month,
        features: Vec::new(),
        active: true,
        deleted: false,
        created_at: now,
        updated_at: now,
    })
}

/// The codes, for messages.
pub fn names() -> impl Iterator<Item = &'static str> {
    PLANS.iter().map(|plan| plan.0)
}

impl Tenancy {
    /// Makes the plans of the house that were never made. One that was made and deleted stays deleted.
    pub async fn begin_plans(&self) -> Result<(), Failure> {
        for plan in names().filter_map(|code| named(code, self.env.now())) {
            let aggregate = AggregateRef { kind: AggregateKind::SubscriptionPlan, id: plan.id.id() };
            if self.env.store.version(&platform(), aggregate).await? > 0 {
                continue;
            }
            let id = plan.id.id();
            let create = PlanCommand::Create { plan: Box::new(plan), claims: Vec::new() };
            match self.actors.plans.ask(&platform(), id, DEADLINE, create).await {
                // Another process came first.
                Err(Failure::Refused(refusal)) if refusal.kind == Kind::Conflict => {}
                ended => drop(ended?),
            }
        }
        Ok(())
    }

    /// A plan of the house as it is now.
    pub async fn house_plan(&self, code: &str) -> Result<SubscriptionPlan, Failure> {
        let plan =
            named(code, self.env.now()).ok_or_else(|| Failure::Broken(format!("there is no plan {code}")))?;
        match self.env.store.get(&platform(), SubscriptionPlan::KIND, plan.id.id()).await? {
            Some(stored) => Ok(stored.document()?),
            None => Ok(plan),
        }
    }

    /// Whether a plan is one that hospitals begin on or fall back to.
    pub fn is_needed(&self, code: &str) -> bool {
        code == FALLBACK || code == self.settings.default_plan
    }
}
