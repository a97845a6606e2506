//! What is denied. A cue denies what follows in its clause, or, in languages that put it last, what precedes.

use crate::pack::{Hit, Kind};
use crate::reading::Line;

/// Most words between a cue and the first thing it denies; a list carries on from one thing denied to the next.
const REACH: usize = 6;

/// True where the sentence itself denies what the hit says.
pub(crate) fn is_negated(line: &Line, hit: Hit) -> bool {
    let pseudo = |at: usize| line.of(Kind::NotNegation).any(|other| (other.start..other.end).contains(&at));
    let after = line.of(Kind::NegationAfter).any(|cue| {
        cue.start >= hit.end
            && !pseudo(cue.start)
            && !stops(line, hit.end, cue.start)
            && cue.start - hit.end <= REACH + 4
    });
    after || denied_before(line, hit, &pseudo)
}

fn denied_before(line: &Line, hit: Hit, pseudo: &dyn Fn(usize) -> bool) -> bool {
    let mut reach_to = hit.start;
    let mut others: Vec<Hit> =
        line.of(Kind::Symptom).chain(line.of(Kind::Condition)).filter(|o| o.end <= hit.start).collect();
    others.sort_by_key(|other| std::cmp::Reverse(other.start));
    let mut others = others.into_iter().peekable();
    loop {
        let cue = line.of(Kind::Negation).find(|cue| {
            // "can't sleep" is a symptom that holds its own "not".
            let own = line.of(Kind::Symptom).any(|s| s.start <= cue.start && cue.end <= s.end);
            cue.end <= reach_to
                && reach_to - cue.end <= REACH
                && !own
                && !pseudo(cue.start)
                && !stops(line, cue.end, reach_to)
        });
        if cue.is_some() {
            return true;
        }
        // Step over the thing before in a list: "no fever, cough or chills".
        match others.next() {
            Some(other) if reach_to.saturating_sub(other.end) <= 4 && !stops(line, other.end, reach_to) => {
                reach_to = other.start;
            }
            _ => return false,
        }
    }
}

fn stops(line: &Line, from: usize, to: usize) -> bool {
    let tokens = &line.sentence.tokens;
    // "I haven't, I felt hot": a comma and a new subject begin a new clause.
    let subject =
        |at: usize| matches!(tokens[at].text.as_str(), "i" | "i've" | "i'm" | "it's" | "it" | "she" | "he");
    let clause = (from..to.min(tokens.len())).any(|at| at > 0 && subject(at) && tokens[at - 1].text == ",");
    clause || line.of(Kind::NegationStop).any(|stop| stop.start >= from && stop.end <= to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::pack;
    use crate::reading::Reading;
    use ward_domain::encounter::transcript::paste;

    fn denied(language: &str, text: &str) -> Vec<String> {
        let transcript = paste::parse(&format!("Patient: {text}"), language).unwrap();
        let reading = Reading::new(&transcript, pack(language));
        let lines = reading.lines.iter();
        lines
            .flat_map(|line| {
                line.of(Kind::Symptom)
                    .filter(|&hit| is_negated(line, hit))
                    .map(|hit| reading.name(hit).to_owned())
            })
            .collect()
    }

    #[test]
    fn english() {
        for (text, expected) in [
            ("No fever, cough or chills.", vec!["fever", "cough", "chills"]),
            ("I have a cough but no fever.", vec!["fever"]),
            ("No fever but I have a cough.", vec!["fever"]),
            ("I don't have any chest pain.", vec!["chest pain"]),
            ("I can't sleep and I'm not sure about the cough.", vec![]),
            ("The headache is not better.", vec![]),
            ("I haven't had any vomiting or diarrhea.", vec!["vomiting", "diarrhea"]),
        ] {
            assert_eq!(denied("en", text), expected, "{text}");
        }
    }

    #[test]
    fn other_languages() {
        assert_eq!(denied("fa", "تب و لرز ندارم ولی سرفه دارم."), ["تب", "لرز"]);
        assert_eq!(
            denied("es", "No tengo fiebre ni escalofríos, pero tengo tos."),
            ["fiebre", "escalofríos"]
        );
        assert_eq!(denied("ar", "لا يوجد غثيان لكن عندي صداع."), ["غثيان"]);
        assert_eq!(denied("ca", "No tinc febre però tinc tos."), ["febre"]);
    }
}
