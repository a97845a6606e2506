//! Reads a transcript that was typed or pasted.
//!
//! One line is one segment. A line may begin with a time (`00:12`, `[1:02:03]`) and with its speaker: `Doctor: …`,
//! `[patient] …`, `دکتر: …`, `Médico: …`, `Dr. Osei: …`. A line without a known speaker stays whole and belongs to
//! nobody, so that `BP: 120/80` does not lose its first words.

use super::{MAX_SEGMENT_CHARS, Segment, Speaker, Transcript};
use crate::refusal::Refusal;

/// What a speaker may be called, in small letters. A title may be followed by a name: `dr. osei`.
const LABELS: &[(Speaker, &[&str])] = &[
    (
        Speaker::Doctor,
        &[
            "doctor",
            "doctora",
            "dr",
            "dr.",
            "dra",
            "dra.",
            "d",
            "physician",
            "clinician",
            "gp",
            "provider",
            "médico",
            "medico",
            "médica",
            "medica",
            "metge",
            "metgessa",
            "دکتر",
            "پزشک",
            "طبيب",
            "الطبيب",
            "الطبيبة",
            "دكتور",
            "الدكتور",
            "الدكتورة",
        ],
    ),
    (
        Speaker::Patient,
        &["patient", "pt", "p", "paciente", "pacient", "بیمار", "مریض", "المريض", "المريضة", "مريض"],
    ),
    (
        Speaker::Other,
        &[
            "nurse",
            "mother",
            "father",
            "parent",
            "husband",
            "wife",
            "carer",
            "interpreter",
            "other",
            "guest",
            "enfermera",
            "enfermero",
            "madre",
            "padre",
            "acompañante",
            "infermera",
            "mare",
            "pare",
            "همراه",
            "پرستار",
            "مادر",
            "پدر",
            "الممرضة",
            "مرافق",
            "الأم",
            "الأب",
        ],
    ),
];

/// Longest label that is looked for, in characters: a title and a name.
const MAX_LABEL_CHARS: usize = 40;

/// The transcript in `text`, in the given language, validated. Times are 0 where the lines carry none.
pub fn parse(text: &str, language: &str) -> Result<Transcript, Refusal> {
    let mut segments = Vec::new();
    let mut clock = 0;
    for line in text.lines().map(clean).filter(|line| !line.is_empty()) {
        let (time, rest) = leading_time(line);
        clock = time.unwrap_or(clock);
        let (speaker, rest) = leading_speaker(rest);
        for piece in pieces(rest) {
            segments.push(Segment { start_ms: clock, end_ms: clock, speaker, text: piece.to_owned() });
        }
    }
    for index in 1..segments.len() {
        let next = segments[index].start_ms;
        let before = &mut segments[index - 1];
        before.end_ms = before.end_ms.max(next);
    }
    let transcript = Transcript { language: language.to_owned(), segments, confidence: None };
    transcript.validate()?;
    Ok(transcript)
}

/// Spaces of every kind and the marks that set the direction of a line (and a byte order mark) say nothing here.
fn clean(line: &str) -> &str {
    line.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
    })
}

fn leading_time(line: &str) -> (Option<u32>, &str) {
    let bare = line.strip_prefix(['[', '(']).unwrap_or(line);
    let end = bare.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(bare.len());
    let (stamp, rest) = bare.split_at(end);
    let parts: Vec<u32> = stamp.split(':').map_while(|part| part.parse().ok()).collect();
    let whole = parts.len() == stamp.split(':').count() && (2..=3).contains(&parts.len());
    if !whole || parts[1..].iter().any(|&part| part > 59) || parts[0] > 999 {
        return (None, line);
    }
    let seconds = parts.iter().fold(0_u32, |sum, &part| sum * 60 + part);
    (seconds.checked_mul(1000), clean(rest.trim_start_matches([']', ')', '-', '–'])))
}

fn leading_speaker(line: &str) -> (Speaker, &str) {
    let bracketed = line.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let labelled = bracketed.or_else(|| line.split_once(':')).or_else(|| line.split_once('：'));
    let Some((label, rest)) = labelled.filter(|(label, _)| label.chars().count() <= MAX_LABEL_CHARS) else {
        return (Speaker::Unknown, line);
    };
    match speaker_of(label) {
        Some(speaker) => (speaker, clean(rest.trim_start_matches([':', '*']))),
        None => (Speaker::Unknown, line),
    }
}

