//! The chart's actor: one per patient, keyed by the patient's id. It owns medical records, treatments, prescriptions,
//! their versions, and who broke the glass.
//!
//! It keeps nothing but its version between messages: a chart may hold years, so each command loads the documents that
//! it needs ([`ChartCommand::subject`]). What it is for is the order: of two edits on one version one wins, and the other
//! is told.
//!
//! What was deleted goes for good when its time is over. The trail must know before it happens, so the entry is left
//! beside the actor, and the purge comes back as a command.

use crate::shell::aggregate::{Aggregate, carry_out, load};
use crate::shell::{ActorKind, Failure, Resident, Turn};
use std::collections::HashMap;
use ward_domain::audit::{AuditEntry, AuditOutcome, Deed, resource_word};
use ward_domain::chart::{
    Answer, Attachment, AttachmentCommand, BreakGlass, ChartCommand, ChartDocument, ChartVersion, ChartView,
    Deletion, MedicalRecord, Prescription, Subject, Treatment,
};
use ward_domain::decision::Decision;
use ward_domain::face::Face;
use ward_domain::id::{Id, MedicalRecordId};
use ward_domain::policy::Resource;
use ward_domain::record::{AggregateKind, ClaimKey, Document as _, Key, List};
use ward_domain::refusal::Refusal;
use ward_domain::time::{MINUTE, Time};
use ward_domain::upload::storage::too_late;
use ward_store::{AggregateRef, Bounds, ListQuery, Version};

/// Versions that go with one commit of a purge.
const VERSIONS_AT_ONCE: usize = 200;
/// How long a purge counts as under way, in milliseconds; then its due row begins it anew.
const PATIENCE_MS: i64 = MINUTE;

/// What can be told to a chart.
#[derive(Debug, Clone)]
pub enum ChartMessage {
    /// Carries a command out.
    Do(Box<ChartCommand>),
    /// The time of a deleted record is over.
    PurgeDue(
        /// Which.
        MedicalRecordId,
    ),
    /// The time of a deleted attachment is over.
    PurgeAttachmentDue(
        /// Which.
        Id,
    ),
}

/// A patient's chart.
#[derive(Debug, Default)]
pub struct Chart {
    version: Version,
    view: ChartView,
    /// What is being purged, records and attachments, since when.
    purging: HashMap<Id, Time>,
}

impl Resident for Chart {
    const KIND: ActorKind = ActorKind::Chart;
    type Command = ChartMessage;
    type Answer = Option<Answer>;

    async fn activate(turn: &Turn) -> Result<Self, Failure> {
        let view = ChartView { patient: turn.id.into(), ..ChartView::default() };
        let mut chart = Self { view, ..Self::default() };
        chart.reload(turn).await?;
        Ok(chart)
    }

    async fn handle(&mut self, turn: &Turn, message: ChartMessage) -> Result<Option<Answer>, Failure> {
        match message {
            ChartMessage::Do(command) => {
                let result = carry_out(self, turn, &command).await;
                // What one command needed is of no use to the next, and an idle chart is to be small.
                self.clear();
                match *command {
                    ChartCommand::Purge(record) => self.purging.remove(&record.id()),
                    ChartCommand::Attachment(AttachmentCommand::Purge { id, .. }) => self.purging.remove(&id),
                    _ => None,
                };
                result.map(Some)
            }
            ChartMessage::PurgeDue(record) => {
                let found = load::<MedicalRecord>(turn, record.id()).await?;
                if let Some((MedicalRecord { deleted: Some(deletion), .. }, _)) = found {
                    let purge = ChartCommand::Purge(record);
                    self.begin_purge(turn, Resource::MedicalRecord, record.id(), &deletion, purge)?;
                }
                Ok(None)
            }
            ChartMessage::PurgeAttachmentDue(id) => {
                let found = load::<Attachment>(turn, id).await?;
                if let Some((Attachment { record, deleted: Some(deletion), .. }, _)) = found {
                    let purge = ChartCommand::Attachment(AttachmentCommand::Purge { id, record });
                    self.begin_purge(turn, Resource::Attachment, id, &deletion, purge)?;
                }
                Ok(None)
            }
        }
    }
}

impl Chart {
    fn clear(&mut self) {
        self.view = ChartView { patient: self.view.patient, ..ChartView::default() };
    }

    /// Leaves the trail's entry beside the actor; the purge follows it.
    fn begin_purge(
        &mut self,
        turn: &Turn,
        resource: Resource,
        id: Id,
        deletion: &Deletion,
        purge: ChartCommand,
    ) -> Result<(), Failure> {
        let now = turn.now();
        self.purging.retain(|_, since| since.plus(PATIENCE_MS) > now);
        if deletion.until > now || self.purging.contains_key(&id) {
            return Ok(());
        }
        self.purging.insert(id, now);
        let entry = AuditEntry {
            id: turn.env.ids.next()?,
            at: now,
            actor: None,
            role: None,
            session: None,
            face: Face::Medcor,
            action: Deed::Purge.word().to_owned(),
            resource: resource_word(resource).to_owned(),
            resource_id: Some(id),
            patients: vec![self.view.patient],
            outcome: AuditOutcome::Success,
            address: String::new(),
            request_id: String::new(),
        };
        let turn = turn.clone();
        let tasks = turn.env.tasks.clone();
        tasks.spawn(async move {
            let Some(actors) = turn.env.actors() else { return };
            if actors.audit(&turn.scope, entry).await.is_ok() {
                let purge = ChartMessage::Do(Box::new(purge));
                actors.charts.tell(turn.scope, turn.id, purge);
            }
        });
        Ok(())
    }

