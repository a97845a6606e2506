//! The actor of an invitation, or of a doctor's access to what is kept of a patient: one for each, keyed by its own id.

use crate::shell::aggregate::{Aggregate, carry_out, load};
use crate::shell::{ActorKind, Failure, Resident, Turn};
use ward_domain::decision::Decision;
use ward_domain::phone::{Invitation, PatientAccess, PhoneGrant as Kept, PhoneGrantCommand};
use ward_domain::record::{AggregateKind, ClaimKey};
use ward_domain::refusal::Refusal;
use ward_domain::time::Time;
use ward_store::{AggregateRef, Version};

/// An invitation or an access.
#[derive(Debug, Default)]
pub struct PhoneGrant {
    version: Version,
    kept: Option<Kept>,
}

impl Resident for PhoneGrant {
    const KIND: ActorKind = ActorKind::PhoneGrant;
    type Command = PhoneGrantCommand;
    type Answer = Option<Kept>;

    async fn activate(turn: &Turn) -> Result<Self, Failure> {
        let mut grant = Self::default();
        grant.reload(turn).await?;
        Ok(grant)
    }

    async fn handle(&mut self, turn: &Turn, command: PhoneGrantCommand) -> Result<Option<Kept>, Failure> {
        carry_out(self, turn, &command).await
    }
}

impl Aggregate for PhoneGrant {
    type Command = PhoneGrantCommand;
    /// As it is now.
    type Answer = Option<Kept>;
    type Next = Option<Kept>;

    fn reference(&self, turn: &Turn) -> AggregateRef {
        AggregateRef { kind: AggregateKind::PhoneGrant, id: turn.id }
    }

    fn version(&self) -> Version {
        self.version
    }

    async fn reload(&mut self, turn: &Turn) -> Result<(), Failure> {
        let version = turn.env.store.version(&turn.scope, self.reference(turn)).await?;
        let access = load::<PatientAccess>(turn, turn.id).await?.map(|(access, _)| Kept::Access(access));
        self.kept = match access {
            Some(access) => Some(access),
            None => load::<Invitation>(turn, turn.id).await?.map(|(invited, _)| Kept::Invitation(invited)),
        };
        self.version = version;
        Ok(())
    }

    fn decide(
        &self,
        now: Time,
        command: &PhoneGrantCommand,
    ) -> Result<(Decision, Option<Kept>, Option<Kept>), Refusal> {
        let (decision, next) = Kept::decide(self.kept.as_ref(), now, command)?;
        Ok((decision, next.clone(), next))
    }

    fn apply(&mut self, version: Version, next: Option<Kept>) {
        self.version = version;
        self.kept = next;
    }

    fn claim_refusal(&self, _key: &ClaimKey, _command: &PhoneGrantCommand) -> Refusal {
        Refusal::conflict("already_invited", "This number is invited already.")
            .and_field("phone_number", "Is invited already.")
    }
}
