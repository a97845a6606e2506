//! The rules of specialties.

use super::{
    Assignment, DoctorSpecialty, MAX_OF_DOCTOR, MAX_SPECIALTIES, SpecialtiesCommand, SpecialtiesView,
    Specialty, SpecialtyAnswer, SpecialtyText, folded,
};
use crate::decision::{Change, Decision};
use crate::hospital::check_version;
use crate::id::{DoctorSpecialtyId, SpecialtyId, UserId};
use crate::refusal::Refusal;
use crate::time::Time;

/// A decision, the answer, and the specialties that are otherwise than before.
pub type Decided = (Decision, SpecialtyAnswer, Vec<Specialty>);

impl SpecialtiesView {
    /// Decides a command.
    pub fn decide(&self, now: Time, command: &SpecialtiesCommand) -> Result<Decided, Refusal> {
        match command {
            SpecialtiesCommand::Begin(first) => Ok(self.begin(first)),
            SpecialtiesCommand::Create { id, text, claims } => {
                let (mut decision, answer, changed) = self.create(now, *id, text)?;
                decision.claims.clone_from(claims);
                Ok((decision, answer, changed))
            }
            SpecialtiesCommand::Edit { id, text, if_version } => self.edit(now, *id, text, *if_version),
            SpecialtiesCommand::Assign { id, doctor, specialty, with, claims } => {
                let (mut decision, answer, changed) = self.assign(now, *id, *doctor, *specialty, with)?;
                decision.claims.clone_from(claims);
                Ok((decision, answer, changed))
            }
            SpecialtiesCommand::Revise { id, with, if_version, .. } => {
                self.revise(now, *id, with, *if_version)
            }
            SpecialtiesCommand::Remove { id, .. } => self.remove(now, *id),
        }
    }

    /// Nothing where there are any: two first requests side by side make one set.
    fn begin(&self, first: &[Specialty]) -> Decided {
        if !self.specialties.is_empty() {
            return (Decision::default(), SpecialtyAnswer::Begun, Vec::new());
        }
        let changes = first.iter().map(Change::create).collect();
        (Decision { changes, ..Decision::default() }, SpecialtyAnswer::Begun, first.to_vec())
    }

    fn create(&self, now: Time, id: SpecialtyId, text: &SpecialtyText) -> Result<Decided, Refusal> {
        if self.specialties.len() >= MAX_SPECIALTIES {
            return Err(Refusal::conflict(
                "too_many_specialties",
                format!("A hospital has at most {MAX_SPECIALTIES} specialties."),
            ));
        }
        let empty = Specialty {
            id,
            name: String::new(),
            code: String::new(),
            description: String::new(),
            active: true,
            created_at: now,
            updated_at: now,
        };
        let specialty = empty.with(text, now);
        self.check_names(&specialty)?;
        let decision = Decision { changes: vec![Change::create(&specialty)], ..Decision::default() };
        Ok((decision, SpecialtyAnswer::Specialty(specialty.clone()), vec![specialty]))
    }

    fn edit(
        &self,
        now: Time,
        id: SpecialtyId,
        text: &SpecialtyText,
        if_version: Option<u64>,
    ) -> Result<Decided, Refusal> {
        let (old, version) = self.specialties.get(&id).ok_or_else(|| Refusal::not_found("Specialty"))?;
        check_version(if_version, *version)?;
        let new = old.with(text, now);
        self.check_names(&new)?;
        let decision = Decision { changes: vec![Change::update(old, &new)], ..Decision::default() };
        Ok((decision, SpecialtyAnswer::Specialty(new.clone()), vec![new]))
    }

    /// Refuses a name or code that another specialty has.
    fn check_names(&self, new: &Specialty) -> Result<(), Refusal> {
        let others = || self.specialties.values().map(|(other, _)| other).filter(|other| other.id != new.id);
        let taken = |field, message| {
            Err(Refusal::conflict("specialty_exists", "There is such a specialty already.")
                .and_field(field, message))
        };
        if others().any(|other| folded(&other.name) == folded(&new.name)) {
            return taken("name", "Another specialty of the hospital has this name.");
        }
        if !new.code.is_empty() && others().any(|other| folded(&other.code) == folded(&new.code)) {
            return taken("code", "Another specialty of the hospital has this code.");
        }
        Ok(())
    }

