//! How soon what was committed is found, and how fast an index is fed anew, in the house itself: on the embedded index,
//! and on a Meilisearch server where `MEILI_URL` names one (its key in `MEILI_MASTER_KEY`).
//!
//! Notes are those of the shipped consultations, each with a word of its own. `WARD_LOAD_NOTES`: notes of the rebuilding
//! (20 000).

use super::machine;
use super::report::{Row, ms};
use super::town::{close, folder, rest, settings};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use ward::settings::{SearchBackend, Settings};
use ward::wiring::{self, Instead, Ward};
use ward_domain::decision::{Change, Event, Happening};
use ward_domain::encounter::{
    Encounter, EncounterStatus, NoteAuthor, NoteVersion, Progress, TranscriptRecord,
};
use ward_domain::hospital::HospitalProfile;
use ward_domain::id::Id;
use ward_domain::record::AggregateKind;
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;
use ward_scribe::Scribed;
use ward_scribe::consultations::{self, Consultation};
use ward_search::{DocumentKind, SearchQuery};
use ward_services::House;
use ward_store::{AggregateRef, Commit, OutboxEvent};
use ward_tenants::NewHospital;

/// Documents a second.
const RATE: u64 = 500;
/// Of so many documents one is looked for: searches are load too.
const SAMPLED: u64 = 20;
/// How often it is looked for until it is found.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// Notes in one commit of the load: each is three documents, and a commit has at most 1024 parts.
const BATCH: u64 = 300;

/// Both figures.
pub async fn measured(seconds: u64, notes: u64, server: Option<(String, String)>) -> Vec<Row> {
    let mut rows = on("embedded index", seconds, notes, Some(5_000.0), |_| {}).await;
    if let Some((url, key)) = server {
        let prefix = format!("ward-load-{}-", std::process::id());
        let on_server = |settings: &mut Settings| {
            settings.search.backend = SearchBackend::Meilisearch;
            settings.search.meilisearch.index_prefix.clone_from(&prefix);
            (settings.search.meilisearch.url, settings.search.meilisearch.key) = (url, key);
        };
        // There is no target for a rebuilding there.
        rows.extend(on("Meilisearch", seconds, notes, None, on_server).await);
    }
    rows
}

async fn on(
    what: &str,
    seconds: u64,
    notes: u64,
    target: Option<f64>,
    change: impl FnOnce(&mut Settings),
) -> Vec<Row> {
    let folder = folder();
    let mut settings = settings(folder.path());
    change(&mut settings);
    let ward = wiring::open(&settings, Instead::default()).await.unwrap();
    let written = Arc::new(Written::all());
    // Both now: nobody renews this process's lease on a node number, and ids are minted for hospitals only.
    let (busy, rebuilt) = (hospital(&ward.house).await, hospital(&ward.house).await);
    let mut rows = committed_to_searchable(&ward, busy, &written, what, seconds).await;
    rows.extend(rebuilding(&ward, rebuilt, &written, what, notes, target).await);
    close(ward).await;
    if settings.search.backend == SearchBackend::Meilisearch {
        wiring::meilisearch(&settings).unwrap().remove_indexes().await.unwrap();
    }
    rows
}

async fn hospital(house: &House) -> TenantScope {
    let profile = HospitalProfile { name: "Load Hospital".into(), ..HospitalProfile::default() };
    let made = house.tenancy.onboard(NewHospital { profile, claims: Vec::new() }).await.unwrap();
    house.tenancy.register.scope(TenantId::from(made.hospital.id)).await.unwrap().unwrap()
}

