//! The statistics' actor: one per hospital, keyed by the hospital's id. It keeps the figures that are rolled up as things
//! happen ([`ward_domain::statistics`]).
//!
//! The relay tells it which subjects events were about, a batch at a time. It reads each as it is now and replaces what it
//! gave by what it gives, in one commit of its own aggregate: events that come twice, late, or after a crash change
//! nothing. Who is about to read the figures has it catch up first with what still waits in the outbox.

use crate::shell::aggregate::{Aggregate, carry_out, load};
use crate::shell::{ActorKind, Failure, Resident, Turn};
use std::collections::{BTreeMap, BTreeSet};
use ward_domain::account::Account;
use ward_domain::calendar::Appointment;
use ward_domain::decision::{Decision, Event, Happening};
use ward_domain::encounter::Encounter;
use ward_domain::id::Id;
use ward_domain::policy::Role;
use ward_domain::record::{AggregateKind, ClaimKey, Document, Key, List};
use ward_domain::refusal::Refusal;
use ward_domain::statistics::{
    Contribution, DayFigures, Gives, StatisticsHead, StatisticsView, Subject, WHAT_IS_COUNTED,
    facts_of_appointment, facts_of_encounter, facts_of_patient,
};
use ward_domain::time::Time;
use ward_domain::zone::Zone;
use ward_store::{AggregateRef, ListQuery, Slice, Version};

/// Subjects in one commit.
const BATCH: usize = 512;
/// Events looked through when catching up.
const MAX_WAITING: usize = 8 * BATCH;

/// What can be told to the statistics.
#[derive(Debug, Clone)]
pub enum StatisticsMessage {
    /// These have changed.
    Count(Vec<Subject>),
    /// Counts what events that wait are about; begins where nothing was ever counted, in another time zone, or where less
    /// was counted than is now.
    CatchUp,
    /// Counts everything anew.
    Recount,
}

/// What they answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Which generation the figures are of.
    pub generation: u64,
    /// Subjects looked at.
    pub subjects: u64,
    /// False where more events wait than were looked through.
    pub up_to_date: bool,
}

/// A step of it: one commit.
#[derive(Debug, Clone)]
pub enum Step {
    /// Counts these.
    Count(Vec<Subject>),
    /// Begins a new generation.
    Restart,
    /// Says that everything has been counted.
    Finish,
}

/// A hospital's statistics.
#[derive(Debug, Default)]
pub struct Statistics {
    version: Version,
    view: StatisticsView,
    /// What the subjects of the step in hand give.
    gives: Vec<Gives>,
    zone: String,
}

impl Resident for Statistics {
    const KIND: ActorKind = ActorKind::Statistics;
    type Command = StatisticsMessage;
    type Answer = Counted;

    async fn activate(turn: &Turn) -> Result<Self, Failure> {
        let mut statistics = Self::default();
        statistics.reload(turn).await?;
        Ok(statistics)
    }

    async fn handle(&mut self, turn: &Turn, message: StatisticsMessage) -> Result<Counted, Failure> {
        if !matches!(message, StatisticsMessage::Count(_)) {
            // Another process may have begun a new generation, and who has nothing to commit would not learn of it.
            self.reload(turn).await?;
        }
        // What happens is counted in the days that the figures are of; whether these are still the hospital's is asked where
        // someone is about to read them.
        self.zone.clone_from(&self.view.head.zone);
        if !matches!(message, StatisticsMessage::Count(_)) || !self.view.head.complete {
            let hospital = turn.env.register.hospital(&turn.scope).await;
            self.zone = hospital.map_or_else(|| "UTC".to_owned(), |one| one.profile.time_zone.clone());
        }
        let other_days = self.view.head.zone != self.zone || self.view.head.counted != WHAT_IS_COUNTED;
        let (mut subjects, mut up_to_date) = (0, true);
        if matches!(message, StatisticsMessage::Recount) || other_days || !self.view.head.complete {
            subjects +=
                self.recount(turn, matches!(message, StatisticsMessage::Recount) || other_days).await?;
        }
        match message {
            StatisticsMessage::Recount => {}
            StatisticsMessage::Count(these) => subjects += self.count(turn, these).await?,
            StatisticsMessage::CatchUp => {
                let waiting = turn.env.store.pending_events(&turn.scope, MAX_WAITING).await?;
                up_to_date = waiting.len() < MAX_WAITING;
                let events =
                    waiting.iter().filter_map(|one| serde_json::from_slice::<Event>(&one.event.body).ok());
                let these: BTreeSet<Subject> = events.filter_map(|event| subject(&event.what)).collect();
                subjects += self.count(turn, these.into_iter().collect()).await?;
            }
        }
        Ok(Counted { generation: self.view.head.generation, subjects, up_to_date })
    }
}

/// Whose figures an event may change.
pub fn subject(what: &Happening) -> Option<Subject> {
    match what {
        Happening::AppointmentBooked { appointment, .. }
        | Happening::AppointmentChanged { appointment, .. } => Some(Subject::Appointment(appointment.id())),
        Happening::AccountChanged { user, .. } => Some(Subject::Account(user.id())),
        Happening::EncounterChanged { encounter } => Some(Subject::Encounter(encounter.id())),
        _ => None,
    }
}

