//! The actor of a telephone number's one-time codes: one for each number and purpose, keyed by what is hashed of them.
//!
//! It alone counts guesses and codes given out, so that of many who guess at once each guess counts.

use crate::shell::aggregate::{Aggregate, carry_out, load};
use crate::shell::{ActorKind, Failure, Resident, Turn};
use ward_domain::decision::Decision;
use ward_domain::id::Id;
use ward_domain::phone::{PhoneCode as PhoneCodeDocument, PhoneCodeAnswer, PhoneCodeCommand};
use ward_domain::record::{AggregateKind, ClaimKey};
use ward_domain::refusal::Refusal;
use ward_domain::time::Time;
use ward_store::{AggregateRef, Version};

/// A number's codes.
#[derive(Debug, Default)]
pub struct PhoneCode {
    id: Id,
    version: Version,
    kept: Option<PhoneCodeDocument>,
}

impl Resident for PhoneCode {
    const KIND: ActorKind = ActorKind::PhoneCode;
    type Command = PhoneCodeCommand;
    type Answer = PhoneCodeAnswer;

    async fn activate(turn: &Turn) -> Result<Self, Failure> {
        let mut codes = Self { id: turn.id, ..Self::default() };
        codes.reload(turn).await?;
        Ok(codes)
    }

    async fn handle(&mut self, turn: &Turn, command: PhoneCodeCommand) -> Result<PhoneCodeAnswer, Failure> {
        // A code that another process gave out, or used up, is none of what is held here.
        if turn.env.store.is_shared() {
            self.reload(turn).await?;
        }
        carry_out(self, turn, &command).await
    }
}

impl Aggregate for PhoneCode {
    type Command = PhoneCodeCommand;
    type Answer = PhoneCodeAnswer;
    type Next = Option<PhoneCodeDocument>;

    fn reference(&self, turn: &Turn) -> AggregateRef {
        AggregateRef { kind: AggregateKind::PhoneCode, id: turn.id }
    }

    fn version(&self) -> Version {
        self.version
    }

    async fn reload(&mut self, turn: &Turn) -> Result<(), Failure> {
        let version = turn.env.store.version(&turn.scope, self.reference(turn)).await?;
        self.kept = load::<PhoneCodeDocument>(turn, turn.id).await?.map(|(kept, _)| kept);
        self.version = version;
        Ok(())
    }

    fn decide(
        &self,
        now: Time,
        command: &PhoneCodeCommand,
    ) -> Result<(Decision, PhoneCodeAnswer, Self::Next), Refusal> {
        PhoneCodeDocument::decide(self.kept.as_ref(), self.id, now, command)
    }

    fn apply(&mut self, version: Version, next: Self::Next) {
        self.version = version;
        self.kept = next;
    }

    fn claim_refusal(&self, _key: &ClaimKey, _command: &PhoneCodeCommand) -> Refusal {
        Refusal::conflict("code_taken", "This code was asked for already.")
    }
}
