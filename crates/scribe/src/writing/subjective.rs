//! What the patient tells: complaint, story, review of systems.

use super::draft::{Draft, Field, list};
use super::english::{Person, of_patient, third_person};
use super::polish::{polished, sentence};
use crate::find::amounts;
use crate::find::medicines::Medicine;
use crate::find::symptoms::Symptom;
use crate::pack::Kind;
use crate::reading::{Line, Reading};
use std::collections::{BTreeMap, BTreeSet};
use ward_domain::encounter::note::{Finding, Subjective};

/// Fewest words of a sentence that tells something.
const MIN_WORDS: usize = 4;
/// Words of the story: what a clinician still reads. Sentences of most weight come first, in the order of saying.
const STORY_WORDS: usize = 230;

/// The subjective part.
pub(crate) fn write(
    reading: &Reading,
    symptoms: &[Symptom],
    medicines: &[Medicine],
    complaint: Option<&str>,
    person: Person,
    draft: &mut Draft,
) -> Subjective {
    Subjective {
        chief_complaint: chief_complaint(reading, symptoms, complaint, draft),
        history_of_present_illness: story(reading, symptoms, medicines, person, draft),
        review_of_systems: review(reading, symptoms, draft),
    }
}

/// The booked complaint where the transcript bears it; otherwise what the patient names first.
fn chief_complaint(
    reading: &Reading,
    symptoms: &[Symptom],
    booked: Option<&str>,
    draft: &mut Draft,
) -> String {
    const PATH: &str = "/subjective/chief_complaint";
    if let Some(booked) = booked.map(str::trim).filter(|booked| !booked.is_empty()) {
        let words = crate::text::token::tokens(&crate::text::clean::clean(booked));
        let said = |line: &&Line| {
            let weighty = words.iter().filter(|word| word.is_number() || word.text.chars().count() > 3);
            weighty.filter(|word| line.sentence.tokens.iter().any(|token| token.text == word.text)).count()
                > 0
        };
        let numbers_said = words.iter().filter(|word| word.is_number()).all(|number| {
            reading
                .lines
                .iter()
                .any(|line| line.sentence.tokens.iter().any(|token| token.text == number.text))
        });
        let segments: Vec<u32> =
            reading.lines.iter().filter(said).map(|line| line.sentence.segment).collect();
        if numbers_said && !segments.is_empty() {
            return draft.one(PATH, &crate::text::clean::clean(booked), &segments);
        }
    }
    let present: Vec<&Symptom> = symptoms.iter().filter(|symptom| symptom.present).collect();
    let Some(first) = present.first().and_then(|symptom| symptom.segments.first()) else {
        return String::new();
    };
    let early: Vec<&&Symptom> = present.iter().filter(|s| s.segments.iter().any(|at| at <= first)).collect();
    let names: Vec<String> = early.iter().map(|symptom| symptom.name.clone()).collect();
    let segments: Vec<u32> = early.iter().flat_map(|symptom| symptom.segments.clone()).collect();
    draft.one(PATH, &sentence(&list(reading.pack, "and", &names)), &segments)
}

fn story(
    reading: &Reading,
    symptoms: &[Symptom],
    medicines: &[Medicine],
    person: Person,
    draft: &mut Draft,
) -> String {
    let english = reading.pack.language == "en";
    let mut field = Field::default();
    let mut chosen = weightiest(reading);
    chosen.extend(lengths_of_time(reading, &chosen));
    for (index, line) in reading.lines.iter().enumerate() {
        let segment = line.sentence.segment;
        if line.by_doctor() && english && (introduces(line) || chosen.contains(&index)) {
            field.push(sentence(&of_patient(&polished(line))), &[segment]);
        } else if chosen.contains(&index) {
            let text = polished(line);
            let text = if english {
                sentence(&third_person(&text, person, field.is_empty()))
            } else {
                quoted(reading, &text)
            };
            field.push(text, &[segment]);
        } else if let (true, Some((asked, amount))) =
            (line.by_patient() && english, answers_when(reading, index))
        {
            field.push(format!("Duration: {amount}."), &[asked, segment]);
        }
    }
    let taken: Vec<&Medicine> = medicines.iter().filter(|medicine| !medicine.planned).collect();
    if !taken.is_empty() {
        let spelled = |one: &&Medicine| {
            [&one.name, &one.dosage, &one.frequency].map(String::as_str).join(" ").trim().to_owned()
        };
        let names: Vec<String> = taken.iter().map(spelled).map(|text| text.replace("  ", " ")).collect();
        let lines = taken.iter().flat_map(|medicine| &medicine.lines);
        let segments: Vec<u32> = lines.map(|&line| reading.lines[line].sentence.segment).collect();
        field.push(reading.pack.phrase("takes", &list(reading.pack, "and", &names)), &segments);
    }
    let denied: Vec<&Symptom> = symptoms.iter().filter(|symptom| !symptom.present).collect();
    if !denied.is_empty() {
        let names: Vec<String> = denied.iter().map(|symptom| symptom.name.clone()).collect();
        let segments: Vec<u32> = denied.iter().flat_map(|symptom| symptom.segments.clone()).collect();
        field.push(reading.pack.phrase("patient_denies", &list(reading.pack, "or", &names)), &segments);
    }
    draft.write("/subjective/history_of_present_illness", field)
}

