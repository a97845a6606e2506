//! The clinical scribe: from a consultation's transcript to a SOAP note, by rules. No network, no randomness, no clock:
//! the same transcript gives the same note.
//!
//! The way of a transcript: [`text`] cleans and cuts it, [`pack`] knows the words of its language, [`reading`] joins the
//! two, [`find`] takes out the facts, [`write()`] puts them into the note's sections. Nothing is invented: every sentence
//! carries the segments it rests on, and every number stands in them; the module `check` looks after it, and after any
//! other maker's note that is given to [`judge()`]. English is turned into prose in the third
//! person; other languages keep people's own words, marked as quotations in the story.
//!
//! This crate must not know stores, tenants or the outside. Start reading at [`write()`].

mod check;
mod checklist;
mod confidence;
pub mod consultations;
pub mod facts;
mod find;
pub mod layout;
mod pack;
mod reading;
mod text;
mod writing;

pub use checklist::MAX_EVIDENCE;
pub use pack::vocabulary::{Term, vocabulary};

use serde::{Deserialize, Serialize};
use ward_domain::encounter::ChecklistItem;
use ward_domain::encounter::note::{Note, Sections};
use ward_domain::encounter::transcript::Transcript;
use ward_domain::time::Time;
use writing::draft::Draft;
use writing::english::Person;

/// Who wrote the note, for its metadata.
pub const MAKER: &str = "ward-scribe 0.1";
/// Languages with tables, best read first.
pub const LANGUAGES: &[&str] = &["en", "fa", "es", "ca", "ar"];
/// Most tags of a note.
const MAX_TAGS: usize = 6;

/// What is known of the consultation besides its transcript.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// As it was booked; it stands in the note only if the transcript bears it.
    pub chief_complaint: Option<String>,
    /// In years.
    pub patient_age: Option<u32>,
    /// `male`, `female`, or anything else, which is written "the patient".
    pub gender: Option<String>,
    /// When the consultation took place; reserved for "since yesterday".
    pub now: Option<Time>,
}

/// A note and what is to be known of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scribed {
    /// The note, each sentence with its support, and with what the checks after it flagged.
    pub note: Note,
    /// What a complete consultation covers.
    pub checklist: Vec<ChecklistItem>,
    /// Share of the checklist that is met, 0 to 1.
    pub checklist_score: f64,
    /// Words to find the encounter by: complaints and body systems.
    pub tags: Vec<String>,
    /// 0 to 1: see the module `confidence`.
    pub confidence_score: f64,
    /// [`MAKER`].
    pub maker: String,
}

/// Writes the note of a consultation. A language without tables is read as English.
pub fn write(transcript: &Transcript, hints: &Hints) -> Scribed {
    let pack = pack::pack(&transcript.language);
    let reading = reading::Reading::new(transcript, pack);
    let symptoms = find::symptoms::find(&reading);
    let medicines = find::medicines::find(&reading);
    let vitals = find::vitals::find(&reading);
    let diagnoses = find::diagnoses::find(&reading);
    let person = match Person::of(hints.gender.as_deref()) {
        Person::Patient => Person::presented(&reading).unwrap_or(Person::Patient),
        known => known,
    };
    let mut draft = Draft::default();
    let complaint = hints.chief_complaint.as_deref();
    let sections = Sections {
        subjective: writing::subjective::write(
            &reading, &symptoms, &medicines, complaint, person, &mut draft,
        ),
        objective: writing::objective::write(&reading, &vitals, &mut draft),
        assessment: writing::assessment::write(&reading, &diagnoses, &mut draft),
        plan: writing::plan::write(&reading, &medicines, &mut draft),
    };
    let note = Note { sections, support: draft.support, flags: Vec::new() };
    judged(&reading, transcript, &symptoms, &medicines, note, MAKER)
}

/// What is to be known of a note that another maker wrote: the checks, checklist, tags and confidence of [`write()`]'s own.
/// Flags that the note brings along are replaced.
pub fn judge(transcript: &Transcript, note: Note, maker: &str) -> Scribed {
    let reading = reading::Reading::new(transcript, pack::pack(&transcript.language));
    let symptoms = find::symptoms::find(&reading);
    let medicines = find::medicines::find(&reading);
    judged(&reading, transcript, &symptoms, &medicines, note, maker)
}

fn judged(
    reading: &reading::Reading,
    transcript: &Transcript,
    symptoms: &[find::symptoms::Symptom],
    medicines: &[find::medicines::Medicine],
    mut note: Note,
    maker: &str,
) -> Scribed {
    note.flags = check::flags(reading, transcript, &note);
    let (checklist, checklist_score) = checklist::check(reading, symptoms, medicines, &note);
    let confidence_score = confidence::score(reading, &note, transcript.confidence);
    Scribed {
        note,
        checklist,
        checklist_score,
        tags: tags(symptoms),
        confidence_score,
        maker: maker.to_owned(),
    }
}

/// The first complaints, then their body systems.
fn tags(symptoms: &[find::symptoms::Symptom]) -> Vec<String> {
    let present: Vec<_> = symptoms.iter().filter(|symptom| symptom.present).collect();
    let mut tags: Vec<String> = Vec::new();
    let names = present.iter().take(3).map(|symptom| &symptom.name);
    for tag in names.chain(present.iter().map(|symptom| &symptom.system)) {
        if !tags.contains(tag) && tags.len() < MAX_TAGS {
            tags.push(tag.clone());
        }
    }
    tags
}
