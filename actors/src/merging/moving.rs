//! What moves in a merge: each thing is told to whoever keeps it, and may be told twice.

use super::{DEADLINE, Merge, PAGE, find, trace};
use crate::chart::ChartMessage;
use crate::shell::Failure;
use ward_domain::account::{Account, AccountCommand, Moved};
use ward_domain::audit::AuditOutcome;
use ward_domain::calendar::{Appointment, CalendarCommand};
use ward_domain::chart::{
    ChartCommand, ChartDocument, ChartPart, ListedDocument, MedicalRecord, Prescription, Treatment,
};
use ward_domain::id::Id;
use ward_domain::policy::Resource;
use ward_domain::record::{Key, List};
use ward_domain::refusal::Kind;
use ward_store::{ListQuery, Slice};

impl Merge<'_> {
    /// Appointments; one that clashes with what the survivor has stays, and needs attention.
    pub(super) async fn appointments(&self, moved: &mut Moved) -> Result<(), Failure> {
        let (from, to) = (self.plan.duplicate, self.to);
        let mut slice = Slice::Offset(0);
        while let Some(ids) = self.page(List::PatientAppointmentsByCreated, from.id(), &mut slice).await? {
            for id in ids {
                let Some(appointment) = find::<Appointment>(self.tree.env(), self.scope, id).await? else {
                    continue;
                };
                let command = CalendarCommand::Reassign { appointment: appointment.id, from, to };
                let doctor = appointment.doctor.id();
                let outcome = match self.tree.calendars.ask(self.scope, doctor, DEADLINE, command).await {
                    Ok(_) => {
                        moved.appointments += 1;
                        AuditOutcome::Success
                    }
                    Err(Failure::Refused(refusal)) if refusal.kind == Kind::Conflict => {
                        moved.attention.push(appointment.id);
                        AuditOutcome::Refused
                    }
                    Err(failure) => return Err(failure),
                };
                trace(self.tree, self.scope, self.plan, Resource::Appointment, id, outcome).await?;
            }
        }
        Ok(())
    }

    /// What the duplicate is allergic to, the survivor is.
    pub(super) async fn allergies(&self) -> Result<(), Failure> {
        let from = find::<Account>(self.tree.env(), self.scope, self.plan.duplicate.id()).await?;
        let allergies = from.map(|account| account.profile.allergies).unwrap_or_default();
        if !allergies.trim().is_empty() {
            let add = AccountCommand::AddAllergies(allergies);
            self.tree.accounts.ask(self.scope, self.to.id(), DEADLINE, add).await?;
        }
        Ok(())
    }

    /// What stands in the chart. The chart that wrote a document goes on keeping it. What was deleted stays where it is:
    /// nobody is shown it.
    pub(super) async fn chart(&self) -> Result<u64, Failure> {
        let records = self.listed::<MedicalRecord>().await?;
        Ok(records + self.listed::<Treatment>().await?)
    }

    /// The documents of one sort, each after what hangs on it.
    async fn listed<D: ListedDocument>(&self) -> Result<u64, Failure> {
        let (mut count, mut slice) = (0, Slice::Offset(0));
        while let Some(ids) = self.page(D::LISTS.by_patient, self.plan.duplicate.id(), &mut slice).await? {
            for id in ids {
                if D::PART == ChartPart::Treatment {
                    // First: they are found by it as long as it is found itself.
                    count += self.prescriptions(id).await?;
                }
                count += self.document::<D>(id).await?;
            }
        }
        Ok(count)
    }

    async fn prescriptions(&self, treatment: Id) -> Result<u64, Failure> {
        let (mut count, mut slice) = (0, Slice::Offset(0));
        while let Some(ids) = self.page(List::PrescriptionsByTreatment, treatment, &mut slice).await? {
            for id in ids {
                count += self.document::<Prescription>(id).await?;
            }
        }
        Ok(count)
    }

    async fn document<D: ChartDocument>(&self, id: Id) -> Result<u64, Failure> {
        let Some(document) = find::<D>(self.tree.env(), self.scope, id).await? else { return Ok(0) };
        let (subject, from, to) = (document.subject(), self.plan.duplicate, self.to);
        if document.patient() != from {
            return Ok(0);
        }
        let command = ChartMessage::Do(Box::new(ChartCommand::Reassign { subject, from, to }));
        self.tree.charts.ask(self.scope, document.chart().id(), DEADLINE, command).await?;
        trace(self.tree, self.scope, self.plan, D::RESOURCE, id, AuditOutcome::Success).await?;
        Ok(1)
    }

    /// The next ids of a list, whose rows may leave it meanwhile.
    async fn page(&self, list: List, of: Id, slice: &mut Slice) -> Result<Option<Vec<Id>>, Failure> {
        let query =
            ListQuery { slice: slice.clone(), limit: PAGE, ..ListQuery::all(list, Key::of(of.get())) };
        let page = self.tree.env().store.list(self.scope, &query).await?;
        let Some(last) = page.rows.last() else { return Ok(None) };
        *slice = Slice::After { sort: last.sort, id: last.id };
        Ok(Some(page.rows.iter().map(|row| row.id).collect()))
    }
}
