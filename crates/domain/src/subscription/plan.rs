//! A plan, and what can be told to one.

use super::{BillingPeriod, Price};
use crate::decision::{Change, Decision};
use crate::hospital::{Plan, check_version};
use crate::id::{Id, PlanId};
use crate::record::{ClaimKey, ClaimOp, Document, IndexRow, Key, List, RecordKind};
use crate::refusal::Refusal;
use crate::secret::digest;
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// A plan that hospitals can subscribe to. A quota of `None` has no end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionPlan {
    /// Its id.
    pub id: PlanId,
    /// Its name among programs; no other plan ever has it, not even after this one is deleted.
    pub code: String,
    /// Its name among people.
    pub name: String,
    /// As sent.
    pub description: String,
    /// For one period.
    pub price: Price,
    /// How long one period is.
    pub period: BillingPeriod,
    /// Active doctors.
    pub max_doctors: Option<u64>,
    /// Active patients.
    pub max_patients: Option<u64>,
    /// Active administrators and staff.
    pub max_members: Option<u64>,
    /// Appointments booked in one month of the hospital.
    pub max_appointments_per_month: Option<u64>,
    /// What it is praised for: words, nothing that is enforced.
    pub features: Vec<String>,
    /// Whether hospitals can subscribe to it.
    pub active: bool,
    /// It is gone; the entry stays, so that its code is never given a second meaning.
    pub deleted: bool,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

impl SubscriptionPlan {
    /// What a hospital that subscribes may use.
    pub fn quotas(&self) -> Plan {
        Plan {
            code: self.code.clone(),
            max_doctors: self.max_doctors,
            max_patients: self.max_patients,
            max_members: self.max_members,
            max_appointments_per_month: self.max_appointments_per_month,
        }
    }

    /// The claim on a code, in the platform's scope.
    pub fn code_claim(code: &str) -> ClaimKey {
        ClaimKey::plan_code(&digest(code.to_lowercase().as_bytes()))
    }
}

impl Document for SubscriptionPlan {
    const KIND: RecordKind = RecordKind::SubscriptionPlan;
    fn record_id(&self) -> Id {
        self.id.id()
    }
    fn index(&self) -> Vec<IndexRow> {
        if self.deleted {
            return Vec::new();
        }
        vec![IndexRow { list: List::SubscriptionPlans, eq: Key::all(), sort: self.created_at.sort_key() }]
    }
}

/// What is to change of a plan; `None` leaves as is. Its code and its currency's past stay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlanText {
    /// Its name.
    pub name: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// Its price.
    pub price: Option<Price>,
    /// Its period.
    pub period: Option<BillingPeriod>,
    /// See [`SubscriptionPlan::max_doctors`]; `Some(None)` takes the end away, as of the next three.
    pub max_doctors: Option<Option<u64>>,
    /// See [`SubscriptionPlan::max_patients`].
    pub max_patients: Option<Option<u64>>,
    /// See [`SubscriptionPlan::max_members`].
    pub max_members: Option<Option<u64>>,
    /// See [`SubscriptionPlan::max_appointments_per_month`].
    pub max_appointments_per_month: Option<Option<u64>>,
    /// Its features.
    pub features: Option<Vec<String>>,
    /// Whether hospitals can subscribe to it.
    pub active: Option<bool>,
}

/// What can be told to a plan.
#[derive(Debug, Clone)]
pub enum PlanCommand {
    /// Makes it.
    Create {
        /// All of it.
        plan: Box<SubscriptionPlan>,
        /// Further claims of the same commit: a request's key.
        claims: Vec<ClaimOp>,
    },
    /// Changes it, for subscriptions that begin later.
    Edit {
        /// What.
        text: Box<PlanText>,
        /// The version that the caller edits, if they said.
        if_version: Option<u64>,
    },
    /// Ends it.
    Delete,
}

impl PlanCommand {
    /// Decides for a plan as it is; `version` is its aggregate's.
    pub fn decide(
        &self,
        plan: Option<&SubscriptionPlan>,
        version: u64,
        now: Time,
    ) -> Result<(Decision, SubscriptionPlan), Refusal> {
        if let Self::Create { plan: new, claims } = self {
            if plan.is_some() {
                return Err(Refusal::conflict("plan_exists", "There is such a plan already."));
            }
            let key = SubscriptionPlan::code_claim(&new.code);
            let mut claims = claims.clone();
            claims.push(ClaimOp::Take { key, body: Vec::new(), expires: None });
            let decision = Decision { changes: vec![Change::create(&**new)], claims, happenings: Vec::new() };
            return Ok((decision, (**new).clone()));
        }
        let plan = plan.filter(|plan| !plan.deleted).ok_or_else(|| Refusal::not_found("Plan"))?;
        let mut next = plan.clone();
        next.updated_at = now;
        match self {
            Self::Create { .. } => {}
            Self::Edit { text, if_version } => {
                check_version(*if_version, version)?;
                next.take(text);
            }
            Self::Delete => {
                next.deleted = true;
                next.active = false;
            }
        }
        Ok((Decision { changes: vec![Change::update(plan, &next)], ..Decision::default() }, next))
    }
}

impl SubscriptionPlan {
    fn take(&mut self, text: &PlanText) {
        fn set<T: Clone>(field: &mut T, new: Option<&T>) {
            if let Some(new) = new {
                field.clone_from(new);
            }
        }
        set(&mut self.name, text.name.as_ref());
        set(&mut self.description, text.description.as_ref());
        set(&mut self.price, text.price.as_ref());
        set(&mut self.period, text.period.as_ref());
        set(&mut self.max_doctors, text.max_doctors.as_ref());
        set(&mut self.max_patients, text.max_patients.as_ref());
        set(&mut self.max_members, text.max_members.as_ref());
        set(&mut self.max_appointments_per_month, text.max_appointments_per_month.as_ref());
        set(&mut self.features, text.features.as_ref());
        set(&mut self.active, text.active.as_ref());
    }
}
