//! What happens to a chart.

use super::limits;
use super::{
    Answer, BreakGlass, ChartDocument, ChartEdit, ChartPart, ChartVersion, ChartView, Content, Deletion,
    Editing, Ended, MedicalRecord, Prescription, PrescriptionEdit, RecordEdit, Subject, Treatment,
    TreatmentEdit, years_after,
};
use crate::courier::{MessageRequest, Occasion};
use crate::decision::{Change, Decision, Happening};
use crate::hospital::check_version;
use crate::id::{BreakGlassId, Id, MedicalRecordId, UserId};
use crate::record::ClaimOp;
use crate::refusal::Refusal;
use crate::time::Time;

type Decided = Result<(Decision, Answer), Refusal>;

impl ChartView {
    pub(super) fn add(&self, content: &Content, version: Id, claims: &[ClaimOp]) -> Decided {
        let mut decision = match content {
            Content::Record(record) => added(record, version)?,
            Content::Treatment(treatment) => {
                treatment.check()?;
                added(treatment, version)?
            }
            Content::Prescription(prescription) => {
                if !self.treatments.contains_key(&prescription.treatment) {
                    return Err(Refusal::not_found(Treatment::WHAT));
                }
                added(prescription, version)?
            }
        };
        decision.claims = claims.to_vec();
        let id = decision.changes.first().map_or_else(Id::default, |change| change.id);
        Ok((decision, Answer::Done(id)))
    }

    pub(super) fn edit(&self, now: Time, edit: &ChartEdit, editing: &Editing) -> Decided {
        match edit {
            ChartEdit::Record(id, edit) => {
                edited(self.records.get(id), editing, now, |record: &mut MedicalRecord| {
                    edit.apply(record);
                    Ok(())
                })
            }
            ChartEdit::Treatment(id, edit) => {
                edited(self.treatments.get(id), editing, now, |treatment: &mut Treatment| {
                    edit.apply(treatment);
                    treatment.check()
                })
            }
            ChartEdit::Prescription(id, edit) => {
                edited(self.prescriptions.get(id), editing, now, |prescription: &mut Prescription| {
                    edit.apply(prescription);
                    Ok(())
                })
            }
        }
    }

    pub(super) fn delete(
        &self,
        now: Time,
        id: MedicalRecordId,
        by: UserId,
        reason: &str,
        retention_years: u32,
    ) -> Decided {
        let held = self.records.get(&id).filter(|(record, _)| !record.is_gone());
        let (old, _) = held.ok_or_else(|| Refusal::not_found(MedicalRecord::WHAT))?;
        let until = years_after(now, retention_years);
        let deleted = Some(Deletion { by, at: now, reason: reason.to_owned(), until });
        let new = MedicalRecord { deleted, ..old.clone() };
        let decision = Decision {
            changes: vec![Change::update(old, &new)],
            claims: Vec::new(),
            happenings: vec![happening(old)],
        };
        Ok((decision, Answer::Done(id.id())))
    }

    /// Whoever is told twice finds nothing to do the second time.
    pub(super) fn purge(&self, now: Time, id: MedicalRecordId) -> (Decision, Answer) {
        let due =
            |record: &MedicalRecord| record.deleted.as_ref().is_some_and(|deletion| deletion.until <= now);
        let Some((record, _)) = self.records.get(&id).filter(|(record, _)| due(record)) else {
            return (Decision::default(), Answer::Purged(0));
        };
        let (mut changes, mut happenings) = self.attachments_gone(record);
        changes.extend(self.versions.iter().map(Change::remove));
        if !self.more_versions {
            // Last, so that its row in the due list brings back what a crash left.
            changes.push(Change::remove(record));
            happenings.push(happening(record));
        }
        let gone = changes.len();
        (Decision { changes, claims: Vec::new(), happenings }, Answer::Purged(gone))
    }

    /// Whoever is told twice finds nothing to do the second time. A text does not change, so no version is made.
    pub(super) fn reassign(&self, subject: Subject, from: UserId, to: UserId) -> Decided {
        match subject {
            Subject::Record(id) => reassigned(self.records.get(&id), from, to),
            Subject::Treatment(id) => reassigned(self.treatments.get(&id), from, to),
            Subject::Prescription(id) => reassigned(self.prescriptions.get(&id), from, to),
        }
    }

    pub(super) fn break_glass(opened: &BreakGlass, claims: &[ClaimOp]) -> (Decision, Answer) {
        let letter = MessageRequest { recipient: None, occasion: Occasion::BreakGlass { opened: opened.id } };
        let decision = Decision {
            changes: vec![Change::create(opened)],
            claims: claims.to_vec(),
            happenings: vec![glass_happening(opened), Happening::MessageRequested { message: letter }],
        };
        (decision, Answer::Glass(Box::new(opened.clone())))
    }

