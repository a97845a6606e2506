//! Medicines: what the doctor starts, changes or stops, and what the patient takes already.

use super::amounts::{self, Amount};
use super::negation::is_negated;
use crate::pack::{Hit, Kind};
use crate::reading::{Line, Reading};

/// A medicine and what was said of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Medicine {
    /// As it was said.
    pub(crate) name: String,
    /// `400 mg`.
    pub(crate) dosage: String,
    /// `oral`.
    pub(crate) route: String,
    /// `every 8 hours`.
    pub(crate) frequency: String,
    /// `5 days`.
    pub(crate) duration: String,
    /// True where the doctor prescribes or advises it.
    pub(crate) planned: bool,
    /// Indices of the lines that say it.
    pub(crate) lines: Vec<usize>,
}

/// Where in a consultation plans begin: a drug that the doctor names earlier is asked about, not prescribed.
pub(crate) const PLAN_FROM: f64 = 0.35;
/// Where a medicine that the doctor names in a statement is part of the plan, whatever the verb.
const PLANS_FROM: f64 = 0.6;

/// Every medicine, planned ones and taken ones apart, in order of first mention.
pub(crate) fn find(reading: &Reading) -> Vec<Medicine> {
    let mut found: Vec<Medicine> = Vec::new();
    let mut last: Option<usize> = None;
    for (index, line) in reading.lines.iter().enumerate() {
        let drugs: Vec<Hit> = line.of(Kind::Drug).collect();
        let planned = is_plan(line);
        // "It's … metformin?" reads a label aloud; a longer question asks for advice.
        let taken = line.by_patient() && (!line.asks_plainly() || line.words() <= 6);
        let taken = taken || said_back(line);
        if drugs.is_empty() {
            // "Take it twice a day for five days", after the sentence that named the medicine.
            if let Some(medicine) = last.filter(|_| planned || line.by_doctor()).map(|at| &mut found[at]) {
                let near = medicine.lines.last().is_some_and(|&before| index - before <= 4);
                if near
                    && medicine.planned
                    && !line.asks_plainly()
                    && fill(medicine, reading, line, 0, usize::MAX)
                {
                    medicine.lines.push(index);
                }
            }
            continue;
        }
        for (place, hit) in drugs.iter().enumerate() {
            if !planned && !taken && !theirs(line, *hit) {
                continue;
            }
            if is_negated(line, *hit) || allergic(line, *hit) {
                continue;
            }
            let name = reading.name(*hit).to_owned();
            let at = found.iter().position(|known| known.name == name && known.planned == planned);
            let at = at.unwrap_or_else(|| {
                found.push(Medicine { name, planned, ..Medicine::default() });
                found.len() - 1
            });
            let before = if place == 0 { 0 } else { drugs[place - 1].end };
            let after = drugs.get(place + 1).map_or(usize::MAX, |next| next.start);
            fill(&mut found[at], reading, line, before, after);
            found[at].lines.push(index);
            last = Some(at);
        }
    }
    found
}

/// True for a doctor's sentence that prescribes or advises a medicine: by its words, or because it names one where plans
/// are made: "think about paracetamol, or even co-codamol".
fn is_plan(line: &Line) -> bool {
    let says =
        line.by_doctor() && line.progress >= PLAN_FROM && !line.asks_plainly() && !line.has(Kind::Recap);
    says && (line.has(Kind::Prescribe)
        || (line.progress >= PLANS_FROM && line.words() >= 4 && !line.asks() && !line.has(Kind::Past)))
}

/// True for a few words by which the doctor repeats a medicine that the patient named: "Metformin, okay."
fn said_back(line: &Line) -> bool {
    line.by_doctor() && line.progress < PLANS_FROM && line.words() <= 4 && !line.asks_plainly()
}

/// True for what the doctor calls the patient's: "your diuretics".
fn theirs(line: &Line, hit: Hit) -> bool {
    let tokens = &line.sentence.tokens;
    let mut before =
        (1..=2).filter_map(|back| hit.start.checked_sub(back)).map(|at| tokens[at].text.as_str());
    line.by_doctor() && before.any(|word| word == "your")
}

pub(crate) fn allergic(line: &Line, hit: Hit) -> bool {
    line.of(Kind::Allergy).any(|allergy| allergy.start.abs_diff(hit.start) <= 4)
}

/// Takes over what tokens `from..until` say and the medicine does not know yet; true where it took over anything.
fn fill(medicine: &mut Medicine, reading: &Reading, line: &Line, from: usize, until: usize) -> bool {
    let within = |amount: &Amount| amount.start >= from && amount.end <= until;
    // "One tablet of 500 mg" is 500 mg; "from 10 mg to 20 mg" is 20 mg.
    let mut doses = amounts::doses(line, reading.pack);
    doses.retain(|(amount, _)| within(amount));
    let dose =
        doses.iter().rfind(|(_, measured)| *measured).or(doses.last()).map(|(amount, _)| amount.text.clone());
    let rate = amounts::frequencies(line).into_iter().find(within).map(|amount| amount.text);
    let course = amounts::course(line).filter(within).map(|amount| amount.text);
    let route = line
        .of(Kind::Route)
        .find(|hit| hit.start >= from && hit.end <= until)
        .map(|hit| reading.name(hit).to_owned());
    let mut news = false;
    for (field, value) in [
        (&mut medicine.dosage, dose),
        (&mut medicine.frequency, rate),
        (&mut medicine.duration, course),
        (&mut medicine.route, route),
    ] {
        if let (true, Some(value)) = (field.is_empty(), value) {
            *field = value;
            news = true;
        }
    }
    news
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::pack;
    use ward_domain::encounter::transcript::paste;

    #[test]
    fn a_prescription_over_two_sentences_and_what_is_taken_already() {
        let text = "Patient: I take lisinopril 10 mg once a day. I'm allergic to penicillin.\nDoctor: Okay.\nPatient: Yes.\n\
            Doctor: I'm going to start you on amoxicillin 500 mg. Take it three times a day for seven days.";
        let reading = Reading::new(&paste::parse(text, "en").unwrap(), pack("en"));
        let found = find(&reading);
        assert_eq!(found.len(), 2);
        assert_eq!(
            (found[0].name.as_str(), found[0].dosage.as_str(), found[0].planned),
            ("lisinopril", "10 mg", false)
        );
        let new = &found[1];
        assert_eq!(
            (new.dosage.as_str(), new.frequency.as_str(), new.duration.as_str()),
            ("500 mg", "3 times a day", "7 days")
        );
    }
}
