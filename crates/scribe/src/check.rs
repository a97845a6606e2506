//! The checks after every scribe, whoever it is: what a note says must stand in the transcript, where the note says it does.
//!
//! Pure, and the same for rules and language models. A sentence must name segments, the segments must be there, and every
//! number, medicine and dose of the sentence must be said in them. What fails is flagged, and stays in the note: a doctor
//! decides, not a filter.

use crate::find::amounts;
use crate::pack::{Kind, Pack};
use crate::reading::{Line, Reading};
use crate::text::token::Token;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use ward_domain::encounter::note::{Flag, FlagReason, Note, Sections};
use ward_domain::encounter::transcript::{Segment, Speaker, Transcript};

/// Most flags of a note; one with as many is looked at whole.
const MAX_FLAGS: usize = 200;
/// First character and the one after the last.
type Span = (usize, usize);

/// The flags of a note, in the order of its fields.
pub(crate) fn flags(reading: &Reading, transcript: &Transcript, note: &Note) -> Vec<Flag> {
    let mut said: BTreeMap<u32, Said> = BTreeMap::new();
    for line in &reading.lines {
        said.entry(line.sentence.segment).or_default().hear(reading, line);
    }
    let count = transcript.segments.len();
    let mut flags = Vec::new();
    for (path, text) in texts(&note.sections) {
        let letters: Vec<char> = text.chars().collect();
        let mut borne = vec![false; letters.len()];
        for support in note.support.iter().filter(|support| support.path == path) {
            let span = (support.start as usize, (support.end as usize).min(letters.len()));
            let there = |segment: &&u32| (**segment as usize) < count;
            if support.segments.iter().filter(there).count() < support.segments.len() {
                flags.push(flag(&path, span, FlagReason::UnknownSegment));
            }
            let known: Vec<&u32> = support.segments.iter().filter(there).collect();
            if known.is_empty() || span.0 >= span.1 {
                continue;
            }
            borne[span.0..span.1].fill(true);
            let mut heard = Said::default();
            known.into_iter().filter_map(|segment| said.get(segment)).for_each(|one| heard.join(one));
            let sentence: String = letters[span.0..span.1].iter().collect();
            let missing = missing(reading.pack, &path, &sentence, &heard);
            flags.extend(missing.into_iter().map(|(at, reason)| {
                flag(&path, at.map_or(span, |(start, end)| (span.0 + start, span.0 + end)), reason)
            }));
        }
        let bare = bare(&letters, &borne).into_iter();
        flags.extend(bare.map(|span| flag(&path, span, FlagReason::NoSupport)));
        if flags.len() >= MAX_FLAGS {
            break;
        }
    }
    flags.truncate(MAX_FLAGS);
    flags
}

fn flag(path: &str, (start, end): Span, reason: FlagReason) -> Flag {
    let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Flag { path: path.to_owned(), start: number(start), end: number(end), reason }
}

/// Every text of a note with its JSON pointer.
pub(crate) fn texts(sections: &Sections) -> Vec<(String, String)> {
    fn walk(value: &Value, path: &str, out: &mut Vec<(String, String)>) {
        let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
        match value {
            Value::Object(map) => {
                map.iter().for_each(|(key, value)| walk(value, &format!("{path}/{}", escaped(key)), out));
            }
            Value::Array(items) => {
                for (index, value) in items.iter().enumerate() {
                    walk(value, &format!("{path}/{index}"), out);
                }
            }
            Value::String(text) if !text.trim().is_empty() => out.push((path.to_owned(), text.clone())),
            Value::Number(number) => out.push((path.to_owned(), number.to_string())),
            _ => {}
        }
    }
    let mut out = Vec::new();
    walk(&serde_json::to_value(sections).unwrap_or_default(), "", &mut out);
    out
}

/// Stretches of a text that no support covers, without spaces at their ends.
fn bare(letters: &[char], borne: &[bool]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for at in (0..letters.len()).filter(|&at| !borne[at] && !letters[at].is_whitespace()) {
        match spans.last_mut() {
            Some(last) if (last.1..at).all(|between| !borne[between]) => last.1 = at + 1,
            _ => spans.push((at, at + 1)),
        }
    }
    // A full stop between two sentences that are borne needs no support.
    spans.retain(|&(start, end)| letters[start..end].iter().any(|letter| letter.is_alphanumeric()));
    spans
}

/// What some segments say, as far as it can be compared.
#[derive(Default)]
struct Said {
    words: BTreeSet<String>,
    numbers: BTreeSet<String>,
    drugs: BTreeSet<String>,
    doses: BTreeSet<String>,
}

