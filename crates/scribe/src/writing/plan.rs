//! What is to be done.

use super::draft::{Draft, Field};
use super::english::order;
use super::polish::{polished, sentence};
use crate::find::amounts;
use crate::find::medicines::{Medicine, PLAN_FROM};
use crate::pack::{Hit, Kind};
use crate::reading::{Line, Reading};
use ward_domain::encounter::note::{DiagnosticTest, FollowUp, MAX_ITEMS, Medication, Plan};

/// The plan.
pub(crate) fn write(reading: &Reading, medicines: &[Medicine], draft: &mut Draft) -> Plan {
    let medications = medicines.iter().filter(|medicine| medicine.planned).enumerate();
    Plan {
        medications: medications
            .map(|(index, medicine)| medication(reading, index, medicine, draft))
            .collect(),
        diagnostic_tests: tests(reading, draft),
        follow_up: follow_up(reading, draft),
        patient_education: education(reading, draft),
    }
}

fn as_order(reading: &Reading, line: &Line) -> String {
    let text = polished(line);
    sentence(&if reading.pack.language == "en" { order(&text) } else { text })
}

fn medication(reading: &Reading, index: usize, medicine: &Medicine, draft: &mut Draft) -> Medication {
    let segments: Vec<u32> =
        medicine.lines.iter().map(|&line| reading.lines[line].sentence.segment).collect();
    let path = |field: &str| format!("/plan/medications/{index}/{field}");
    let mut one = |field: &str, text: &str| draft.one(&path(field), text, &segments);
    let (name, dosage) = (one("name", &medicine.name), one("dosage", &medicine.dosage));
    let (route, frequency, duration) = (
        one("route", &medicine.route),
        one("frequency", &medicine.frequency),
        one("duration", &medicine.duration),
    );
    let mut instructions = Field::default();
    for &line in &medicine.lines {
        instructions.push(as_order(reading, &reading.lines[line]), &[reading.lines[line].sentence.segment]);
    }
    let instructions = draft.write(&path("instructions"), instructions);
    Medication { name, dosage, route, frequency, duration, instructions }
}

/// A doctor's sentence about what is to come.
fn is_plan(line: &Line) -> bool {
    line.by_doctor()
        && line.progress >= PLAN_FROM
        && !line.asks_plainly()
        && !line.has(Kind::Recap)
        && line.words() >= 4
}

fn tests(reading: &Reading, draft: &mut Draft) -> Vec<DiagnosticTest> {
    let mut found: Vec<(String, &Line)> = Vec::new();
    for line in reading.lines.iter().filter(|line| is_plan(line) && line.has(Kind::Order)) {
        if super::objective::region(reading, line, false).is_some() {
            continue;
        }
        for hit in line.hits.iter().filter(|hit| orders(line, **hit)) {
            let name = reading.name(*hit).to_owned();
            let negated = crate::find::negation::is_negated(line, *hit);
            if !negated && !found.iter().any(|(known, _)| *known == name) {
                found.push((name, line));
            }
        }
    }
    let written = found.into_iter().enumerate().map(|(index, (name, line))| {
        let segments = [line.sentence.segment];
        let path = |field: &str| format!("/plan/diagnostic_tests/{index}/{field}");
        let urgency =
            line.of(Kind::Urgent).next().map(|hit| reading.name(hit).to_owned()).unwrap_or_default();
        DiagnosticTest {
            test: draft.one(&path("test"), &name, &segments),
            indication: draft.one(&path("indication"), &as_order(reading, line), &segments),
            urgency: draft.one(&path("urgency"), &urgency, &segments),
        }
    });
    written.collect()
}

/// A test, or a referral; "if it gets worse, go to the emergency department" refers nobody yet.
fn orders(line: &Line, hit: Hit) -> bool {
    line.has(Kind::Order) && (hit.kind == Kind::Test || (hit.kind == Kind::Referral && !line.has(Kind::If)))
}

fn follow_up(reading: &Reading, draft: &mut Draft) -> FollowUp {
    let lines: Vec<&Line> = reading.lines.iter().filter(|line| is_follow_up(line)).collect();
    let timing = lines.iter().rev().find_map(|line| {
        // "Come back in 5 days, and we'll repeat the X-ray in 6 weeks": the first one after the words for coming back.
        let durations = amounts::durations(line);
        let back = line.of(Kind::FollowUp).map(|hit| hit.end).min()?;
        let amount = durations.iter().find(|amount| amount.start >= back).or(durations.first())?.clone();
        Some((amount.text, line.sentence.segment))
    });
    let mut conditions = Field::default();
    for line in &lines {
        conditions.push(as_order(reading, line), &[line.sentence.segment]);
    }
    let timing = timing
        .map_or_else(String::new, |(text, segment)| draft.one("/plan/follow_up/timing", &text, &[segment]));
    FollowUp { timing, condition: draft.write("/plan/follow_up/condition", conditions) }
}

