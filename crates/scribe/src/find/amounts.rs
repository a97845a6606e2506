//! Doses, frequencies and durations, as spans of tokens.

use crate::pack::{Hit, Kind, Pack};
use crate::reading::Line;
use crate::text::token::Token;

/// Tokens `start..end` and what they say, written the note's way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Amount {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) text: String,
}

/// `500 mg`, `1 to 2 tablets`, `10 units`; true for those that measure a substance.
pub(crate) fn doses(line: &Line, pack: &Pack) -> Vec<(Amount, bool)> {
    let dose = |(start, unit, end): (usize, Hit, usize)| {
        let number = line.said(start, unit.start).trim_end_matches(['-', ' ']);
        let entry = pack.entry(unit);
        let measured = entry.group == "measure";
        // Measures have one spelling; tablets and puffs stay as they were said, in the singular or plural.
        let unit = if measured { &entry.name } else { line.said(unit.start, unit.end) };
        (Amount { start, end, text: format!("{number} {unit}") }, measured)
    };
    counted(line, Kind::DoseUnit).into_iter().map(dose).collect()
}

/// `3 days`, `7 to 10 days`, `3, 4 days`, `a few days`, `a couple of weeks`; and `a week` where it says how long: `for a
/// week`, `a year ago`. Not `50 years old`, nor the `3 times a day` of a frequency.
pub(crate) fn durations(line: &Line) -> Vec<Amount> {
    let rates = frequencies(line);
    let mut found: Vec<Amount> = counted(line, Kind::TimeUnit)
        .into_iter()
        .map(|(start, _, end)| amount(line, start, end))
        .chain(line.of(Kind::TimeUnit).filter_map(|unit| uncounted(line, unit)))
        // The "a day" of "twice a day"; that of "a day or 2" is no rate.
        .filter(|one| !rates.iter().any(|rate| rate.start < one.start && one.start < rate.end))
        .filter(|one| !is_age(line, one.end) && !is_rate(line, one.end))
        .collect();
    found.sort_by_key(|one| one.start);
    // "A week to 10 days" is one length, not two.
    found.dedup_by(|next, before| {
        let joined = line.of(Kind::Range).any(|range| range.start == before.end && range.end == next.start);
        if joined {
            *before = Amount {
                text: format!("{} {}", before.text, line.said(before.end, next.end)),
                ..amount(line, before.start, next.end)
            };
        }
        joined
    });
    found
}

fn amount(line: &Line, start: usize, end: usize) -> Amount {
    let tokens = &line.sentence.tokens;
    let number = |at: usize| tokens.get(at).is_some_and(Token::is_number);
    // "3, 4 days", as people say it.
    let comma = usize::from(tokens.get(start + 1).is_some_and(|token| token.text == ","));
    let text = if number(start) && number(start + 1 + comma) {
        format!("{} to {}", tokens[start].text, line.said(start + 1 + comma, end))
    } else {
        line.said(start, end).to_owned()
    };
    // "In a week's time".
    let text = text.trim_end_matches("'s").trim_end_matches('\'').to_owned();
    Amount { start, end, text }
}

/// A length of time without a number: "a few days", "a week ago", "a week and a half", "a day or 2", "the past month".
fn uncounted(line: &Line, unit: Hit) -> Option<Amount> {
    let tokens = &line.sentence.tokens;
    if let Some(vague) = line.of(Kind::VagueCount).find(|vague| vague.end == unit.start) {
        return Some(amount(line, vague.start, unit.end));
    }
    let one = line.of(Kind::One).find(|one| one.end == unit.start)?;
    if line.of(Kind::SpanBefore).any(|span| span.end == one.start && is_count(line, span.start)) {
        return None;
    }
    let and_a_half = line.of(Kind::Half).find(|half| half.start == unit.end).map(|half| half.end);
    let tail = and_a_half.or_else(|| {
        let range = line.of(Kind::Range).find(|range| range.start == unit.end)?;
        let number = tokens.get(range.end).is_some_and(Token::is_number);
        let other_unit = line.of(Kind::TimeUnit).any(|other| other.start == range.end + 1);
        (number && !other_unit).then_some(range.end + 1)
    });
    let end = tail.unwrap_or(unit.end);
    let meant = tail.is_some()
        || tokens[unit.start - 1].text == "past"
        || line.of(Kind::SpanBefore).any(|span| span.end == one.start)
        || line.of(Kind::SpanAfter).any(|span| span.start == end);
    let start = if tokens[unit.start - 1].text == "past" { unit.start } else { one.start };
    meant.then(|| amount(line, start, end))
}

