//! Which symptoms the patient has and which not: from what they say, and from what they answer.

use super::negation::is_negated;
use crate::pack::{Hit, Kind};
use crate::reading::{Line, Reading};
use std::collections::BTreeMap;

/// A symptom with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Symptom {
    /// What the note calls it.
    pub(crate) name: String,
    /// The body system.
    pub(crate) system: String,
    /// False where it is denied.
    pub(crate) present: bool,
    /// Who asked and who answered.
    pub(crate) segments: Vec<u32>,
    /// Line and token of the first mention.
    order: (usize, usize),
}

/// Symptoms asked about and not answered yet.
#[derive(Default)]
struct Pending {
    asked: Vec<(usize, Hit)>,
    heard_patient: bool,
}

/// Every symptom that was told or answered, in order of first mention.
pub(crate) fn find(reading: &Reading) -> Vec<Symptom> {
    let mut found = Found { reading, symptoms: BTreeMap::new() };
    let mut pending = Pending::default();
    for (index, line) in reading.lines.iter().enumerate() {
        if line.by_doctor() {
            doctor_line(&mut found, &mut pending, index, line);
        } else {
            patient_line(&mut found, &mut pending, index, line);
        }
    }
    let mut symptoms: Vec<Symptom> = found.symptoms.into_values().collect();
    symptoms.sort_by_key(|symptom| symptom.order);
    symptoms
}

fn doctor_line(found: &mut Found<'_>, pending: &mut Pending, index: usize, line: &Line) {
    if line.asks() && !line.has(Kind::If) && !line.has(Kind::Recap) {
        if pending.heard_patient {
            *pending = Pending::default();
        }
        pending.asked.extend(line.of(Kind::Symptom).map(|hit| (index, hit)));
    } else if !pending.heard_patient && answer(line) == Some(false) {
        // The doctor repeats an answer that the recording lost: "Any fever? … No, okay."
        found.answered(&std::mem::take(pending).asked, index, false, &[]);
    }
    // "So no fever and no back pain", summing up what was told or asked.
    if !line.has(Kind::If) && (!line.asks_plainly() || line.has(Kind::Recap)) {
        let denied: Vec<Hit> = line.of(Kind::Symptom).filter(|&hit| is_negated(line, hit)).collect();
        for hit in denied {
            found.put(hit, false, &[line.sentence.segment], index);
        }
    }
}

fn patient_line(found: &mut Found<'_>, pending: &mut Pending, index: usize, line: &Line) {
    let told = !line.asks_plainly() && !line.has(Kind::If) && !found.past(index);
    let own: Vec<Hit> = line.of(Kind::Symptom).filter(|_| told).collect();
    match answer(line) {
        Some(present) if !pending.asked.is_empty() => {
            let asked = std::mem::take(pending).asked;
            // A yes to a list does not say to which of it.
            if !present || asked.len() == 1 {
                found.answered(&asked, index, present, &own);
            }
        }
        _ => pending.heard_patient = true,
    }
    for hit in own {
        found.put(hit, !is_negated(line, hit), &[line.sentence.segment], index);
    }
}

/// What the first words answer: yes, no, or neither.
fn answer(line: &Line) -> Option<bool> {
    let mut answers =
        line.hits.iter().filter(|hit| matches!(hit.kind, Kind::Yes | Kind::No) && hit.start < 4);
    let Some(first) = answers.clone().map(|hit| hit.start).min() else {
        // "A bit of diarrhoea the first day, but apart from that, no."
        let last = line.sentence.tokens.iter().rposition(crate::text::token::Token::is_word)?;
        return line.of(Kind::No).any(|hit| hit.start == last).then_some(false);
    };
    // "No" and "not" both answer; where both kinds begin at one word the longer form decides.
    let best = answers.by_ref().filter(|hit| hit.start == first).max_by_key(|hit| hit.end)?;
    Some(best.kind == Kind::Yes)
}

struct Found<'r> {
    reading: &'r Reading,
    symptoms: BTreeMap<String, Symptom>,
}

impl Found<'_> {
    /// True for a patient's sentence of years ago, or one that goes on with such: what was then is no complaint of today.
    fn past(&self, index: usize) -> bool {
        let lines = &self.reading.lines;
        let before = index.checked_sub(1).map(|at| &lines[at]).filter(|line| line.by_patient());
        lines[index].has(Kind::Past) || before.is_some_and(|line| line.has(Kind::Past))
    }

    fn answered(&mut self, asked: &[(usize, Hit)], answer_line: usize, present: bool, own: &[Hit]) {
        for &(line, hit) in asked {
            if own.iter().any(|other| other.entry == hit.entry) {
                continue;
            }
            let segments =
                [self.reading.lines[line].sentence.segment, self.reading.lines[answer_line].sentence.segment];
            self.put(hit, present, &segments, line);
        }
    }

    /// What the patient says themselves outweighs an answer; what is present outweighs a denial.
    fn put(&mut self, hit: Hit, present: bool, segments: &[u32], line: usize) {
        let entry = self.reading.pack.entry(hit);
        let symptom = self.symptoms.entry(entry.name.clone()).or_insert_with(|| Symptom {
            name: entry.name.clone(),
            system: entry.group.clone(),
            present,
            segments: Vec::new(),
            order: (line, hit.start),
        });
        if present && !symptom.present {
            symptom.present = true;
            symptom.segments.clear();
        }
        if present == symptom.present {
            symptom.segments.extend(segments);
            symptom.segments.sort_unstable();
            symptom.segments.dedup();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::pack;
    use ward_domain::encounter::transcript::paste;

    fn read(language: &str, text: &str) -> (Vec<String>, Vec<String>) {
        let reading = Reading::new(&paste::parse(text, language).unwrap(), pack(language));
        let (has, not): (Vec<_>, Vec<_>) = find(&reading).into_iter().partition(|symptom| symptom.present);
        let names = |list: Vec<Symptom>| list.into_iter().map(|symptom| symptom.name).collect();
        (names(has), names(not))
    }

    #[test]
    fn questions_are_answered() {
        let (has, not) = read(
            "en",
            "Doctor: Any fever or chills?\nPatient: No.\nDoctor: Do you have a cough?\nPatient: Yeah, for a week.\n\
             Doctor: Any nausea, vomiting?\nPatient: No vomiting, but I feel sick.",
        );
        assert_eq!(has, ["cough", "nausea"]);
        assert_eq!(not, ["fever", "chills", "vomiting"]);
    }

    #[test]
    fn advice_is_no_symptom() {
        let text = "Doctor: If you get chest pain, call an ambulance.\nPatient: Okay.\nDoctor: Watch out for fever.\nPatient: Yes.";
        assert_eq!(read("en", text), (vec![], vec![]));
    }

    #[test]
    fn persian_answers() {
        let (has, not) = read("fa", "دکتر: تب دارید؟\nبیمار: نه.\nدکتر: تهوع چطور؟\nبیمار: بله، کمی.");
        assert_eq!((has, not), (vec!["تهوع".to_owned()], vec!["تب".to_owned()]));
    }
}
