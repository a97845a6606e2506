//! Search documents from records, as they are now.

use crate::shell::aggregate::load;
use crate::shell::{Failure, Turn};
use ward_domain::account::Account;
use ward_domain::calendar::Appointment;
use ward_domain::encounter::{Encounter, NoteVersion, TranscriptRecord};
use ward_domain::id::Id;
use ward_domain::record::{Document as _, Key, List};
use ward_search::{DocumentKind, NumberField, SearchDocument, TermField, TextField};
use ward_store::ListQuery;

/// The document of a record; `None` where there is no such record.
pub(super) async fn read(turn: &Turn, kind: DocumentKind, id: Id) -> Result<Option<SearchDocument>, Failure> {
    match kind {
        DocumentKind::Account => {
            Ok(load::<Account>(turn, id).await?.map(|(account, version)| of_account(&account, version)))
        }
        DocumentKind::Encounter => match load::<Encounter>(turn, id).await? {
            Some((encounter, version)) => Ok(Some(of_encounter(turn, &encounter, version).await?)),
            None => Ok(None),
        },
        DocumentKind::Appointment => match load::<Appointment>(turn, id).await? {
            Some((appointment, version)) => Ok(Some(of_appointment(turn, &appointment, version).await?)),
            None => Ok(None),
        },
    }
}

fn of_account(account: &Account, version: u64) -> SearchDocument {
    let profile = &account.profile;
    SearchDocument::new(DocumentKind::Account, account.id.id(), version)
        .text(TextField::FirstName, &profile.first_name)
        .text(TextField::LastName, &profile.last_name)
        .text(TextField::FullName, profile.full_name())
        .text(TextField::Email, &profile.email)
        .text(TextField::Username, &profile.username)
        .text(TextField::Phone, &profile.phone_number)
        .text(TextField::License, &profile.license_number)
        .text(TextField::Department, &profile.department)
        .text(TextField::Specialty, &profile.specialty)
        .term(TermField::Role, account.role.word())
        .term(TermField::Status, if account.active { "active" } else { "inactive" })
        .number(NumberField::Created, account.created_at.millis())
}

async fn of_appointment(
    turn: &Turn,
    appointment: &Appointment,
    version: u64,
) -> Result<SearchDocument, Failure> {
    let patient = name(turn, appointment.patient.id()).await?;
    let doctor = name(turn, appointment.doctor.id()).await?;
    Ok(SearchDocument::new(DocumentKind::Appointment, appointment.id.id(), version)
        .text(TextField::PatientName, patient)
        .text(TextField::DoctorName, doctor)
        .text(TextField::Reason, &appointment.reason)
        .text(TextField::Notes, &appointment.notes)
        .term(TermField::Status, appointment.status.word())
        .id_number(NumberField::Doctor, appointment.doctor)
        .id_number(NumberField::Patient, appointment.patient)
        .number(NumberField::Date, appointment.start.millis())
        .number(NumberField::Created, appointment.created_at.millis()))
}

async fn name(turn: &Turn, user: Id) -> Result<String, Failure> {
    Ok(load::<Account>(turn, user).await?.map(|(account, _)| account.profile.full_name()).unwrap_or_default())
}

async fn of_encounter(turn: &Turn, encounter: &Encounter, version: u64) -> Result<SearchDocument, Failure> {
    let id = encounter.id.id();
    let mut document = SearchDocument::new(DocumentKind::Encounter, id, version)
        .text(TextField::PatientName, &encounter.patient_name)
        .text(TextField::ChiefComplaint, &encounter.chief_complaint)
        .term(TermField::Status, encounter.status.word())
        .term(TermField::Language, &encounter.language)
        .id_number(NumberField::Doctor, encounter.doctor)
        .number(NumberField::Date, encounter.encounter_date.millis())
        .number(NumberField::Created, encounter.created_at.millis());
    if let Some(age) = encounter.patient_age {
        document = document.number(NumberField::Age, i64::from(age));
    }
    for tag in &encounter.tags {
        document = document.text(TextField::Tags, tag).term(TermField::Tag, tag);
    }
    if let Some((record, _)) = load::<TranscriptRecord>(turn, id).await? {
        document = document.text(TextField::Transcript, record.transcript.text());
    }
    if let Some(note) = newest_note(turn, id).await? {
        let flat = note.content.flat();
        document = document
            .text(TextField::Subjective, flat.subjective)
            .text(TextField::Objective, flat.objective)
            .text(TextField::Assessment, flat.assessment)
            .text(TextField::Plan, flat.plan);
    }
    Ok(document)
}

async fn newest_note(turn: &Turn, encounter: Id) -> Result<Option<NoteVersion>, Failure> {
    let newest = ListQuery {
        descending: true,
        limit: 1,
        ..ListQuery::all(List::NoteVersions, Key::of(encounter.get()))
    };
    let page = turn.env.store.list(&turn.scope, &newest).await?;
    let Some(row) = page.rows.first() else { return Ok(None) };
    let Some(stored) = turn.env.store.get(&turn.scope, NoteVersion::KIND, row.id).await? else {
        return Ok(None);
    };
    Ok(Some(stored.document()?))
}
