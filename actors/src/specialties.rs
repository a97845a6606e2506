//! The specialties' actor: one per hospital, keyed by the hospital's id.
//!
//! It keeps every specialty, which are few; whose specialties a command is about is loaded for it. That a doctor has
//! exactly one primary specialty holds because every assignment in the hospital is this aggregate's.

use crate::shell::aggregate::{Aggregate, carry_out};
use crate::shell::{ActorKind, Failure, Resident, Turn};
use std::collections::BTreeMap;
use ward_domain::decision::Decision;
use ward_domain::id::Id;
use ward_domain::record::{AggregateKind, ClaimKey, Document, Key, List};
use ward_domain::refusal::Refusal;
use ward_domain::specialty::{SpecialtiesCommand, SpecialtiesView, Specialty, SpecialtyAnswer};
use ward_domain::time::Time;
use ward_store::{AggregateRef, ListQuery, Version};

/// A hospital's specialties.
#[derive(Debug, Default)]
pub struct Specialties {
    version: Version,
    view: SpecialtiesView,
}

impl Resident for Specialties {
    const KIND: ActorKind = ActorKind::Specialties;
    type Command = SpecialtiesCommand;
    type Answer = SpecialtyAnswer;

    async fn activate(turn: &Turn) -> Result<Self, Failure> {
        let mut specialties = Self::default();
        specialties.reload(turn).await?;
        Ok(specialties)
    }

    async fn handle(&mut self, turn: &Turn, command: SpecialtiesCommand) -> Result<SpecialtyAnswer, Failure> {
        let result = carry_out(self, turn, &command).await;
        self.view.of_doctor.clear();
        result
    }
}

impl Aggregate for Specialties {
    type Command = SpecialtiesCommand;
    type Answer = SpecialtyAnswer;
    /// The specialties that are otherwise than before.
    type Next = Vec<Specialty>;

    fn reference(&self, turn: &Turn) -> AggregateRef {
        AggregateRef { kind: AggregateKind::Specialties, id: turn.id }
    }

    fn version(&self) -> Version {
        self.version
    }

    async fn reload(&mut self, turn: &Turn) -> Result<(), Failure> {
        let version = turn.env.store.version(&turn.scope, self.reference(turn)).await?;
        let specialties = all(turn, List::Specialties, Key::all()).await?;
        self.version = version;
        self.view.specialties = specialties;
        Ok(())
    }

    async fn prepare(&mut self, turn: &Turn, command: &SpecialtiesCommand) -> Result<(), Failure> {
        self.view.of_doctor.clear();
        if let Some(doctor) = command.doctor() {
            self.view.of_doctor = all(turn, List::DoctorSpecialtiesByDoctor, Key::of(doctor.get())).await?;
        }
        Ok(())
    }

    fn decide(
        &self,
        now: Time,
        command: &SpecialtiesCommand,
    ) -> Result<(Decision, SpecialtyAnswer, Vec<Specialty>), Refusal> {
        self.view.decide(now, command)
    }

    fn apply(&mut self, version: Version, next: Vec<Specialty>) {
        self.version = version;
        self.view.specialties.extend(next.into_iter().map(|one| (one.id, (one, version))));
    }

    fn claim_refusal(&self, _key: &ClaimKey, _command: &SpecialtiesCommand) -> Refusal {
        Refusal::conflict("specialty_exists", "There is such a specialty already.")
    }
}

/// Every document of a list that the rules keep short, with the version that wrote each.
async fn all<D: Document, I: From<Id> + Ord>(
    turn: &Turn,
    list: List,
    eq: Key,
) -> Result<BTreeMap<I, (D, Version)>, Failure> {
    let page = turn.env.store.list(&turn.scope, &ListQuery::all(list, eq)).await?;
    let ids: Vec<Id> = page.rows.iter().map(|row| row.id).collect();
    let mut found = BTreeMap::new();
    for stored in turn.env.store.get_many(&turn.scope, D::KIND, &ids).await? {
        let version = stored.version;
        let document: D = stored.document()?;
        found.insert(document.record_id().into(), (document, version));
    }
    Ok(found)
}
