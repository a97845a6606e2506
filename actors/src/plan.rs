//! The actor of a plan that hospitals subscribe to: one per plan, in the platform's scope, keyed by the plan's id.

use crate::shell::aggregate::{Aggregate, carry_out, load};
use crate::shell::{ActorKind, Failure, Resident, Turn};
use ward_domain::decision::Decision;
use ward_domain::record::{AggregateKind, ClaimKey};
use ward_domain::refusal::Refusal;
use ward_domain::subscription::{PlanCommand, SubscriptionPlan};
use ward_domain::time::Time;
use ward_store::{AggregateRef, Version};

/// A plan.
#[derive(Debug, Default)]
pub struct Plan {
    version: Version,
    plan: Option<SubscriptionPlan>,
}

impl Resident for Plan {
    const KIND: ActorKind = ActorKind::SubscriptionPlan;
    type Command = PlanCommand;
    type Answer = SubscriptionPlan;

    async fn activate(turn: &Turn) -> Result<Self, Failure> {
        let mut plan = Self::default();
        plan.reload(turn).await?;
        Ok(plan)
    }

    async fn handle(&mut self, turn: &Turn, command: PlanCommand) -> Result<SubscriptionPlan, Failure> {
        carry_out(self, turn, &command).await
    }
}

impl Aggregate for Plan {
    type Command = PlanCommand;
    type Answer = SubscriptionPlan;
    type Next = SubscriptionPlan;

    fn reference(&self, turn: &Turn) -> AggregateRef {
        AggregateRef { kind: AggregateKind::SubscriptionPlan, id: turn.id }
    }

    fn version(&self) -> Version {
        self.version
    }

    async fn reload(&mut self, turn: &Turn) -> Result<(), Failure> {
        let version = turn.env.store.version(&turn.scope, self.reference(turn)).await?;
        let plan = load::<SubscriptionPlan>(turn, turn.id).await?.map(|(plan, _)| plan);
        self.version = version;
        self.plan = plan;
        Ok(())
    }

    fn decide(
        &self,
        now: Time,
        command: &PlanCommand,
    ) -> Result<(Decision, SubscriptionPlan, SubscriptionPlan), Refusal> {
        let (decision, next) = command.decide(self.plan.as_ref(), self.version, now)?;
        Ok((decision, next.clone(), next))
    }

    fn apply(&mut self, version: Version, next: SubscriptionPlan) {
        self.version = version;
        self.plan = Some(next);
    }

    fn claim_refusal(&self, _key: &ClaimKey, _command: &PlanCommand) -> Refusal {
        Refusal::conflict("plan_exists", "There is, or was, a plan of this code.")
            .and_field("code", "Another plan has this code, or had it.")
    }
}
