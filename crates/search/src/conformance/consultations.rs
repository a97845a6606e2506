//! The consultations that Ward ships, and what is found in them: the same in every back end.

use super::{Subject, encounters, id};
use crate::{Direction, DocumentKind, Filter, NumberField, SearchDocument, Sort, TermField, TextField};
use serde::Deserialize;
use ward_domain::encounter::transcript::Transcript;

/// As `crates/scribe/consultations` has them. The crate beside this one, which this one must not know.
macro_rules! shipped {
    ($($slug:literal),+ $(,)?) => {
        &[$(include_str!(concat!("../../../scribe/consultations/", $slug, ".json"))),+]
    };
}

const FILES: &[&str] = shipped![
    "en-tension-headache",
    "en-chest-infection",
    "en-knee-injury",
    "en-hypertension-review",
    "fa-migraine",
    "fa-diabetes-review",
    "es-urinary-infection",
    "es-low-back-pain",
];

#[derive(Deserialize)]
struct Consultation {
    language: String,
    patient_name: String,
    patient_age: i64,
    chief_complaint: String,
    transcript: Transcript,
}

/// The encounters 1 to 8, in the order of the files.
fn documents() -> Vec<SearchDocument> {
    let of = |(at, file): (usize, &&str)| {
        let consultation: Consultation = serde_json::from_str(file).expect("a shipped consultation");
        SearchDocument::new(DocumentKind::Encounter, id(at as u64 + 1), 1)
            .text(TextField::PatientName, consultation.patient_name)
            .text(TextField::ChiefComplaint, consultation.chief_complaint)
            .text(TextField::Transcript, consultation.transcript.text())
            .term(TermField::Language, consultation.language)
            .number(NumberField::Age, consultation.patient_age)
            .number(NumberField::Date, (at as u64).cast_signed())
    };
    FILES.iter().enumerate().map(of).collect()
}

/// What is asked, and which encounters are found, smallest first.
const QUESTIONS: &[(&str, &[u64])] = &[
    ("headache ", &[1, 4]),
    ("migraine ", &[1]),
    ("chest infection ", &[2]),
    ("\"chest x-ray\"", &[2]),
    ("knee brace ", &[3]),
    ("naproxn ", &[3]),
    ("amlodipine ", &[2, 4]),
    ("metformin ", &[4]),
    ("wrenf", &[3]),
    ("سردرد ", &[5]),
    ("میگرن ", &[5]),
    ("متفورمین ", &[6]),
    ("ديابت ", &[6]),
    ("سيگار ", &[5, 6]),
    ("قند خون ", &[6]),
    ("فشار خون ", &[5, 6]),
    ("میلی گرم ", &[5, 6]),
    ("«سه ماه دیگه»", &[6]),
    ("fiebre ", &[7, 8]),
    ("infeccion de orina ", &[7]),
    // Of one letter less the other speaks.
    ("ALÉRGICA ", &[7, 8]),
    ("paracetamol ", &[2, 7, 8]),
    ("salbutamol ", &[3, 7]),
    ("castelv", &[8]),
    // Four hundred milligrams are the same in Persian digits; one letter is between the languages.
    ("400 ", &[1, 5, 8]),
    ("hipertension ", &[4, 8]),
    ("quokka ", &[]),
];

/// English, Persian and Spanish, with accents and without, forms, beginnings, phrases and typing errors.
pub async fn questions_find_the_same_encounters(subject: &Subject) {
    let hospital = subject.hospital(0);
    let documents = documents();
    assert_eq!(documents.len(), 8);
    hospital.put(documents).await;
    let mut found = Vec::new();
    for (question, _) in QUESTIONS {
        found.push((*question, hospital.found(question).await));
    }
    let expected: Vec<_> = QUESTIONS.iter().map(|(question, ids)| (*question, ids.to_vec())).collect();
    assert_eq!(found, expected);
    for (question, _) in QUESTIONS {
        let shown = hospital.page(encounters().text(*question).with_snippets()).await;
        for hit in shown.hits {
            assert!(
                hit.snippets.iter().any(|snippet| snippet.text.contains("<mark>")),
                "{question} {}",
                hit.id
            );
        }
    }
}

/// Filters and orders on the same.
pub async fn questions_narrow_and_sort_alike(subject: &Subject) {
    let hospital = subject.hospital(0);
    hospital.put(documents()).await;
    let persian = || encounters().filter(Filter::term(TermField::Language, "fa"));
    assert_eq!(hospital.ids(persian()).await, [6, 5]);
    let by_date = persian().sorted(Sort::Number(NumberField::Date, Direction::Ascending));
    assert_eq!(hospital.ids(by_date.text("درد ")).await, [5, 6]);
    let names = encounters().sorted(Sort::Name(TextField::PatientName, Direction::Ascending));
    assert_eq!(hospital.ids(names).await, [6, 5, 7, 1, 2, 4, 8, 3]);
    // Who complains of it comes before who only says it.
    assert_eq!(hospital.ids(encounters().text("headache ")).await.first(), Some(&1));
}