/// "9 pints in a week" says how many, not how long: a number of things ends here.
fn is_count(line: &Line, end: usize) -> bool {
    let number = end.checked_sub(2).and_then(|at| line.sentence.tokens.get(at));
    number.is_some_and(Token::is_number) && !line.of(Kind::TimeUnit).any(|unit| unit.end == end)
}

/// "3 days a week" says how often.
fn is_rate(line: &Line, end: usize) -> bool {
    line.of(Kind::Per)
        .any(|per| per.start == end && line.of(Kind::TimeUnit).any(|unit| unit.start == per.end))
}

fn is_age(line: &Line, end: usize) -> bool {
    let after = |at: usize| line.sentence.tokens.get(at).map_or("", |token| token.text.as_str());
    let next = if after(end) == "-" { after(end + 1) } else { after(end) };
    next == "old" || line.said(end.saturating_sub(1), end) == "ساله"
}

/// `for 5 days` and the like: how long something is to be taken.
pub(crate) fn course(line: &Line) -> Option<Amount> {
    let for_words: Vec<Hit> = line.of(Kind::For).collect();
    let course = |amount: &Amount| {
        let next = line.sentence.tokens.get(amount.end).map_or("", |token| token.text.as_str());
        let next = if next == "-" { "course" } else { next };
        next == "course" || for_words.iter().any(|hit| hit.end <= amount.start && amount.start - hit.end <= 3)
    };
    durations(line).into_iter().find(course)
}

/// `every 6 hours`, `3 times a day`, `twice a day`, `at night`.
pub(crate) fn frequencies(line: &Line) -> Vec<Amount> {
    let mut found: Vec<Amount> = Vec::new();
    for (start, unit, end) in counted(line, Kind::TimeUnit) {
        if line.of(Kind::Every).any(|every| every.end == start) {
            found.push(Amount { start: start - 1, end, text: line.said(start - 1, unit.end).to_owned() });
        }
    }
    for (start, times, end) in counted(line, Kind::Times) {
        let per = line.of(Kind::Per).find(|per| per.start == times.end).map_or(end, |per| per.end);
        if let Some(unit) = line.of(Kind::TimeUnit).find(|unit| unit.start == per) {
            found.push(Amount { start, end: unit.end, text: line.said(start, unit.end).to_owned() });
        }
    }
    for hit in line.of(Kind::Frequency) {
        if !found.iter().any(|rate| rate.start < hit.end && hit.start < rate.end) {
            found.push(Amount {
                start: hit.start,
                end: hit.end,
                text: line.said(hit.start, hit.end).to_owned(),
            });
        }
    }
    found.sort_by_key(|rate| rate.start);
    found
}