/// The shipped consultations, with the notes that the scribe writes.
pub struct Written(Vec<(&'static Consultation, Scribed)>);

impl Written {
    /// As the scribe writes them.
    pub fn all() -> Self {
        let write = |one: &'static Consultation| (one, ward_scribe::write(&one.transcript, &one.hints()));
        Self(consultations::all().iter().map(write).collect())
    }

    /// The documents of a numbered encounter; `unique` stands in its complaint.
    fn encounter(&self, number: u64, doctor: Id, unique: &str, now: Time) -> [Change; 3] {
        let (consultation, scribed) = &self.0[usize::try_from(number).unwrap() % self.0.len()];
        let encounter = Encounter {
            id: id(number, 1).into(),
            doctor: doctor.into(),
            patient_name: consultation.patient_name.clone(),
            patient_age: Some(consultation.patient_age),
            patient_gender: consultation.patient_gender.clone(),
            chief_complaint: format!("{} {unique}", consultation.chief_complaint),
            notes: String::new(),
            encounter_date: now,
            status: EncounterStatus::Completed,
            progress: Progress::default(),
            waiting_for: String::new(),
            duration_ms: 0,
            language: consultation.language.clone(),
            transcript_preview: String::new(),
            note: Some(id(number, 3).into()),
            note_version: 1,
            written: None,
            signature: None,
            addenda: 0,
            checklist_score: None,
            tags: scribed.tags.clone(),
            attempts: 0,
            due: None,
            audio: None,
            work: ward_domain::encounter::Work::default(),
            created_at: now.plus(i64::try_from(number).unwrap()),
            updated_at: now,
        };
        let transcript = TranscriptRecord {
            encounter: encounter.id,
            transcript: consultation.transcript.clone(),
            given_by: None,
            engine: String::new(),
            speakers: ward_domain::encounter::transcript::SpeakerSource::default(),
            at: now,
        };
        let note = NoteVersion {
            id: id(number, 4),
            note: id(number, 3).into(),
            encounter: encounter.id,
            version: 1,
            content: scribed.note.clone(),
            author: NoteAuthor::Scribe { maker: scribed.maker.clone() },
            reason: String::new(),
            maker: scribed.maker.clone(),
            checklist: scribed.checklist.clone(),
            confidence_score: scribed.confidence_score,
            processing_ms: 0,
            at: now,
        };
        [Change::create(&encounter), Change::create(&transcript), Change::create(&note)]
    }
}

/// Commits so many encounters of the doctors that are told; nothing is fed.
pub async fn fill(
    house: &House,
    scope: TenantScope,
    written: &Written,
    notes: u64,
    doctor: impl Fn(u64) -> Id,
) {
    let now = house.env.now();
    // One of them owns all: none is ever told anything.
    let aggregate = AggregateRef { kind: AggregateKind::Encounter, id: id(0, 1) };
    let mut expected = 0;
    for first in (0..notes).step_by(usize::try_from(BATCH).unwrap()) {
        let numbers = first..(first + BATCH).min(notes);
        let changes =
            numbers.flat_map(|number| written.encounter(number, doctor(number), "again", now)).collect();
        let (claims, events, id) = (Vec::new(), Vec::new(), id(first, 7).into());
        let commit = Commit { id, at: now, aggregate, expected, changes, claims, events };
        expected = house.env.store.commit(&scope, commit).await.unwrap().version;
    }
}

/// The doctors go round.
fn doctor(number: u64) -> Id {
    id(number % 50, 2)
}

/// Ids of different things never meet: the lowest bits say what it is. Node 0 minted them, in the past.
fn id(number: u64, what: u64) -> Id {
    Id::new(((number + 1) << 12) | (100 + what)).unwrap()
}

/// The commit by which a numbered encounter comes to be, with the event that feeds the index.
fn commit(written: &Written, number: u64, unique: &str, now: Time) -> Commit {
    let own = id(number, 1);
    let what = Happening::EncounterChanged { encounter: own.into() };
    let event = Event { id: id(number, 5).into(), at: now, what };
    let body = serde_json::to_vec(&event).unwrap();
    Commit {
        id: id(number, 6).into(),
        at: now,
        aggregate: AggregateRef { kind: AggregateKind::Encounter, id: own },
        expected: 0,
        changes: written.encounter(number, doctor(number), unique, now).to_vec(),
        claims: Vec::new(),
        events: vec![OutboxEvent { id: event.id, at: now, body }],
    }
}

async fn committed_to_searchable(
    ward: &Ward,
    scope: TenantScope,
    written: &Arc<Written>,
    what: &str,
    seconds: u64,
) -> Vec<Row> {
    let house = &ward.house;
    let now = house.env.now();
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    let mut clock = tokio::time::interval(Duration::from_secs(1) / u32::try_from(RATE).unwrap());
    for number in 0..RATE * seconds {
        clock.tick().await;
        let (house, written) = (Arc::clone(house), Arc::clone(written));
        tasks.spawn(async move {
            let unique = format!("unique{number}x");
            house.env.store.commit(&scope, commit(&written, number, &unique, now)).await.unwrap();
            let committed = Instant::now();
            house.actors.nudge_relay(scope);
            if !number.is_multiple_of(SAMPLED) {
                return None;
            }
            let query = SearchQuery::new(DocumentKind::Encounter).text(unique + " ");
            while house.env.search.search(&scope, &query).await.unwrap().total == 0 {
                tokio::time::sleep(LOOK_EVERY).await;
            }
            Some(committed.elapsed())
        });
    }
    let fed_in = begun.elapsed();
    let mut delays: Vec<Duration> = tasks.join_all().await.into_iter().flatten().collect();
    delays.sort();
    let within = |share: usize| delays[(delays.len() * share / 1000).min(delays.len() - 1)];
    let rate = (RATE * seconds) as f64 / fed_in.as_secs_f64();
    let told = format!("p50 {}, {} of them looked for; {rate:.0} a second", ms(within(500)), delays.len());
    vec![
        Row::told(&format!("committed until found, {RATE} notes a second, {what}"), told),
        Row::at_least("  notes a second that were committed", rate, 0.99 * RATE as f64),
        Row::under("  p99 (ms)", within(990), 2_000.0),
    ]
}

async fn rebuilding(
    ward: &Ward,
    scope: TenantScope,
    written: &Written,
    what: &str,
    notes: u64,
    target: Option<f64>,
) -> Vec<Row> {
    let house = &ward.house;
    fill(house, scope, written, notes, doctor).await;
    rest().await;
    let (begun, before) = (Instant::now(), machine::cpu(std::process::id()));
    let fed = house.rebuild(scope.tenant(), |_| {}).await.unwrap();
    let (took, cpu) = (begun.elapsed(), machine::cpu(std::process::id()).saturating_sub(before));
    assert_eq!(fed, notes, "everything was fed");
    let rate = fed as f64 / took.as_secs_f64();
    let each = ms(cpu / u32::try_from(notes).unwrap());
    let told = format!("{:.1} s; CPU of a note {each}, all threads of Ward", took.as_secs_f64());
    vec![
        Row::told(&format!("{notes} notes fed anew, {what}"), told),
        target.map_or_else(
            || Row::told("  notes a second", format!("{rate:.0}")),
            |target| Row::at_least("  notes a second", rate, target),
        ),
    ]
}