fn is_follow_up(line: &Line) -> bool {
    is_plan(line)
        && line.has(Kind::FollowUp)
        && line.progress >= 0.5
        && !(line.has(Kind::Chatter) && line.words() < 8)
}

/// Words that begin a doctor's talk about themselves, about the past or about nothing: what follows is no advice.
const NO_ADVICE: &[&str] = &[
    "i ",
    "i'm ",
    "i've ",
    "i'd ",
    "we ",
    "we're ",
    "it's definitely",
    "the patient don't",
    "the patient would",
    "thankfully",
    "is ",
    "why",
    "saying that",
    "see how",
    "put it",
    "to try",
    "very briefly",
    "at this stage",
    "what we're",
    "that ",
    "because",
    "it's okay",
    "look at ",
    "go over",
    "go ahead.",
    "take a look",
    "take a listen",
    "the nurse",
    "what do",
    "how ",
    "let's see",
    "okay",
    "you're",
    "the patient is",
    "the patient does not",
    "the patient did",
    "the patient has",
    "the patient had",
    "if there's anything",
    "saying",
    "there",
    "that's",
    // What is to be done now, in an examination over a camera, and not at home.
    "if i can",
    "if i could",
    "if the patient can",
    "if the patient could",
    "just watch",
    "put the",
    "squeeze",
    "press ",
    "touch",
    "raise",
    "say ",
    "position",
    "he ",
    "she ",
    "they ",
];

/// Words that no sentence ends with: it was broken off.
const BROKEN_OFF: &[&str] = &[
    "is",
    "are",
    "the",
    "a",
    "an",
    "that",
    "to",
    "and",
    "let's",
    "of",
    "for",
    "if",
    "with",
    "this",
    "so",
    "but",
    "or",
    "in",
    "on",
    "your",
    "my",
    "because",
    "themselves to",
];

fn is_advice(text: &str) -> bool {
    let lower = text.to_lowercase();
    let end = lower.trim_end_matches(['.', ',', '!', '?', ' ']);
    if BROKEN_OFF.iter().any(|word| end.strip_suffix(word).is_some_and(|rest| rest.ends_with([' ', ',']))) {
        return false;
    }
    !NO_ADVICE.iter().any(|start| lower.starts_with(start))
        || ["recommend", "advise", "suggest"].iter().any(|word| lower.contains(word))
}

/// Where advice begins: before it, a doctor tells the patient what to do for an examination.
const ADVICE_FROM: f64 = 0.6;

/// True for advice with something to do in it, and for what to watch for with what to do then. "If it goes on we have to
/// wonder" is neither.
fn tells_to_do(line: &Line) -> bool {
    let about = line.has(Kind::Care)
        || line.hits.iter().any(|hit| {
            matches!(hit.kind, Kind::Drug | Kind::Test | Kind::Referral | Kind::FollowUp | Kind::Prescribe)
        });
    let watches = line.has(Kind::If) && (line.has(Kind::Symptom) || line.has(Kind::Referral));
    (line.has(Kind::Advise) || watches) && about
}

fn education(reading: &Reading, draft: &mut Draft) -> Vec<String> {
    let lines = reading.lines.iter().filter(|line| {
        is_plan(line)
            && line.progress >= ADVICE_FROM
            && tells_to_do(line)
            && !is_follow_up(line)
            && !(line.has(Kind::Drug) && line.has(Kind::Prescribe))
            && !line.hits.iter().any(|hit| orders(line, *hit))
            && !line.has(Kind::Chatter)
            && !super::assessment::reasons_about(line)
            && super::objective::region(reading, line, false).is_none()
    });
    let orders = lines
        .map(|line| (as_order(reading, line), line.sentence.segment))
        .filter(|(text, _)| is_advice(text));
    let mut known: Vec<String> = Vec::new();
    for (text, segment) in orders.take(MAX_ITEMS) {
        if !known.contains(&text) {
            known.push(draft.one(&format!("/plan/patient_education/{}", known.len()), &text, &[segment]));
        }
    }
    known
}
