//! The platform's clockwork: wakes the actors that have something due, and the relays that have events waiting.
//!
//! What is due stands in platform-wide lists that hold ids and times only. Each round reads what is due by now, and
//! tells each hospital's actor; whoever is told twice finds nothing to do the second time.

use crate::HospitalRegister;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use ward_actors::chart::ChartMessage;
use ward_actors::courier::CourierMessage;
use ward_actors::encounter::EncounterMessage;
use ward_actors::hospital::HospitalMessage;
use ward_actors::reminders::RemindersDue;
use ward_actors::storage::StorageMessage;
use ward_actors::webhooks::WebhookMessage;
use ward_actors::{Actors, Env, Failure};
use ward_domain::calendar::{CalendarCommand, Slot, WaitingEntry};
use ward_domain::chart::{Attachment, ChartDocument as _, MedicalRecord};
use ward_domain::hospital::HospitalCommand;
use ward_domain::id::Id;
use ward_domain::ledger::LedgerCommand;
use ward_domain::phone::{PhoneCodeCommand, PhoneGrantCommand};
use ward_domain::record::{Document as _, Key, List};
use ward_domain::subscription::Subscribe;
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_store::{Bounds, ListQuery, Slice};

/// Rows of one list in one round.
const BATCH: usize = 500;
/// The pause between rounds.
const ROUND: Duration = Duration::from_millis(500);

/// The clockwork.
pub struct Clockwork {
    env: Arc<Env>,
    actors: Arc<Actors>,
    register: Arc<HospitalRegister>,
}

impl Clockwork {
    /// Wired, not yet running.
    pub const fn new(env: Arc<Env>, actors: Arc<Actors>, register: Arc<HospitalRegister>) -> Self {
        Self { env, actors, register }
    }

    /// Goes round until it is dropped or aborted.
    pub async fn run(&self) {
        let mut renewed = tokio::time::Instant::now();
        loop {
            tokio::time::sleep(ROUND).await;
            if let Err(failure) = self.round().await {
                metrics::counter!("ward_clockwork_missed_total").increment(1);
                tracing::warn!(%failure, "the clockwork missed a round");
            }
            if renewed.elapsed() >= Duration::from_millis(ward_actors::IdSource::RENEW_EVERY_MS) {
                match self.env.ids.renew(&*self.env.store).await {
                    Ok(()) => renewed = tokio::time::Instant::now(),
                    Err(error) => {
                        metrics::counter!("ward_node_lease_failures_total").increment(1);
                        tracing::error!(%error, "the lease on this process's node number was not renewed");
                    }
                }
            }
        }
    }

    /// One round. Tests call it when they have moved the clock.
    pub async fn round(&self) -> Result<(), Failure> {
        for (scope, ids) in self.due(List::RemindersDue).await? {
            let due = RemindersDue(ids.into_iter().map(Into::into).collect());
            self.actors.reminders.tell(scope, Actors::of_hospital(&scope), due);
        }
        for (scope, ids) in self.due(List::MessagesDue).await? {
            let work = CourierMessage::Work(ids.into_iter().map(Into::into).collect());
            self.actors.couriers.tell(scope, Actors::of_hospital(&scope), work);
        }
        for (scope, ids) in self.due(List::WebhooksDue).await? {
            let work = WebhookMessage::Work(ids.into_iter().map(Into::into).collect());
            self.actors.webhooks.tell(scope, Actors::of_hospital(&scope), work);
        }
        for (scope, ids) in self.due(List::EncountersDue).await? {
            for id in ids {
                self.actors.encounters.tell(scope, id, EncounterMessage::Work);
            }
        }
        // What waited for a speech engine goes on where there is one.
        if self.env.hearing.has_engine() {
            for (scope, ids) in self.due(List::EncountersAwaitingEngine).await? {
                for id in ids {
                    self.actors.encounters.tell(scope, id, EncounterMessage::Work);
                }
            }
        }
        for (scope, ids) in self.due(List::ChartRetentionDue).await? {
            self.purge(scope, &ids).await?;
        }
        self.calendars().await?;
        for (scope, ids) in self.due(List::MergesDue).await? {
            for id in ids {
                self.actors.carry_merge_on(scope, id);
            }
        }
        for (scope, ids) in self.due(List::AttachmentRetentionDue).await? {
            for stored in self.env.store.get_many(&scope, Attachment::KIND, &ids).await? {
                let attachment: Attachment = stored.document()?;
                let due = ChartMessage::PurgeAttachmentDue(attachment.id);
                self.actors.charts.tell(scope, attachment.patient.id(), due);
            }
        }
        for (scope, ids) in self.due(List::UploadsDue).await? {
            self.actors.storages.tell(scope, Actors::of_hospital(&scope), StorageMessage::Work(ids));
        }
        self.phones().await?;
        for (scope, ids) in self.due(List::SubscriptionsDue).await? {
            for id in ids {
                let step = Box::new(Subscribe::End { entry: self.env.ids.next()? });
                let end = HospitalCommand::Subscribe { step, claims: Vec::new() };
                self.actors.hospitals.tell(scope, id, HospitalMessage::Do(Box::new(end)));
            }
        }
        for (scope, ids) in self.due(List::PaymentsDue).await? {
            for id in ids {
                let expire = LedgerCommand::Expire { payment: id.into() };
                self.actors.ledgers.tell(scope, Actors::of_hospital(&scope), expire);
            }
        }
        let (mut after, mut hospitals) = (None, 0_u32);
        loop {
            let waiting = self.env.store.tenants_with_events(after, BATCH).await?;
            for tenant in &waiting {
                if let Some(scope) = self.scope(*tenant).await {
                    hospitals = hospitals.saturating_add(1);
                    self.actors.nudge_relay(scope);
                }
            }
            match waiting.last() {
                Some(last) if waiting.len() == BATCH => after = Some(*last),
                _ => break,
            }
        }
        metrics::gauge!("ward_relay_hospitals_waiting").set(f64::from(hospitals));
        Ok(())
    }

