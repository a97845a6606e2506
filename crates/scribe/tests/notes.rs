//! What must hold of every note, whatever was said.

#![allow(clippy::unwrap_used)] // A test that cannot go on says so by stopping.

use proptest::prelude::*;
use std::collections::BTreeSet;
use ward_domain::encounter::note::{FlagReason, Note};
use ward_domain::encounter::transcript::{Segment, Speaker, Transcript, paste};
use ward_scribe::{Hints, consultations, judge, write};

/// Every text of a note with its JSON pointer.
fn texts(note: &Note) -> Vec<(String, String)> {
    fn walk(value: &serde_json::Value, path: &str, out: &mut Vec<(String, String)>) {
        match value {
            serde_json::Value::Object(map) => {
                map.iter().for_each(|(key, value)| walk(value, &format!("{path}/{key}"), out));
            }
            serde_json::Value::Array(items) => {
                items
                    .iter()
                    .enumerate()
                    .for_each(|(index, value)| walk(value, &format!("{path}/{index}"), out));
            }
            serde_json::Value::String(text) if !text.is_empty() => out.push((path.to_owned(), text.clone())),
            serde_json::Value::Number(number) => out.push((path.to_owned(), number.to_string())),
            _ => {}
        }
    }
    let mut out = Vec::new();
    walk(&serde_json::to_value(&note.sections).unwrap(), "", &mut out);
    out
}

/// Spans of support cover each text of the note, but for the spaces between sentences.
fn unsupported(note: &Note, segments: usize) -> Vec<String> {
    let mut bare = Vec::new();
    for (path, text) in texts(note) {
        let mut covered = vec![false; text.chars().count()];
        for support in note.support.iter().filter(|support| support.path == path) {
            let good =
                !support.segments.is_empty() && support.segments.iter().all(|&at| (at as usize) < segments);
            if let (true, Some(span)) = (good, covered.get_mut(support.start as usize..support.end as usize))
            {
                span.fill(true);
            }
        }
        let whole = text.chars().zip(covered).all(|(letter, covered)| covered || letter == ' ');
        if !whole {
            bare.push(format!("{path}: {text}"));
        }
    }
    bare
}

/// Digits of every script as ASCII numbers.
fn numbers(text: &str) -> BTreeSet<String> {
    let ascii: String = text
        .chars()
        .map(|letter| match letter {
            '۰'..='۹' => char::from_digit(letter as u32 - '۰' as u32, 10).unwrap(),
            other => other,
        })
        .collect();
    ascii
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .map(|n| n.trim_matches('.').to_owned())
        .filter(|n| !n.is_empty())
        .collect()
}

/// The numbers that people say in words in the consultations shipped here, written out by hand: not the scribe's tables.
const SPOKEN: &[(&str, &str)] = &[
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("ten", "10"),
    ("twenty", "20"),
    ("thirty", "30"),
    ("un", "1"),
    ("una", "1"),
    ("dos", "2"),
    ("tres", "3"),
    ("cuatro", "4"),
    ("cinco", "5"),
    ("siete", "7"),
    ("ocho", "8"),
    ("diez", "10"),
    ("veinte", "20"),
    ("یک", "1"),
    ("دو", "2"),
    ("سه", "3"),
    ("چهار", "4"),
    ("پنج", "5"),
    ("هفت", "7"),
    ("هشت", "8"),
    ("ده", "10"),
    ("دوازده", "12"),
    ("سی", "30"),
];

fn spoken_numbers(text: &str) -> BTreeSet<String> {
    let mut found = numbers(text);
    for word in text.to_lowercase().split(|c: char| !c.is_alphanumeric()) {
        // A number word may carry a Persian ending or stand in a compound: `دوماهه`, `three-day`.
        found.extend(
            SPOKEN.iter().filter(|(spoken, _)| word == *spoken).map(|(_, digits)| (*digits).to_owned()),
        );
    }
    found
}