impl Said {
    fn hear(&mut self, reading: &Reading, line: &Line) {
        let tokens = &line.sentence.tokens;
        self.words.extend(tokens.iter().filter(|token| token.is_word()).map(|token| token.text.clone()));
        self.numbers.extend(numbers(reading.pack, tokens));
        self.drugs.extend(line.of(Kind::Drug).map(|hit| reading.name(hit).to_lowercase()));
        self.doses.extend(doses(reading.pack, line));
    }

    fn join(&mut self, other: &Self) {
        self.words.extend(other.words.iter().cloned());
        self.numbers.extend(other.numbers.iter().cloned());
        self.drugs.extend(other.drugs.iter().cloned());
        self.doses.extend(other.doses.iter().cloned());
    }
}

/// The numbers that tokens say: in digits, in words, and `twice`. `5.0` is `5`.
fn numbers<'t>(pack: &'t Pack, tokens: &'t [Token]) -> impl Iterator<Item = String> + 't {
    tokens.iter().filter_map(|token| {
        let word = || pack.number(&token.text).or_else(|| pack.count(&token.text)).map(f64::from);
        token.number().or_else(word).map(|value| value.to_string())
    })
}

/// Doses with their unit in the table's spelling: `2 tablets` is `2 tablet`, ranges give both ends.
fn doses(pack: &Pack, line: &Line) -> Vec<String> {
    let spelled = |(start, unit, _): (usize, crate::pack::Hit, usize)| {
        let name = pack.entry(unit).name.clone();
        let tokens: Vec<&Token> = line.sentence.tokens[start..unit.start].iter().collect();
        let values: Vec<f64> = tokens.iter().filter_map(|token| token.number()).collect();
        values.into_iter().map(move |value| format!("{value} {name}")).collect::<Vec<_>>()
    };
    amounts::counted(line, Kind::DoseUnit).into_iter().flat_map(spelled).collect()
}

/// What a sentence says and its segments do not, with where it stands in the sentence where that can be told.
fn missing(pack: &'static Pack, path: &str, sentence: &str, heard: &Said) -> Vec<(Option<Span>, FlagReason)> {
    let transcript = Transcript {
        language: pack.language.to_owned(),
        segments: vec![Segment {
            start_ms: 0,
            end_ms: 0,
            speaker: Speaker::Other,
            text: sentence.to_owned(),
        }],
        confidence: None,
    };
    let reading = Reading::new(&transcript, pack);
    let mut found: Vec<(Option<Span>, FlagReason)> = Vec::new();
    let place = |words: &str| -> Option<Span> {
        let lower = sentence.to_lowercase();
        let at = lower.find(&words.to_lowercase())?;
        // Case can change the length of a text; then the whole sentence is marked.
        (lower.len() == sentence.len()).then(|| {
            let start = sentence[..at].chars().count();
            (start, start + words.chars().count())
        })
    };
    for line in &reading.lines {
        let mut of_doses: BTreeSet<String> = BTreeSet::new();
        for (start, unit, end) in amounts::counted(line, Kind::DoseUnit) {
            let numbers: Vec<f64> =
                line.sentence.tokens[start..unit.start].iter().filter_map(Token::number).collect();
            of_doses.extend(numbers.iter().map(ToString::to_string));
            let name = &pack.entry(unit).name;
            if numbers.iter().any(|value| !heard.doses.contains(&format!("{value} {name}"))) {
                found.push((place(line.said(start, end)), FlagReason::Dose));
            }
        }
        for number in numbers(pack, &line.sentence.tokens).filter(|number| !of_doses.contains(number)) {
            // A word such as "a" or "once" counts only where something is compared with it.
            let digits =
                line.sentence.tokens.iter().any(|t| t.number().is_some_and(|v| v.to_string() == number));
            if digits && !heard.numbers.contains(&number) {
                found.push((place(&number), FlagReason::Number));
            }
        }
        for hit in line.of(Kind::Drug) {
            if !heard.drugs.contains(&reading.name(hit).to_lowercase()) {
                found.push((place(line.said(hit.start, hit.end)), FlagReason::Drug));
            }
        }
        // A medicine that no table holds must be named in the same words.
        let names_a_drug = path.starts_with("/plan/medications/") && path.ends_with("/name");
        let unknown = names_a_drug && !line.has(Kind::Drug);
        let mut words = line.sentence.tokens.iter().filter(|token| token.is_word());
        if unknown && words.any(|word| !heard.words.contains(&word.text)) {
            found.push((None, FlagReason::Drug));
        }
    }
    found.sort_by_key(|&(span, reason)| (reason, span));
    found.dedup();
    found
}