fn speaker_of(label: &str) -> Option<Speaker> {
    let label = label.trim().trim_matches('*').trim().to_lowercase();
    // Arabic keyboards write the Persian letters ye and kaf with other code points.
    let folded = label.replace('ي', "ی").replace('ك', "ک");
    let known =
        |word: &str| LABELS.iter().find(|(_, names)| names.contains(&word)).map(|(speaker, _)| *speaker);
    known(&label).or_else(|| known(&folded)).or_else(|| {
        let title = label.split_whitespace().next()?;
        // A lone letter is a label only by itself: `p 12: …` is no patient.
        if title.chars().count() < 2 || label.split_whitespace().count() > 4 { None } else { known(title) }
    })
}

/// A line in pieces that fit a segment, cut after a sentence or at least between words where that is possible.
fn pieces(line: &str) -> Vec<&str> {
    let (mut pieces, mut rest) = (Vec::new(), line);
    while let Some((limit, _)) = rest.char_indices().nth(MAX_SEGMENT_CHARS) {
        let head = &rest[..limit];
        let sentence = head
            .rfind(['.', '!', '?', '؟', '۔'])
            .map(|at| at + head[at..].chars().next().map_or(1, char::len_utf8));
        let cut = sentence
            .filter(|&at| at > limit / 2)
            .or_else(|| head.rfind(char::is_whitespace).filter(|&at| at > 0));
        let (piece, tail) = rest.split_at(cut.unwrap_or(limit));
        pieces.push(piece.trim());
        rest = tail.trim_start();
    }
    pieces.push(rest);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<(Speaker, String)> {
        let transcript = parse(text, "en").unwrap();
        transcript.segments.into_iter().map(|segment| (segment.speaker, segment.text)).collect()
    }

    #[test]
    fn speakers_in_every_spelling() {
        use Speaker::{Doctor, Other, Patient, Unknown};
        for (line, speaker, text) in [
            ("Doctor: Hello.", Doctor, "Hello."),
            ("[doctor] hello .", Doctor, "hello ."),
            ("[Patient]: Hi", Patient, "Hi"),
            ("PATIENT : Hi", Patient, "Hi"),
            ("**Dr. Osei:** Come in", Doctor, "Come in"),
            ("Dr. Osei: Come in", Doctor, "Come in"),
            ("دکتر: سلام، حالتون چطوره؟", Doctor, "سلام، حالتون چطوره؟"),
            ("\u{200f}بيمار: خوبم", Patient, "خوبم"),
            ("Médico: Buenos días", Doctor, "Buenos días"),
            ("Paciente: Hola", Patient, "Hola"),
            ("Mother: He coughs", Other, "He coughs"),
            ("BP: 120/80", Unknown, "BP: 120/80"),
            ("So: what next", Unknown, "So: what next"),
            ("12:30 Doctor: Hello", Doctor, "Hello"),
            ("[00:01:02] Patient: Hello", Patient, "Hello"),
        ] {
            assert_eq!(read(line), [(speaker, text.to_owned())], "{line}");
        }
    }

    #[test]
    fn lines_end_in_any_way_and_times_reach_to_the_next() {
        let transcript = parse("00:05 Doctor: Hi.\r\n\r\n0:09 Patient: Hello.\nand more", "en").unwrap();
        let times: Vec<_> = transcript.segments.iter().map(|s| (s.start_ms, s.end_ms)).collect();
        assert_eq!(times, [(5_000, 9_000), (9_000, 9_000), (9_000, 9_000)]);
    }

    #[test]
    fn a_long_line_is_cut_between_sentences_and_keeps_its_speaker() {
        let line = format!("Patient: {}", "It hurts here. ".repeat(400));
        let read = read(&line);
        assert!(
            read.len() > 2
                && read.iter().all(|(speaker, text)| *speaker == Speaker::Patient && text.ends_with('.'))
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(\\PC|\n|\r|\\[|:|[0-9]){0,300}") {
            if let Ok(transcript) = parse(&text, "en") {
                prop_assert!(transcript.validate().is_ok());
            }
        }

        #[test]
        fn no_word_of_a_long_line_is_lost(words in proptest::collection::vec("[a-zا-ی]{1,12}", 1..900)) {
            let line = words.join(" ");
            let read: Vec<String> = read(&line).iter().flat_map(|(_, text)| text.split(' ').map(str::to_owned).collect::<Vec<_>>()).collect();
            prop_assert_eq!(read, words);
        }
    }
}