    fn assign(
        &self,
        now: Time,
        id: DoctorSpecialtyId,
        doctor: UserId,
        specialty: SpecialtyId,
        with: &Assignment,
    ) -> Result<Decided, Refusal> {
        let Some((known, _)) = self.specialties.get(&specialty) else {
            return Err(Refusal::field("specialty", "There is no such specialty."));
        };
        if self.of_doctor.values().any(|(other, _)| other.specialty == specialty) {
            return Err(Refusal::conflict("specialty_assigned", "The doctor has this specialty already.")
                .and_field("specialty", "The doctor has it already."));
        }
        if !known.active {
            return Err(Refusal::field("specialty", "This specialty is not active."));
        }
        if self.of_doctor.len() >= MAX_OF_DOCTOR {
            return Err(Refusal::conflict(
                "too_many_specialties",
                format!("A doctor has at most {MAX_OF_DOCTOR} specialties."),
            ));
        }
        let new = DoctorSpecialty {
            id,
            doctor,
            specialty,
            // The first is the primary one, whatever was said: there must be one.
            primary: with.primary.unwrap_or(false) || self.of_doctor.is_empty(),
            years: with.years.flatten(),
            certified: with.certified.clone().unwrap_or_default(),
            created_at: now,
            updated_at: now,
        };
        let mut changes = vec![Change::create(&new)];
        if new.primary {
            changes.extend(self.demoted(now, id));
        }
        Ok((Decision { changes, ..Decision::default() }, SpecialtyAnswer::Assigned(new), Vec::new()))
    }

    fn revise(
        &self,
        now: Time,
        id: DoctorSpecialtyId,
        with: &Assignment,
        if_version: Option<u64>,
    ) -> Result<Decided, Refusal> {
        let (old, version) = self.of_doctor.get(&id).ok_or_else(|| Refusal::not_found("Doctor specialty"))?;
        check_version(if_version, *version)?;
        let mut new = old.clone();
        new.updated_at = now;
        if let Some(years) = with.years {
            new.years = years;
        }
        if let Some(certified) = &with.certified {
            new.certified.clone_from(certified);
        }
        let mut others = Vec::new();
        match (old.primary, with.primary) {
            (false, Some(true)) => {
                new.primary = true;
                others.extend(self.demoted(now, id));
            }
            (true, Some(false)) => {
                let promoted = self.promoted(now, id).ok_or_else(|| {
                    Refusal::field("is_primary", "A doctor's only specialty is the primary one.")
                })?;
                new.primary = false;
                others.push(promoted);
            }
            _ => {}
        }
        let mut changes = vec![Change::update(old, &new)];
        changes.append(&mut others);
        Ok((Decision { changes, ..Decision::default() }, SpecialtyAnswer::Assigned(new), Vec::new()))
    }

    fn remove(&self, now: Time, id: DoctorSpecialtyId) -> Result<Decided, Refusal> {
        let (old, _) = self.of_doctor.get(&id).ok_or_else(|| Refusal::not_found("Doctor specialty"))?;
        let mut changes = vec![Change::remove(old)];
        if old.primary {
            changes.extend(self.promoted(now, id));
        }
        let decision = Decision { changes, ..Decision::default() };
        Ok((decision, SpecialtyAnswer::Assigned(old.clone()), Vec::new()))
    }

    /// The change that makes the primary one none, unless it is `new` itself.
    fn demoted(&self, now: Time, new: DoctorSpecialtyId) -> Option<Change> {
        let (old, _) = self.of_doctor.values().find(|(one, _)| one.primary && one.id != new)?;
        Some(Change::update(old, &DoctorSpecialty { primary: false, updated_at: now, ..old.clone() }))
    }

    /// The change that makes the next one primary: the one that the doctor was given first, of all but `gone`.
    fn promoted(&self, now: Time, gone: DoctorSpecialtyId) -> Option<Change> {
        let others = self.of_doctor.values().map(|(one, _)| one).filter(|one| one.id != gone);
        let next = others.min_by_key(|one| (one.created_at, one.id))?;
        Some(Change::update(next, &DoctorSpecialty { primary: true, updated_at: now, ..next.clone() }))
    }
}

impl Specialty {
    fn with(&self, text: &SpecialtyText, now: Time) -> Self {
        Self {
            name: text.name.clone().unwrap_or_else(|| self.name.clone()),
            code: text.code.clone().unwrap_or_else(|| self.code.clone()),
            description: text.description.clone().unwrap_or_else(|| self.description.clone()),
            active: text.active.unwrap_or(self.active),
            updated_at: now,
            ..self.clone()
        }
    }
}