#[test]
fn every_sentence_of_every_shipped_note_has_its_segments() {
    for one in consultations::all() {
        let note = write(&one.transcript, &one.hints()).note;
        assert!(note.validate().is_ok(), "{}", one.slug);
        assert_eq!(unsupported(&note, one.transcript.segments.len()), Vec::<String>::new(), "{}", one.slug);
    }
}

#[test]
fn every_number_of_every_shipped_note_stands_in_its_segments() {
    let mut seen = 0;
    for one in consultations::all() {
        let note = write(&one.transcript, &one.hints()).note;
        let fields: std::collections::BTreeMap<String, String> = texts(&note).into_iter().collect();
        for support in &note.support {
            let said: String = support
                .segments
                .iter()
                .map(|&at| one.transcript.segments[at as usize].text.clone() + "\n")
                .collect();
            let field = &fields[&support.path];
            let sentence: String = field
                .chars()
                .skip(support.start as usize)
                .take((support.end - support.start) as usize)
                .collect();
            for number in numbers(&sentence) {
                // A name such as "A1c" or "type 2" is said as it stands; everything else in digits or words.
                assert!(
                    spoken_numbers(&said).contains(&number),
                    "{}: {number} in {sentence:?} is not in {said:?}",
                    one.slug
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 100, "only {seen} numbers were compared");
}

#[test]
fn the_checks_find_nothing_to_flag_in_the_notes_of_the_rules() {
    for one in consultations::all() {
        assert_eq!(write(&one.transcript, &one.hints()).note.flags, [], "{}", one.slug);
    }
}

#[test]
fn what_another_maker_adds_is_flagged_and_lowers_the_confidence() {
    let one = consultations::all().iter().find(|one| one.slug == "en-tension-headache").unwrap();
    let own = write(&one.transcript, &one.hints());
    let mut note = own.note.clone();
    note.sections.plan.medications[0].dosage = "900 mg".to_owned();
    note.sections.plan.patient_education.push("Stop smoking.".to_owned());
    let judged = judge(&one.transcript, note, "another 1.0");
    let reasons: Vec<_> = judged.note.flags.iter().map(|flag| flag.reason).collect();
    assert_eq!(reasons, [FlagReason::Dose, FlagReason::NoSupport]);
    assert!(judged.confidence_score < own.confidence_score);
    assert_eq!((judged.checklist, judged.maker), (own.checklist, "another 1.0".to_owned()));
}

#[test]
fn the_plans_of_the_shipped_consultations_hold_their_medicines() {
    for (slug, expected) in [
        ("en-tension-headache", vec![("ibuprofen", "400 mg")]),
        ("en-chest-infection", vec![("amoxicillin", "500 mg"), ("paracetamol", "1 g")]),
        (
            "en-hypertension-review",
            vec![("amlodipine", "5 mg"), ("losartan", "50 mg"), ("metformin", "500 mg")],
        ),
        ("fa-migraine", vec![("سوماتریپتان", "50 میلی\u{200c}گرم"), ("ناپروکسن", "500 میلی\u{200c}گرم")]),
        ("es-low-back-pain", vec![("paracetamol", "1 g"), ("ciclobenzaprina", "10 mg")]),
    ] {
        let one = consultations::all().iter().find(|one| one.slug == slug).unwrap();
        let plan = write(&one.transcript, &one.hints()).note.sections.plan;
        for (name, dosage) in expected {
            let found = plan.medications.iter().find(|medication| medication.name == name);
            assert_eq!(found.map(|medication| medication.dosage.as_str()), Some(dosage), "{slug}: {name}");
        }
    }
}

#[test]
fn denials_stand_in_the_review_of_systems() {
    let text = "Doctor: Any fever or chills?\nPatient: No.\nDoctor: Any cough?\nPatient: Yes, for 3 days.";
    let note = write(&paste::parse(text, "en").unwrap(), &Hints::default()).note;
    let review = &note.sections.subjective.review_of_systems;
    assert_eq!(review["constitutional"].to_string(), "Denies fever or chills.");
    assert_eq!(review["respiratory"].to_string(), "Reports cough.");
}

#[test]
fn persian_digits_are_read() {
    let text = "دکتر: فشار خونتون ۱۲۰ روی ۸۰ هست و نبض ۷۲.";
    let note = write(&paste::parse(text, "fa").unwrap(), &Hints::default()).note;
    assert_eq!(note.sections.objective.vital_signs["blood_pressure"].to_string(), "120/80");
    assert_eq!(note.sections.objective.vital_signs["heart_rate"].to_string(), "72");
}

#[test]
fn a_booked_complaint_stands_only_where_it_was_said() {
    let transcript = paste::parse("Patient: My knee hurts.", "en").unwrap();
    let complaint = |booked: &str| {
        let hints = Hints { chief_complaint: Some(booked.into()), ..Hints::default() };
        write(&transcript, &hints).note.sections.subjective.chief_complaint
    };
    assert_eq!(complaint("Sore knee"), "Sore knee");
    assert_eq!(complaint("Knee pain for 9 weeks"), "Knee pain.", "nobody said 9");
}

#[test]
fn an_empty_transcript_gives_an_empty_note_without_confidence() {
    let transcript = Transcript { language: "und".into(), segments: vec![], confidence: None };
    let scribed = write(&transcript, &Hints::default());
    assert_eq!(scribed.note, Note::default());
    assert!(scribed.confidence_score.abs() < f64::EPSILON && scribed.checklist_score.abs() < f64::EPSILON);
}

#[test]
fn the_note_of_an_english_and_a_persian_consultation() {
    for slug in ["en-chest-infection", "fa-migraine"] {
        let one = consultations::all().iter().find(|one| one.slug == slug).unwrap();
        let scribed = write(&one.transcript, &one.hints());
        let shown = serde_json::json!({
            "sections": scribed.note.sections, "tags": scribed.tags, "confidence": scribed.confidence_score, "checklist": scribed.checklist_score,
        });
        insta::assert_json_snapshot!(slug, shown);
    }
}

fn odd_text() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "no",
        "fever",
        "and",
        "take",
        "ibuprofen",
        "500",
        "mg",
        "every",
        "six",
        "hours",
        "for",
        "-",
        ",",
        "?",
        ".",
        "blood pressure",
        "120",
        "over",
        "80",
        "but",
        "i",
        "i've",
        "your",
        "one",
        "hundred",
        "point",
        "تب",
        "ندارم",
        "دو",
        "قرص",
        "no tengo",
        "fiebre",
        "'",
        "n't",
        "<UNIN/>",
        "<",
        "\u{200c}",
        "%",
        "/",
    ]);
    prop_oneof![proptest::collection::vec(words, 0..30).prop_map(|words| words.join(" ")), "\\PC{0,60}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn any_talk_gives_a_valid_and_supported_note(
        said in proptest::collection::vec((0..4_u8, odd_text()), 0..30),
        language in prop::sample::select(vec!["en", "fa", "es", "ca", "ar", "und"]),
    ) {
        let speakers = [Speaker::Doctor, Speaker::Patient, Speaker::Other, Speaker::Unknown];
        let segments: Vec<Segment> = said
            .into_iter()
            .map(|(who, text)| Segment { start_ms: 0, end_ms: 0, speaker: speakers[usize::from(who)], text })
            .collect();
        let transcript = Transcript { language: language.into(), segments, confidence: None };
        let scribed = write(&transcript, &Hints::default());
        prop_assert!(scribed.note.validate().is_ok());
        prop_assert_eq!(unsupported(&scribed.note, transcript.segments.len()), Vec::<String>::new());
        prop_assert!((0.0..=1.0).contains(&scribed.confidence_score) && (0.0..=1.0).contains(&scribed.checklist_score));
        prop_assert_eq!(write(&transcript, &Hints::default()), scribed, "the same talk gives the same note");
    }
}
