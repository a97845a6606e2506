//! What was measured and seen.

use super::draft::{Draft, Field};
use super::english::of_patient;
use super::polish::{polished, sentence};
use crate::find::vitals::Vital;
use crate::pack::Kind;
use crate::reading::{Line, Reading};
use std::collections::BTreeMap;
use ward_domain::encounter::note::{Finding, Objective};

/// The objective part.
pub(crate) fn write(reading: &Reading, vitals: &[Vital], draft: &mut Draft) -> Objective {
    Objective { vital_signs: vital_signs(reading, vitals, draft), physical_exam: exam(reading, draft) }
}

/// A measure once: what was measured in the room before what the patient tells, the last reading before the others.
fn vital_signs(reading: &Reading, vitals: &[Vital], draft: &mut Draft) -> BTreeMap<String, Finding> {
    let mut chosen: BTreeMap<&str, &Vital> = BTreeMap::new();
    for vital in vitals {
        let better = chosen.get(vital.key.as_str()).is_none_or(|known| known.told || !vital.told);
        if better {
            chosen.insert(&vital.key, vital);
        }
    }
    let mut signs = BTreeMap::new();
    for (key, vital) in chosen {
        let path = format!("/objective/vital_signs/{key}");
        let number = vital
            .value
            .parse::<u64>()
            .ok()
            .filter(|_| matches!(key, "heart_rate" | "respiratory_rate") && !vital.told);
        let text =
            if vital.told { reading.pack.phrase("reported", &vital.value) } else { vital.value.clone() };
        let text = draft.one(&path, &text, &vital.segments);
        signs.insert(
            key.to_owned(),
            number.map_or(Finding::Text(text), |number| Finding::Number(number.into())),
        );
    }
    signs
}

fn exam(reading: &Reading, draft: &mut Draft) -> BTreeMap<String, Finding> {
    let english = reading.pack.language == "en";
    let mut regions: BTreeMap<String, Field> = BTreeMap::new();
    let mut examining = false;
    for line in reading.lines.iter().filter(|line| line.by_doctor()) {
        let lower = line.sentence.text.to_lowercase();
        examining |= ["physical exam", "examine you", "take a listen", "take a look at"]
            .iter()
            .any(|start| lower.contains(start));
        let Some(region) = region(reading, line, examining) else { continue };
        let text = polished(line);
        let text = sentence(&if english { finding(&text) } else { text });
        regions.entry(region).or_default().push(text, &[line.sentence.segment]);
    }
    let written = regions.into_iter().map(|(region, field)| {
        let text = draft.write(&format!("/objective/physical_exam/{region}"), field);
        (region, Finding::Text(text))
    });
    written.collect()
}

/// Where the sentence tells a finding, the region it is of; `results` for the result of a test.
pub(crate) fn region(reading: &Reading, line: &Line, examining: bool) -> Option<String> {
    let may = !line.asks_plainly() && !line.has(Kind::If) && line.words() >= 4 && line.progress > 0.15;
    if !may {
        return None;
    }
    if line.has(Kind::Result) && line.has(Kind::Finding) && line.of(Kind::Result).count() >= 2 {
        return Some("results".to_owned());
    }
    let hit = line.of(Kind::Exam).next()?;
    (line.has(Kind::Finding) || examining).then(|| reading.name(hit).to_owned())
}

/// What a doctor says before a finding.
const LEADS: &[&str] = &[
    "i do appreciate",
    "i appreciate",
    "i can appreciate",
    "i do see",
    "i do hear",
    "i can hear",
    "i can see",
    "i can feel",
    "i do feel",
    "i see",
    "i hear",
    "i feel",
    "there is",
    "there's",
    "there are",
    "it looks like",
    "it does look like",
    "looks like",
    "you do have",
    "you have",
    "so",
    "and",
    "okay",
    "on your physical examination",
    "on your physical exam",
    "on physical exam",
    "now",
    "you know",
    "also",
    "then",
    "that",
];

fn finding(text: &str) -> String {
    let mut text = text.trim();
    'strip: loop {
        for lead in LEADS {
            let matches = text.get(..lead.len()).is_some_and(|head| head.eq_ignore_ascii_case(lead));
            let rest = text.get(lead.len()..).unwrap_or_default();
            if matches && rest.starts_with([' ', ',']) && rest.trim().contains(' ') {
                text = rest.trim_start_matches([',', ' ']);
                continue 'strip;
            }
        }
        return of_patient(text);
    }
}
