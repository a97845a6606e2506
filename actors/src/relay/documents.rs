//! Search documents from records, as they are now.

use crate::shell::{Failure, Turn};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use ward_domain::account::Account;
use ward_domain::calendar::Appointment;
use ward_domain::encounter::{Encounter, NoteVersion, TranscriptRecord};
use ward_domain::id::Id;
use ward_domain::record::{Document, Key, List};
use ward_gateways::embedder;
use ward_search::{DocumentKind, NumberField, SearchDocument, TermField, TextField};
use ward_store::ListQuery;

/// The documents of records, read together; those that are not there are left out.
pub(super) async fn read(
    turn: &Turn,
    kind: DocumentKind,
    ids: &[Id],
) -> Result<Vec<SearchDocument>, Failure> {
    match kind {
        DocumentKind::Account => {
            let accounts = records::<Account>(turn, ids).await?;
            Ok(accounts.iter().map(|(account, version)| of_account(account, *version)).collect())
        }
        DocumentKind::Encounter => encounters(turn, ids).await,
        DocumentKind::Appointment => appointments(turn, ids).await,
    }
}

/// Records and their versions.
async fn records<D: Document>(turn: &Turn, ids: &[Id]) -> Result<Vec<(D, u64)>, Failure> {
    let mut read = Vec::with_capacity(ids.len());
    for stored in turn.env.store.get_many(&turn.scope, D::KIND, ids).await? {
        let version = stored.version;
        read.push((stored.document()?, version));
    }
    Ok(read)
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

async fn appointments(turn: &Turn, ids: &[Id]) -> Result<Vec<SearchDocument>, Failure> {
    let appointments = records::<Appointment>(turn, ids).await?;
    let people: BTreeSet<Id> =
        appointments.iter().flat_map(|(one, _)| [one.patient.id(), one.doctor.id()]).collect();
    let people: Vec<Id> = people.into_iter().collect();
    let accounts = records::<Account>(turn, &people).await?.into_iter();
    let names: BTreeMap<Id, String> =
        accounts.map(|(account, _)| (account.id.id(), account.profile.full_name())).collect();
    let name = |user: Id| names.get(&user).cloned().unwrap_or_default();
    let document = |(appointment, version): (Appointment, u64)| {
        SearchDocument::new(DocumentKind::Appointment, appointment.id.id(), version)
            .text(TextField::PatientName, name(appointment.patient.id()))
            .text(TextField::DoctorName, name(appointment.doctor.id()))
            .text(TextField::Reason, &appointment.reason)
            .text(TextField::Notes, &appointment.notes)
            .term(TermField::Status, appointment.status.word())
            .id_number(NumberField::Doctor, appointment.doctor)
            .id_number(NumberField::Patient, appointment.patient)
            .number(NumberField::Date, appointment.start.millis())
            .number(NumberField::Created, appointment.created_at.millis())
    };
    Ok(appointments.into_iter().map(document).collect())
}

async fn encounters(turn: &Turn, ids: &[Id]) -> Result<Vec<SearchDocument>, Failure> {
    let encounters = records::<Encounter>(turn, ids).await?;
    let mut transcripts: HashMap<Id, TranscriptRecord> = HashMap::new();
    for (record, _) in records::<TranscriptRecord>(turn, ids).await? {
        transcripts.insert(record.encounter.id(), record);
    }
    let mut newest = Vec::new();
    for (encounter, _) in &encounters {
        newest.extend(newest_note(turn, encounter.id.id()).await?);
    }
    let mut notes: HashMap<Id, NoteVersion> = HashMap::new();
    for (note, _) in records::<NoteVersion>(turn, &newest).await? {
        notes.insert(note.encounter.id(), note);
    }
    let document = |(encounter, version): (Encounter, u64)| {
        let id = encounter.id.id();
        of_encounter(&encounter, version, transcripts.get(&id), notes.get(&id))
    };
    let documents: Vec<SearchDocument> = encounters.into_iter().map(document).collect();
    let mut with_vectors = Vec::with_capacity(documents.len());
    let mut left = documents.into_iter();
    loop {
        let page: Vec<SearchDocument> = left.by_ref().take(embedder::MAX_TEXTS).collect();
        if page.is_empty() {
            return Ok(with_vectors);
        }
        let texts: Vec<String> = page.iter().map(about).collect();
        let vectors = turn.env.embedder.embed(&turn.scope, &texts).await;
        // Fed without its vector a consultation would be missing from what is alike, and nobody would know.
        let vectors = vectors.map_err(|error| Failure::unavailable(&error.to_string()))?;
        with_vectors.extend(page.into_iter().zip(vectors).map(|(document, vector)| document.about(vector)));
    }
}

/// What says what a consultation is about: its note, or where there is none yet, what was said.
fn about(document: &SearchDocument) -> String {
    const NOTE: [TextField; 4] =
        [TextField::Subjective, TextField::Objective, TextField::Assessment, TextField::Plan];
    let has_note = document.texts.iter().any(|(field, _)| NOTE.contains(field));
    let says = |field: &TextField| match field {
        TextField::ChiefComplaint | TextField::Tags => true,
        TextField::Transcript => !has_note,
        other => NOTE.contains(other),
    };
    let texts = document.texts.iter().filter(|(field, _)| says(field)).map(|(_, text)| text.as_str());
    texts.collect::<Vec<_>>().join("\n")
}

fn of_encounter(
    encounter: &Encounter,
    version: u64,
    transcript: Option<&TranscriptRecord>,
    note: Option<&NoteVersion>,
) -> SearchDocument {
    let mut document = SearchDocument::new(DocumentKind::Encounter, encounter.id.id(), version)
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
    if let Some(record) = transcript {
        document = document.text(TextField::Transcript, record.transcript.text());
    }
    if let Some(note) = note {
        let flat = note.content.flat();
        document = document
            .text(TextField::Subjective, flat.subjective)
            .text(TextField::Objective, flat.objective)
            .text(TextField::Assessment, flat.assessment)
            .text(TextField::Plan, flat.plan);
    }
    document
}

async fn newest_note(turn: &Turn, encounter: Id) -> Result<Option<Id>, Failure> {
    let newest = ListQuery {
        descending: true,
        limit: 1,
        ..ListQuery::all(List::NoteVersions, Key::of(encounter.get()))
    };
    let page = turn.env.store.list(&turn.scope, &newest).await?;
    Ok(page.rows.first().map(|row| row.id))
}