/// The share of a note's sentences that carry a flag, 0 to 1.
pub(crate) fn flagged_share(note: &Note) -> f64 {
    let sentences: Vec<(&str, u32, u32)> =
        note.support.iter().map(|support| (support.path.as_str(), support.start, support.end)).collect();
    let hit = |&(path, start, end): &(&str, u32, u32)| {
        note.flags.iter().any(|flag| flag.path == path && flag.start < end && start < flag.end)
    };
    let bare = note.flags.iter().filter(|flag| {
        flag.reason == FlagReason::NoSupport
            && !sentences.iter().any(|s| s.0 == flag.path && s.1 < flag.end && flag.start < s.2)
    });
    let (flagged, bare) = (sentences.iter().filter(|sentence| hit(sentence)).count(), bare.count());
    crate::checklist::share(flagged + bare, sentences.len() + bare)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::pack;
    use ward_domain::encounter::note::{FollowUp, Medication, Support};
    use ward_domain::encounter::transcript::paste;

    const TALK: &str = "Doctor: What brings you in?\nPatient: I have had a headache for three days. No fever.\n\
        Doctor: Take ibuprofen four hundred milligrams twice a day, after food.\nDoctor: Come back in a week.";

    fn note(medication: Medication, segments: &[u32]) -> Note {
        let mut note = Note::default();
        for (field, text) in [
            ("name", &medication.name),
            ("dosage", &medication.dosage),
            ("frequency", &medication.frequency),
            ("instructions", &medication.instructions),
        ] {
            let end = u32::try_from(text.chars().count()).unwrap();
            let path = format!("/plan/medications/0/{field}");
            note.support.push(Support { path, start: 0, end, segments: segments.to_vec() });
        }
        note.sections.plan.medications.push(medication);
        note
    }

    fn found(note: &Note) -> Vec<(String, FlagReason)> {
        let transcript = paste::parse(TALK, "en").unwrap();
        let reading = Reading::new(&transcript, pack("en"));
        flags(&reading, &transcript, note).into_iter().map(|flag| (flag.path, flag.reason)).collect()
    }

    fn ibuprofen() -> Medication {
        Medication {
            name: "Ibuprofen".into(),
            dosage: "400 mg".into(),
            frequency: "2 times a day".into(),
            instructions: "Take after food.".into(),
            ..Medication::default()
        }
    }

    #[test]
    fn what_was_said_is_not_flagged() {
        assert_eq!(found(&note(ibuprofen(), &[2])), []);
    }

    #[test]
    fn what_was_not_said_is_flagged_by_its_sort() {
        let at = |field: &str| format!("/plan/medications/0/{field}");
        let dose = Medication { dosage: "800 mg".into(), ..ibuprofen() };
        assert_eq!(found(&note(dose, &[2])), [(at("dosage"), FlagReason::Dose)]);
        let drug = Medication { name: "Naproxen".into(), ..ibuprofen() };
        assert_eq!(found(&note(drug, &[2])), [(at("name"), FlagReason::Drug)]);
        let invented = Medication { name: "Zorbomax".into(), ..ibuprofen() };
        assert_eq!(found(&note(invented, &[2])), [(at("name"), FlagReason::Drug)]);
        let number = Medication { instructions: "For 10 days.".into(), ..ibuprofen() };
        assert_eq!(found(&note(number, &[2])), [(at("instructions"), FlagReason::Number)]);
        // The dose was said, but not where the note points to.
        assert!(found(&note(ibuprofen(), &[1])).contains(&(at("dosage"), FlagReason::Dose)));
    }

    #[test]
    fn segments_that_are_not_there_bear_nothing() {
        let reasons =
            |note: &Note| -> BTreeSet<FlagReason> { found(note).into_iter().map(|f| f.1).collect() };
        let both = BTreeSet::from([FlagReason::NoSupport, FlagReason::UnknownSegment]);
        assert_eq!(reasons(&note(ibuprofen(), &[99])), both);
        assert_eq!(reasons(&note(ibuprofen(), &[])), BTreeSet::from([FlagReason::NoSupport]));
        assert_eq!(reasons(&note(ibuprofen(), &[2, 99])), BTreeSet::from([FlagReason::UnknownSegment]));
    }

    #[test]
    fn a_sentence_without_support_is_marked_where_it_stands() {
        let mut note = Note::default();
        note.sections.plan.follow_up =
            FollowUp { timing: "1 week".into(), condition: "Come back. Bring the results.".into() };
        for (path, end) in [("/plan/follow_up/timing", 6), ("/plan/follow_up/condition", 10)] {
            note.support.push(Support { path: path.into(), start: 0, end, segments: vec![3] });
        }
        let transcript = paste::parse(TALK, "en").unwrap();
        let reading = Reading::new(&transcript, pack("en"));
        let flags = flags(&reading, &transcript, &note);
        assert_eq!(flags.len(), 1, "{flags:?}");
        assert_eq!((flags[0].start, flags[0].end, flags[0].reason), (11, 29, FlagReason::NoSupport));
    }
}