/// Where the language is not turned into the third person, the patient's words stand as a quotation.
fn quoted(reading: &Reading, text: &str) -> String {
    reading.pack.phrase("quote", sentence(text).trim_end_matches('.'))
}

/// Indices of the patient's sentences that go into the story.
fn weightiest(reading: &Reading) -> BTreeSet<usize> {
    let lines = reading.lines.iter().enumerate().filter(|(_, line)| line.by_patient());
    let mut told: Vec<(usize, usize, usize)> =
        lines.filter_map(|(index, line)| Some((weight(line)?, index, line.words()))).collect();
    // Facts a word: a long sentence must hold more of them than a short one.
    told.sort_by_key(|&(weight, index, words)| (std::cmp::Reverse(weight * 100 / (words + 10)), index));
    let mut budget = STORY_WORDS;
    told.into_iter()
        .take_while(|&(_, _, words)| {
            let fits = words <= budget;
            budget = budget.saturating_sub(words);
            fits
        })
        .map(|(_, index, _)| index)
        .collect()
}

/// Most words of the sentences that stand in the story for their lengths of time alone.
const TIMES_WORDS: usize = 90;

/// Further sentences that say how long, or since when: of the patient, and of the doctor who sums up. Each length once.
fn lengths_of_time(reading: &Reading, chosen: &BTreeSet<usize>) -> Vec<usize> {
    let said = |index: usize| amounts::durations(&reading.lines[index]).into_iter().map(|amount| amount.text);
    let mut known: BTreeSet<String> = chosen.iter().flat_map(|&index| said(index)).collect();
    let mut budget = TIMES_WORDS;
    let mut more = Vec::new();
    for (index, line) in reading.lines.iter().enumerate().filter(|(index, _)| !chosen.contains(index)) {
        let patient = line.by_patient() && !line.asks_plainly() && line.words() >= MIN_WORDS;
        let sums_up = line.by_doctor()
            && line.progress < 0.7
            && !line.asks()
            && line.words() >= MIN_WORDS
            && (line.has(Kind::Symptom) || line.has(Kind::Recap));
        let news: Vec<String> = said(index).filter(|text| !known.contains(text)).collect();
        if news.is_empty() || !(patient || sums_up) || line.has(Kind::If) || line.words() > budget {
            continue;
        }
        budget -= line.words();
        known.extend(news);
        more.push(index);
    }
    more
}

/// How much a patient's sentence tells of the illness or of themselves; nothing where it is talk.
fn weight(line: &Line) -> Option<usize> {
    let clinical = line.hits.iter().filter(|hit| {
        matches!(
            hit.kind,
            Kind::Symptom | Kind::Condition | Kind::Drug | Kind::History | Kind::Vital | Kind::Allergy
        )
    });
    let weight = clinical.count() * 2 + line.of(Kind::Story).count() + amounts::durations(line).len();
    let chatter = line.has(Kind::Chatter) && weight < 4;
    (!chatter && !line.asks_plainly() && line.words() >= MIN_WORDS && weight >= 2).then_some(weight)
}

/// True for the sentence by which a doctor presents the patient: "Martha is a 50-year-old female who …".
fn introduces(line: &Line) -> bool {
    let lower = line.sentence.text.to_lowercase();
    let presents =
        ["year old", "year-old", "presents", "past medical history", "history of", "here for", "here today"];
    line.progress < 0.35
        && !line.asks()
        && line.words() >= 8
        && presents.iter().any(|words| lower.contains(words))
}

/// "How long?" – "About 5 weeks": the answer's duration, for an answer too short to stand by itself. The question is the
/// doctor's last within four sentences.
fn answers_when(reading: &Reading, index: usize) -> Option<(u32, String)> {
    let answer = &reading.lines[index];
    if answer.words() > 8 {
        return None;
    }
    let before = reading.lines[index.saturating_sub(4)..index].iter().rev();
    let question = before.filter(|line| line.by_doctor()).find(|line| line.asks())?;
    let lower = question.sentence.text.to_lowercase();
    let asks = ["how long", "when ", "how many days", "how many weeks", "how many years", "ago"]
        .iter()
        .any(|words| lower.contains(words));
    let amount = amounts::durations(answer).into_iter().next()?;
    asks.then_some((question.sentence.segment, amount.text))
}

fn review(reading: &Reading, symptoms: &[Symptom], draft: &mut Draft) -> BTreeMap<String, Finding> {
    let mut systems: BTreeMap<&str, Field> = BTreeMap::new();
    for (present, phrase, joint) in [(true, "reports", "and"), (false, "denies", "or")] {
        let mut by_system: BTreeMap<&str, Vec<&Symptom>> = BTreeMap::new();
        for symptom in symptoms.iter().filter(|symptom| symptom.present == present) {
            by_system.entry(&symptom.system).or_default().push(symptom);
        }
        for (system, list_of) in by_system {
            let names: Vec<String> = list_of.iter().map(|symptom| symptom.name.clone()).collect();
            let segments: Vec<u32> = list_of.iter().flat_map(|symptom| symptom.segments.clone()).collect();
            let text = reading.pack.phrase(phrase, &list(reading.pack, joint, &names));
            systems.entry(system).or_default().push(text, &segments);
        }
    }
    let written = systems.into_iter().map(|(system, field)| {
        let text = draft.write(&format!("/subjective/review_of_systems/{system}"), field);
        (system.to_owned(), Finding::Text(text))
    });
    written.collect()
}
