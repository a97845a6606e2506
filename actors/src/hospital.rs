//! The hospital's actor: one per hospital, in the platform's scope, keyed by the hospital's id.
//!
//! Beside the hospital it keeps who is being admitted: a place under a quota is held from the moment it is asked for
//! until the account or appointment stands (and counts by itself), so that requests side by side cannot both take the
//! last one. A place is not written down: after a crash what stands is counted again.

use crate::shell::aggregate::{Aggregate, carry_out, load};
use crate::shell::{ActorKind, Failure, Resident, Turn};
use crate::usage::usage;
use std::collections::HashMap;
use ward_domain::decision::Decision;
use ward_domain::hospital::{Hospital as HospitalDocument, HospitalCommand, HospitalState, KeyRing, domains};
use ward_domain::id::Id;
use ward_domain::record::{AggregateKind, ClaimKey, ClaimOp};
use ward_domain::refusal::Refusal;
use ward_domain::subscription::{Quota, Subscribe};
use ward_domain::tenancy::TenantScope;
use ward_domain::time::{MINUTE, Time};
use ward_store::{AggregateRef, Version};

/// What can be told to a hospital's actor.
#[derive(Debug, Clone)]
pub enum HospitalMessage {
    /// Changes the hospital.
    Do(Box<HospitalCommand>),
    /// Holds a place under a quota.
    Hold {
        /// Which.
        what: Quota,
        /// Names the place.
        place: Id,
    },
    /// Changes the plan, if it has room for what is in use. What is in use is counted here, with nobody being admitted
    /// meanwhile: what was admitted before stands or is held, and what comes after finds the new plan.
    ChangePlan {
        /// To which; what is in use is filled in.
        step: Box<Subscribe>,
        /// The hospital's own scope.
        scope: TenantScope,
        /// Further claims of the same commit: a request's key.
        claims: Vec<ClaimOp>,
    },
    /// Gives a place back.
    Release {
        /// Under which quota.
        what: Quota,
        /// Which place.
        place: Id,
    },
}

/// What a hospital's actor answers.
#[derive(Debug, Clone)]
pub enum HospitalAnswer {
    /// The hospital as it is now, with its version.
    State(Box<HospitalState>, Version),
    /// Places held by others under this quota when this one was taken, and what the plan has room for.
    Held(u64, Option<u64>),
    /// Done.
    Done,
}

/// How long a place is held at most: the longest a request may take, and some.
const PLACE_MS: i64 = 2 * MINUTE;

/// A hospital.
#[derive(Debug, Default)]
pub struct Hospital {
    version: Version,
    state: HospitalState,
    places: HashMap<Quota, HashMap<Id, Time>>,
}

impl Resident for Hospital {
    const KIND: ActorKind = ActorKind::Hospital;
    type Command = HospitalMessage;
    type Answer = HospitalAnswer;

    async fn activate(turn: &Turn) -> Result<Self, Failure> {
        let mut hospital = Self::default();
        hospital.reload(turn).await?;
        Ok(hospital)
    }

    async fn handle(&mut self, turn: &Turn, message: HospitalMessage) -> Result<HospitalAnswer, Failure> {
        match message {
            HospitalMessage::Do(command) => carry_out(self, turn, &command).await,
            HospitalMessage::Hold { what, place } => {
                let now = turn.now();
                let places = self.places.entry(what).or_default();
                places.retain(|_, until| *until > now);
                let held = places.len() as u64;
                places.insert(place, now.plus(PLACE_MS));
                let limit = self.state.hospital.as_ref().and_then(|hospital| what.limit(&hospital.plan));
                Ok(HospitalAnswer::Held(held, limit))
            }
            HospitalMessage::ChangePlan { step, scope, claims } => {
                self.change_plan(turn, *step, scope, claims).await
            }
            HospitalMessage::Release { what, place } => {
                if let Some(places) = self.places.get_mut(&what) {
                    places.remove(&place);
                }
                Ok(HospitalAnswer::Done)
            }
        }
    }
}

impl Hospital {
    async fn change_plan(
        &mut self,
        turn: &Turn,
        mut step: Subscribe,
        scope: TenantScope,
        claims: Vec<ClaimOp>,
    ) -> Result<HospitalAnswer, Failure> {
        let now = turn.now();
        if let (Subscribe::To { used, .. }, Some(hospital)) = (&mut step, &self.state.hospital) {
            *used = usage(&*turn.env.store, &scope, hospital, now).await?;
            for (what, places) in &self.places {
                used.add(*what, places.values().filter(|until| **until > now).count() as u64);
            }
        }
        carry_out(self, turn, &HospitalCommand::Subscribe { step: Box::new(step), claims }).await
    }
}

impl Aggregate for Hospital {
    type Command = HospitalCommand;
    type Answer = HospitalAnswer;
    type Next = HospitalState;

    fn reference(&self, turn: &Turn) -> AggregateRef {
        AggregateRef { kind: AggregateKind::Hospital, id: turn.id }
    }

    fn version(&self) -> Version {
        self.version
    }

    async fn reload(&mut self, turn: &Turn) -> Result<(), Failure> {
        let version = turn.env.store.version(&turn.scope, self.reference(turn)).await?;
        let hospital = load::<HospitalDocument>(turn, turn.id).await?.map(|(hospital, _)| hospital);
        let keys = load::<KeyRing>(turn, turn.id).await?.map(|(keys, _)| keys);
        self.version = version;
        self.state = HospitalState { hospital, keys };
        Ok(())
    }

    fn decide(
        &self,
        now: Time,
        command: &HospitalCommand,
    ) -> Result<(Decision, HospitalAnswer, HospitalState), Refusal> {
        let (decision, next) = self.state.decide(now, self.version, command)?;
        let version = if decision.is_empty() { self.version } else { self.version + 1 };
        Ok((decision, HospitalAnswer::State(Box::new(next.clone()), version), next))
    }

    fn apply(&mut self, version: Version, next: HospitalState) {
        self.version = version;
        self.state = next;
    }

    fn claim_refusal(&self, key: &ClaimKey, command: &HospitalCommand) -> Refusal {
        let profile = match command {
            HospitalCommand::Create { hospital, .. } => Some(&hospital.profile),
            HospitalCommand::Edit { profile, .. } => Some(&**profile),
            _ => None,
        };
        let names = profile.map(|profile| profile.domains.as_slice()).unwrap_or_default();
        if let Some(name) = names.iter().find(|name| domains::claim_key(name) == *key) {
            return Refusal::conflict("domain_taken", "A domain is another hospital's.")
                .and_field("domains", format!("{name} is another hospital's."));
        }
        Refusal::conflict("hospital_exists", "This hospital exists already.")
    }
}