/// Numbers (or ranges of them) with a unit of the kind right after: first token, the unit, token after the last.
pub(crate) fn counted(line: &Line, kind: Kind) -> Vec<(usize, Hit, usize)> {
    let tokens = &line.sentence.tokens;
    let number = |at: usize| tokens.get(at).is_some_and(Token::is_number);
    line.of(kind)
        .filter_map(|unit| {
            let mut at = unit.start.checked_sub(1)?;
            if tokens[at].text == "-" || tokens[at].text == "more" {
                at = at.checked_sub(1)?;
            }
            if !number(at) {
                return None;
            }
            let range = at
                .checked_sub(2)
                .filter(|&low| number(low) && line.of(Kind::Range).any(|r| r.start == low + 1));
            // "3, 4 days", "2 3 days": rising numbers side by side.
            let listed = || {
                let comma = usize::from(tokens[at.checked_sub(1)?].text == ",");
                let low = at.checked_sub(1 + comma)?;
                let rises = tokens[low].number()? < tokens[at].number()?;
                (kind == Kind::TimeUnit && rises).then_some(low)
            };
            Some((range.or_else(listed).unwrap_or(at), unit, unit.end))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::pack;
    use crate::reading::Reading;
    use ward_domain::encounter::transcript::paste;

    fn read(language: &str, text: &str) -> Reading {
        Reading::new(&paste::parse(text, language).unwrap(), pack(language))
    }

    fn texts(amounts: Vec<Amount>) -> Vec<String> {
        amounts.into_iter().map(|amount| amount.text).collect()
    }

    #[test]
    fn a_prescription_in_words() {
        let reading = read(
            "en",
            "Take one to two tablets of paracetamol 500 milligrams every six hours for five days.",
        );
        let line = &reading.lines[0];
        assert_eq!(
            texts(doses(line, reading.pack).into_iter().map(|(amount, _)| amount).collect()),
            ["1 to 2 tablets", "500 mg"]
        );
        assert_eq!(texts(frequencies(line)), ["every 6 hours"]);
        assert_eq!(course(line).map(|amount| amount.text).as_deref(), Some("5 days"));
    }

    #[test]
    fn lengths_of_time_as_people_say_them() {
        for (text, expected) in [
            ("It started a few days ago.", vec!["few days"]),
            ("For the past couple of weeks.", vec!["couple of weeks"]),
            ("Three, four days ago.", vec!["3 to 4 days"]),
            ("In the next two three days.", vec!["2 to 3 days"]),
            ("It has been going on for a week and a half.", vec!["a week and a half"]),
            ("Take a day or two off work.", vec!["a day or 2"]),
            ("I had it about a year ago.", vec!["a year"]),
            ("For the past month or so.", vec!["month"]),
            ("It lasts a week to ten days.", vec!["a week to 10 days"]),
            ("I saw him last week, twice a day, three days a week.", vec![]),
            ("It took half an hour.", vec!["half an hour"]),
        ] {
            assert_eq!(texts(durations(&read("en", text).lines[0])), expected, "{text}");
        }
    }

    #[test]
    fn how_many_in_a_week_is_no_duration() {
        let durations = |text| texts(durations(&read("en", text).lines[0]));
        assert_eq!(durations("I have 9 pints in a week."), Vec::<String>::new());
        assert_eq!(durations("Come back in a week."), ["a week"]);
        assert_eq!(durations("It went after 2 days in a week."), ["2 days", "a week"]);
    }

    #[test]
    fn an_age_is_no_duration() {
        assert_eq!(
            texts(durations(&read("en", "She is a 43 year old with 2 weeks of pain.").lines[0])),
            ["2 weeks"]
        );
        assert_eq!(texts(durations(&read("en", "A 43-year-old man.").lines[0])), Vec::<String>::new());
    }

    #[test]
    fn persian_and_spanish() {
        let reading = read("fa", "یک قرص ۵۰۰ میلی‌گرمی هر هشت ساعت برای پنج روز بخورید.");
        let line = &reading.lines[0];
        assert_eq!(texts(frequencies(line)), ["هر 8 ساعت"]);
        assert_eq!(course(line).map(|amount| amount.text).as_deref(), Some("5 روز"));
        let reading = read("es", "Tome ibuprofeno de 600 mg cada ocho horas durante cinco días.");
        let line = &reading.lines[0];
        assert_eq!(
            texts(doses(line, reading.pack).into_iter().map(|(amount, _)| amount).collect()),
            ["600 mg"]
        );
        assert_eq!(texts(frequencies(line)), ["cada 8 horas"]);
        assert_eq!(course(line).map(|amount| amount.text).as_deref(), Some("5 días"));
    }
}
