//! What is kept of a patient, on one page.

use crate::{Ctx, Fail, House};
use std::collections::BTreeSet;
use ward_domain::account::Account;
use ward_domain::calendar::{Appointment, AppointmentStatus};
use ward_domain::chart::{MedicalRecord, Prescription};
use ward_domain::id::{Id, UserId};
use ward_domain::record::{Document, Key, List};
use ward_domain::refusal::Refusal;
use ward_store::{Bounds, ListQuery};

/// Documents of a kind that are looked at, the newest ones.
const MAX_LOOKED_AT: usize = 200;
/// Records that are shown.
const MAX_SHOWN: usize = 5;
/// Conditions that are named.
const MAX_CONDITIONS: usize = 20;

/// What is kept of a patient.
pub struct PatientData {
    /// Who they are.
    pub patient: Account,
    /// In years; `None` where the date of birth is not known.
    pub age: Option<u32>,
    /// The newest day on which an appointment took place or a record was written, as `YYYY-MM-DD` of the hospital.
    pub last_visit: Option<String>,
    /// How many such days there are, among the newest 200 appointments and records.
    pub total_visits: usize,
    /// Diagnoses of the records, the newest first, each once.
    pub conditions: Vec<String>,
    /// What the patient does not stand, as the profile has it.
    pub allergies: Vec<String>,
    /// Prescriptions that are to be taken.
    pub medications: Vec<Prescription>,
    /// The newest records, each with its day.
    pub records: Vec<(MedicalRecord, String)>,
}

impl House {
    /// Gathers it. No trace: whoever shows it leaves one.
    pub(super) async fn patient_data(&self, ctx: &Ctx, patient: UserId) -> Result<PatientData, Fail> {
        let account = self.find::<Account>(&ctx.scope, patient.id()).await?;
        let account = account.ok_or_else(|| Refusal::not_found("Patient"))?.document;
        let zone = self.zone(ctx).await;
        let records =
            self.newest::<MedicalRecord>(ctx, List::MedicalRecordsByPatient, patient, Bounds::ALL).await?;
        let records: Vec<_> = records.into_iter().filter(|record| record.deleted.is_none()).collect();
        let past = Bounds { from: 0, until: ctx.now.sort_key() };
        let appointments =
            self.newest::<Appointment>(ctx, List::PatientAppointmentsByStart, patient, past).await?;
        let took_place = |one: &&Appointment| one.status == AppointmentStatus::Completed;
        let mut visits: BTreeSet<_> =
            appointments.iter().filter(took_place).map(|one| zone.date(one.start)).collect();
        visits.extend(records.iter().map(|record| zone.date(record.created_at)));
        let mut conditions: Vec<String> = Vec::new();
        for record in &records {
            let diagnosis = record.diagnosis.trim();
            if !diagnosis.is_empty()
                && conditions.len() < MAX_CONDITIONS
                && !conditions.iter().any(|known| known.eq_ignore_ascii_case(diagnosis))
            {
                conditions.push(diagnosis.to_owned());
            }
        }
        let medications =
            self.newest::<Prescription>(ctx, List::ActivePrescriptions, patient, Bounds::ALL).await?;
        let with_day = |record: MedicalRecord| {
            let day = zone.date(record.created_at).to_string();
            (record, day)
        };
        let shown = records.into_iter().take(MAX_SHOWN).map(with_day).collect();
        Ok(PatientData {
            age: age(&account.profile.date_of_birth, zone.date(ctx.now)),
            allergies: listed(&account.profile.allergies),
            last_visit: visits.last().map(ToString::to_string),
            total_visits: visits.len(),
            conditions,
            medications,
            records: shown,
            patient: account,
        })
    }

    async fn newest<D: Document>(
        &self,
        ctx: &Ctx,
        list: List,
        patient: UserId,
        bounds: Bounds,
    ) -> Result<Vec<D>, Fail> {
        let all = ListQuery::all(list, Key::of(patient.get()));
        let query = ListQuery { bounds, descending: true, limit: MAX_LOOKED_AT, ..all };
        let rows = self.env.store.list(&ctx.scope, &query).await?.rows;
        let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
        Ok(self.find_many::<D>(&ctx.scope, &ids).await?.into_iter().map(|found| found.document).collect())
    }
}

/// Whole years from a day of birth to a day.
fn age(born: &str, today: jiff::civil::Date) -> Option<u32> {
    let born: jiff::civil::Date = born.parse().ok()?;
    let years = today.since((jiff::Unit::Year, born)).ok()?.get_years();
    u32::try_from(years).ok()
}

/// A text as the list that it is: by commas, semicolons and lines. Where nothing was ever said it is empty.
fn listed(text: &str) -> Vec<String> {
    let parts = text.split([',', ';', '\n', '،', '؛']);
    parts.map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_full_on_the_birthday() {
        let day = |text: &str| text.parse().unwrap();
        for (born, today, years) in [
            ("1985-03-20", "2025-03-19", Some(39)),
            ("1985-03-20", "2025-03-20", Some(40)),
            ("2024-02-29", "2025-02-28", Some(0)),
            ("2030-01-01", "2025-01-01", None),
            ("", "2025-01-01", None),
        ] {
            assert_eq!(age(born, day(today)), years, "{born} {today}");
        }
    }

    #[test]
    fn one_text_is_a_list_however_it_is_written() {
        assert_eq!(
            listed("Penicillin, latex;\n پنی‌سیلین، گرده"),
            ["Penicillin", "latex", "پنی‌سیلین", "گرده"]
        );
        assert!(listed(" , ").is_empty());
    }
}