impl Statistics {
    async fn count(&mut self, turn: &Turn, subjects: Vec<Subject>) -> Result<u64, Failure> {
        for batch in subjects.chunks(BATCH) {
            let step = Step::Count(batch.to_vec());
            let ended = carry_out(self, turn, &step).await;
            self.forget();
            ended?;
        }
        Ok(subjects.len() as u64)
    }

    /// Counts every subject that there is; one that was broken off goes on in the generation that it began.
    async fn recount(&mut self, turn: &Turn, anew: bool) -> Result<u64, Failure> {
        if anew || self.view.head.generation == 0 {
            carry_out(self, turn, &Step::Restart).await?;
        }
        let patients = Key::of(Role::Patient.code());
        let mut counted = 0;
        for (list, eq, subject) in [
            (List::AppointmentsByCreated, Key::all(), Subject::Appointment as fn(Id) -> Subject),
            (List::UsersByRole, patients, Subject::Account),
            (List::Encounters, Key::all(), Subject::Encounter),
        ] {
            let mut query = ListQuery { limit: BATCH, ..ListQuery::all(list, eq) };
            loop {
                let page = turn.env.store.list(&turn.scope, &query).await?;
                let Some(last) = page.rows.last() else { break };
                query.slice = Slice::After { sort: last.sort, id: last.id };
                counted += self.count(turn, page.rows.iter().map(|row| subject(row.id)).collect()).await?;
            }
        }
        carry_out(self, turn, &Step::Finish).await?;
        tracing::info!(tenant = turn.scope.tenant().get(), counted, "statistics were counted anew");
        Ok(counted)
    }

    /// What one step needed is of no use to the next.
    fn forget(&mut self) {
        self.view.gave.clear();
        self.view.days.clear();
        self.gives.clear();
    }
}

impl Aggregate for Statistics {
    type Command = Step;
    type Answer = ();
    type Next = StatisticsHead;

    fn reference(&self, turn: &Turn) -> AggregateRef {
        AggregateRef { kind: AggregateKind::Statistics, id: turn.id }
    }

    fn version(&self) -> Version {
        self.version
    }

    async fn reload(&mut self, turn: &Turn) -> Result<(), Failure> {
        let version = turn.env.store.version(&turn.scope, self.reference(turn)).await?;
        let head = load::<StatisticsHead>(turn, Id::default()).await?.map(|(head, _)| head);
        self.version = version;
        self.view.head = head.unwrap_or_default();
        Ok(())
    }

    async fn prepare(&mut self, turn: &Turn, step: &Step) -> Result<(), Failure> {
        self.forget();
        let Step::Count(subjects) = step else { return Ok(()) };
        let zone = Zone::named(&self.zone).unwrap_or(Zone::UTC);
        let appointments = ids(subjects, |one| matches!(one, Subject::Appointment(_)));
        let accounts = ids(subjects, |one| matches!(one, Subject::Account(_)));
        let encounters = ids(subjects, |one| matches!(one, Subject::Encounter(_)));
        let mut facts = BTreeMap::new();
        for one in documents::<Appointment>(turn, &appointments).await? {
            facts.insert(one.record_id(), facts_of_appointment(&one, &zone));
        }
        for one in documents::<Account>(turn, &accounts).await? {
            facts.insert(one.record_id(), facts_of_patient(&one, &zone));
        }
        for one in documents::<Encounter>(turn, &encounters).await? {
            facts.insert(one.record_id(), facts_of_encounter(&one, &zone));
        }
        let all = ids(subjects, |_| true);
        self.view.gave =
            documents::<Contribution>(turn, &all).await?.into_iter().map(|one| (one.subject, one)).collect();
        self.gives = all
            .into_iter()
            .map(|subject| Gives { subject, facts: facts.remove(&subject).unwrap_or_default() })
            .collect();
        let mut days = BTreeSet::new();
        for gives in &self.gives {
            let gave = self.view.given(gives.subject);
            days.extend(gave.iter().chain(&gives.facts).map(|fact| fact.day));
        }
        let numbers: Vec<Id> = days.into_iter().filter_map(|day| Id::new(DayFigures::number(day))).collect();
        self.view.days =
            documents::<DayFigures>(turn, &numbers).await?.into_iter().map(|one| (one.day, one)).collect();
        Ok(())
    }

    fn decide(&self, now: Time, step: &Step) -> Result<(Decision, (), StatisticsHead), Refusal> {
        let (decision, head) = match step {
            Step::Count(_) => (self.view.count(&self.gives), self.view.head.clone()),
            Step::Restart => self.view.restart(&self.zone, now),
            Step::Finish => self.view.finish(),
        };
        Ok((decision, (), head))
    }

    fn apply(&mut self, version: Version, head: StatisticsHead) {
        self.version = version;
        self.view.head = head;
    }

    fn claim_refusal(&self, _key: &ClaimKey, _step: &Step) -> Refusal {
        Refusal::conflict("statistics_busy", "The figures are being counted.")
    }
}

/// The ids of some subjects, each once.
fn ids(subjects: &[Subject], which: impl Fn(&Subject) -> bool) -> Vec<Id> {
    let ids: BTreeSet<Id> = subjects.iter().filter(|one| which(one)).map(|one| one.id()).collect();
    ids.into_iter().collect()
}

async fn documents<D: Document>(turn: &Turn, ids: &[Id]) -> Result<Vec<D>, Failure> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let stored = turn.env.store.get_many(&turn.scope, D::KIND, ids).await?;
    stored.into_iter().map(|one| one.document().map_err(Into::into)).collect()
}