    pub(super) fn end_break_glass(&self, now: Time, id: BreakGlassId, by: UserId) -> Decided {
        let old = self.glasses.get(&id).ok_or_else(|| Refusal::not_found("Break-glass access"))?;
        if !old.is_active(now) {
            // Over is over, however it came to it.
            return Ok((Decision::default(), Answer::Glass(Box::new(old.clone()))));
        }
        let new = BreakGlass { ended: Some(Ended { by, at: now }), ..old.clone() };
        let decision = Decision {
            changes: vec![Change::update(old, &new)],
            claims: Vec::new(),
            happenings: vec![glass_happening(&new)],
        };
        Ok((decision, Answer::Glass(Box::new(new))))
    }
}

fn happening<D: ChartDocument>(document: &D) -> Happening {
    Happening::ChartChanged { patient: document.patient(), part: D::PART, id: document.record_id() }
}

fn glass_happening(opened: &BreakGlass) -> Happening {
    Happening::ChartChanged { patient: opened.patient, part: ChartPart::BreakGlass, id: opened.id.id() }
}

fn added<D: ChartDocument>(document: &D, version: Id) -> Result<Decision, Refusal> {
    limits::check(&document.fields())?;
    Ok(Decision {
        changes: vec![Change::create(document), Change::create(&ChartVersion::newest(version, document))],
        claims: Vec::new(),
        happenings: vec![happening(document)],
    })
}

fn reassigned<D: ChartDocument>(held: Option<&(D, u64)>, from: UserId, to: UserId) -> Decided {
    let (old, _) = held.ok_or_else(|| Refusal::not_found(D::WHAT))?;
    let done = Answer::Done(old.record_id());
    if old.patient() != from || from == to {
        return Ok((Decision::default(), done));
    }
    let mut new = old.clone();
    new.give_to(to);
    let (changes, happenings) = (vec![Change::update(old, &new)], vec![happening(&new)]);
    Ok((Decision { changes, claims: Vec::new(), happenings }, done))
}

/// One version on, if anything is otherwise.
fn edited<D: ChartDocument>(
    held: Option<&(D, u64)>,
    editing: &Editing,
    now: Time,
    change: impl FnOnce(&mut D) -> Result<(), Refusal>,
) -> Decided {
    let held = held.filter(|(document, _)| !document.is_gone());
    let (old, version) = held.ok_or_else(|| Refusal::not_found(D::WHAT))?;
    check_version(editing.if_version, *version)?;
    let mut new = old.clone();
    change(&mut new)?;
    limits::check(&new.fields())?;
    let done = Answer::Done(new.record_id());
    if new == *old {
        return Ok((Decision::default(), done));
    }
    let number = old.edition().number + 1;
    *new.edition_mut() =
        super::Edition { number, author: editing.by, at: now, reason: editing.reason.clone() };
    let decision = Decision {
        changes: vec![
            Change::update(old, &new),
            Change::create(&ChartVersion::newest(editing.version, &new)),
        ],
        claims: Vec::new(),
        happenings: vec![happening(&new)],
    };
    Ok((decision, done))
}

fn put<T: Clone>(field: &mut T, value: Option<&T>) {
    if let Some(value) = value {
        field.clone_from(value);
    }
}

impl RecordEdit {
    fn apply(&self, record: &mut MedicalRecord) {
        put(&mut record.record_type, self.record_type.as_ref());
        put(&mut record.title, self.title.as_ref());
        put(&mut record.description, self.description.as_ref());
        put(&mut record.diagnosis, self.diagnosis.as_ref());
        put(&mut record.symptoms, self.symptoms.as_ref());
        put(&mut record.vital_signs, self.vital_signs.as_ref());
    }
}

impl TreatmentEdit {
    fn apply(&self, treatment: &mut Treatment) {
        put(&mut treatment.diagnosis, self.diagnosis.as_ref());
        put(&mut treatment.treatment_plan, self.treatment_plan.as_ref());
        put(&mut treatment.notes, self.notes.as_ref());
        put(&mut treatment.follow_up_required, self.follow_up_required.as_ref());
        put(&mut treatment.follow_up_date, self.follow_up_date.as_ref());
    }
}

impl PrescriptionEdit {
    fn apply(&self, prescription: &mut Prescription) {
        put(&mut prescription.medication_name, self.medication_name.as_ref());
        put(&mut prescription.dosage, self.dosage.as_ref());
        put(&mut prescription.frequency, self.frequency.as_ref());
        put(&mut prescription.duration, self.duration.as_ref());
        put(&mut prescription.instructions, self.instructions.as_ref());
        put(&mut prescription.status, self.status.as_ref());
    }
}