    /// A document of this chart.
    async fn take<D: ChartDocument>(&self, turn: &Turn, id: Id) -> Result<Option<(D, Version)>, Failure> {
        let found = load::<D>(turn, id).await?;
        Ok(found.filter(|(document, _)| document.chart() == self.view.patient))
    }

    async fn take_versions(&mut self, turn: &Turn, of: Id) -> Result<(), Failure> {
        let all = ListQuery::all(List::ChartVersions, Key::of(of.get()));
        let page = turn.env.store.list(&turn.scope, &ListQuery { limit: VERSIONS_AT_ONCE, ..all }).await?;
        let ids: Vec<_> = page.rows.iter().map(|row| row.id).collect();
        self.view.more_versions = page.total > ids.len() as u64;
        for stored in turn.env.store.get_many(&turn.scope, ChartVersion::KIND, &ids).await? {
            self.view.versions.push(stored.document()?);
        }
        Ok(())
    }
}

/// What a chart does about attachments.
impl Chart {
    /// Those of a list that go at once.
    async fn take_attachments(&mut self, turn: &Turn, list: List, of: Id) -> Result<(), Failure> {
        let all = ListQuery::all(list, Key::of(of.get()));
        let page = turn.env.store.list(&turn.scope, &ListQuery { limit: VERSIONS_AT_ONCE, ..all }).await?;
        let ids: Vec<_> = page.rows.iter().map(|row| row.id).collect();
        self.view.more_versions |= page.total > ids.len() as u64;
        for stored in turn.env.store.get_many(&turn.scope, Attachment::KIND, &ids).await? {
            self.view.attachments.push(stored.document()?);
        }
        Ok(())
    }

    /// The one that is meant, or how many there are beside the one that comes.
    async fn take_attachment(&mut self, turn: &Turn, command: &AttachmentCommand) -> Result<(), Failure> {
        let Some(id) = command.attachment() else {
            let eq = Key::of(command.record().get());
            let store = &turn.env.store;
            self.view.attachments_shown =
                store.count(&turn.scope, List::AttachmentsByRecord, &eq, Bounds::ALL).await?;
            return Ok(());
        };
        let found = load::<Attachment>(turn, id).await?.map(|(attachment, _)| attachment);
        let own =
            found.filter(|found| found.patient == self.view.patient && found.record == command.record());
        self.view.attachments.extend(own);
        Ok(())
    }
}

impl Aggregate for Chart {
    type Command = ChartCommand;
    type Answer = Answer;
    type Next = ();

    fn reference(&self, turn: &Turn) -> AggregateRef {
        AggregateRef { kind: AggregateKind::Chart, id: turn.id }
    }

    fn version(&self) -> Version {
        self.version
    }

    async fn reload(&mut self, turn: &Turn) -> Result<(), Failure> {
        self.version = turn.env.store.version(&turn.scope, self.reference(turn)).await?;
        Ok(())
    }

    async fn prepare(&mut self, turn: &Turn, command: &ChartCommand) -> Result<(), Failure> {
        self.clear();
        match command.subject() {
            Some(Subject::Record(id)) => {
                if let Some(found) = self.take::<MedicalRecord>(turn, id.id()).await? {
                    self.view.records.insert(id, found);
                }
            }
            Some(Subject::Treatment(id)) => {
                if let Some(found) = self.take::<Treatment>(turn, id.id()).await? {
                    self.view.treatments.insert(id, found);
                }
            }
            Some(Subject::Prescription(id)) => {
                if let Some(found) = self.take::<Prescription>(turn, id.id()).await? {
                    self.view.prescriptions.insert(id, found);
                }
            }
            None => {}
        }
        match command {
            ChartCommand::Purge(record) => {
                self.take_versions(turn, record.id()).await?;
                for list in [List::AttachmentsByRecord, List::DeletedAttachments] {
                    self.take_attachments(turn, list, record.id()).await?;
                }
            }
            ChartCommand::Attachment(command) => self.take_attachment(turn, command).await?,
            ChartCommand::EndBreakGlass { opened, .. } => {
                if let Some((glass, _)) = load::<BreakGlass>(turn, opened.id()).await?
                    && glass.patient == self.view.patient
                {
                    self.view.glasses.insert(*opened, glass);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn decide(&self, now: Time, command: &ChartCommand) -> Result<(Decision, Answer, ()), Refusal> {
        self.view.decide(now, command).map(|(decision, answer)| (decision, answer, ()))
    }

    fn apply(&mut self, version: Version, (): ()) {
        self.version = version;
    }

    fn claim_refusal(&self, key: &ClaimKey, command: &ChartCommand) -> Refusal {
        if let ChartCommand::Attachment(AttachmentCommand::Add { attachment, .. }) = command
            && *key == ClaimKey::upload(attachment.id)
        {
            return too_late();
        }
        Refusal::conflict("chart_busy", "This is being written already: try again in a moment.")
    }
}