    /// Has forgotten what of telephone numbers is over.
    async fn phones(&self) -> Result<(), Failure> {
        for (scope, ids) in self.due(List::PhoneCodesDue).await? {
            for id in ids {
                self.actors.phone_codes.tell(scope, id, PhoneCodeCommand::Forget);
            }
        }
        for list in [List::InvitationsDue, List::PatientAccessesDue] {
            for (scope, ids) in self.due(list).await? {
                for id in ids {
                    self.actors.phone_grants.tell(scope, id, PhoneGrantCommand::Lapse);
                }
            }
        }
        Ok(())
    }

    /// Tells calendars of holds and waits that are over. The lists name slots and entries; whose calendar they are in
    /// stands with each.
    async fn calendars(&self) -> Result<(), Failure> {
        for (scope, ids) in self.due(List::SlotHoldsDue).await? {
            for stored in self.env.store.get_many(&scope, Slot::KIND, &ids).await? {
                let slot: Slot = stored.document()?;
                self.actors.calendars.tell(scope, slot.doctor.id(), CalendarCommand::LapseHold(slot.id));
            }
        }
        for (scope, ids) in self.due(List::WaitingListDue).await? {
            for stored in self.env.store.get_many(&scope, WaitingEntry::KIND, &ids).await? {
                let entry: WaitingEntry = stored.document()?;
                self.actors.calendars.tell(scope, entry.doctor.id(), CalendarCommand::EndWaiting(entry.id));
            }
        }
        Ok(())
    }

    /// Has every hospital's search index fed whose feeding is not complete: after a restore, or where indexes were lost,
    /// none is there, and an event that would wake its relay may be long in coming.
    pub async fn feed_incomplete(&self) -> Result<(), Failure> {
        let mut slice = Slice::Offset(0);
        loop {
            let query = ListQuery { slice, ..ListQuery::all(List::Hospitals, Key::all()) };
            let page = self.env.store.list(&crate::platform(), &query).await?;
            let Some(last) = page.rows.last() else { return Ok(()) };
            slice = Slice::After { sort: last.sort, id: last.id };
            for row in &page.rows {
                let Some(scope) = self.scope(TenantId::from_number(row.id.get())).await else { continue };
                if !self.env.search.status(&scope).await.is_ok_and(|status| status.complete) {
                    self.actors.nudge_relay(scope);
                }
            }
        }
    }

    /// Tells the charts that hold deleted records whose time is over. The due list knows the records only.
    async fn purge(&self, scope: TenantScope, ids: &[Id]) -> Result<(), Failure> {
        for stored in self.env.store.get_many(&scope, MedicalRecord::KIND, ids).await? {
            let record: MedicalRecord = stored.document()?;
            self.actors.charts.tell(scope, record.chart().id(), ChartMessage::PurgeDue(record.id));
        }
        Ok(())
    }

    async fn due(&self, list: List) -> Result<Vec<(TenantScope, Vec<Id>)>, Failure> {
        let bounds = Bounds { from: 0, until: self.env.now().sort_key() };
        let rows = self.env.store.platform_list(list, &Key::all(), bounds, BATCH).await?;
        let mut by_tenant: BTreeMap<TenantId, Vec<Id>> = BTreeMap::new();
        for row in rows {
            by_tenant.entry(row.tenant).or_default().push(row.id);
        }
        let mut due = Vec::with_capacity(by_tenant.len());
        for (tenant, ids) in by_tenant {
            if let Some(scope) = self.scope(tenant).await {
                due.push((scope, ids));
            }
        }
        Ok(due)
    }

    /// The scope of a tenant that is served; a suspended hospital's things wait until it is served again.
    async fn scope(&self, tenant: TenantId) -> Option<TenantScope> {
        self.register.scope(tenant).await.ok().and_then(Result::ok)
    }
}
