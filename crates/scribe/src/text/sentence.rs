//! Sentences with their speaker and the segment that they stand in.

use super::clean::clean;
use super::numbers::in_digits;
use super::token::{Token, tokens};
use crate::pack::{Kind, Pack};
use ward_domain::encounter::transcript::{Segment, Speaker, Transcript};

/// One cleaned sentence.
#[derive(Debug, Clone)]
pub(crate) struct Sentence {
    /// Index of its segment in the transcript.
    pub(crate) segment: u32,
    /// Doctor or patient where that is known or can be told.
    pub(crate) speaker: Speaker,
    /// Its text, with its mark.
    pub(crate) text: String,
    /// Its tokens.
    pub(crate) tokens: Vec<Token>,
}

/// The sentences of a transcript, in order.
pub(crate) fn sentences(transcript: &Transcript, pack: &Pack) -> Vec<Sentence> {
    let mut all = Vec::new();
    for (index, segment) in transcript.segments.iter().enumerate() {
        let text = in_digits(&clean(&segment.text), pack);
        for piece in split(&text).into_iter().flat_map(|piece| clauses(piece, pack)) {
            let tokens = tokens(piece);
            if tokens.iter().any(Token::is_word) {
                let segment_index = u32::try_from(index).unwrap_or(u32::MAX);
                all.push(Sentence {
                    segment: segment_index,
                    speaker: segment.speaker,
                    text: piece.to_owned(),
                    tokens,
                });
            }
        }
    }
    if transcript.segments.iter().all(is_anonymous) {
        guess_speakers(&mut all, pack);
    }
    all
}

fn is_anonymous(segment: &Segment) -> bool {
    segment.speaker == Speaker::Unknown
}

/// Where no segment names its speaker: who asks is the doctor, who speaks of themselves the patient, and a
/// sentence that tells neither belongs to whoever spoke in the same segment before it.
fn guess_speakers(sentences: &mut [Sentence], pack: &Pack) {
    let mut before: Option<(u32, Speaker)> = None;
    for sentence in sentences {
        let has = |kind| sentence.tokens.iter().any(|token| pack.is(kind, &token.text));
        let speaker = if is_question(&sentence.text) || has(Kind::DoctorWord) {
            Speaker::Doctor
        } else if has(Kind::PatientWord) {
            Speaker::Patient
        } else {
            match before {
                Some((segment, speaker)) if segment == sentence.segment => speaker,
                Some((_, Speaker::Doctor)) => Speaker::Patient,
                _ => Speaker::Doctor,
            }
        };
        sentence.speaker = speaker;
        before = Some((sentence.segment, speaker));
    }
}

/// True for a sentence that ends in a question mark.
pub(crate) fn is_question(text: &str) -> bool {
    text.trim_end_matches(['"', ' ']).ends_with(['?', '؟'])
}

/// Most words of a sentence that nobody has to cut.
const LONG_WORDS: usize = 30;
/// Fewest words of a clause that is cut off.
const SHORT_WORDS: usize = 7;

/// Speech engines may set no marks at all: a sentence without end is cut where clauses begin.
fn clauses<'t>(text: &'t str, pack: &Pack) -> Vec<&'t str> {
    let tokens = tokens(text);
    if tokens.iter().filter(|token| token.is_word()).count() <= LONG_WORDS {
        return vec![text];
    }
    let mut starts: Vec<usize> =
        pack.hits(&tokens).into_iter().filter(|hit| hit.kind == Kind::Break).map(|hit| hit.start).collect();
    starts.sort_unstable();
    let (mut pieces, mut from) = (Vec::new(), 0);
    for start in starts {
        if start >= from + SHORT_WORDS && tokens.len() - start >= SHORT_WORDS {
            pieces.push(text[tokens[from].start..tokens[start].start].trim());
            from = start;
        }
    }
    pieces.push(text[tokens[from].start..].trim());
    pieces
}

/// Titles and abbreviations whose full stop ends no sentence.
const ABBREVIATIONS: &[&str] =
    &["dr", "mr", "mrs", "ms", "st", "vs", "e.g", "i.e", "approx", "sr", "sra", "dra"];

/// Cuts after `.`, `!`, `?`, `؟` and `؛`, not within `38.5` and not after a title.
fn split(text: &str) -> Vec<&str> {
    let (mut pieces, mut from) = (Vec::new(), 0);
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if !matches!(letter, '.' | '!' | '?' | '؟' | '؛') {
            continue;
        }
        let next = letters.peek().map(|&(_, next)| next);
        if next.is_some_and(|next| !next.is_whitespace()) {
            continue;
        }
        let word = text[from..at].rsplit(char::is_whitespace).next().unwrap_or_default().to_lowercase();
        if letter == '.' && ABBREVIATIONS.contains(&word.as_str()) {
            continue;
        }
        let end = at + letter.len_utf8();
        pieces.push(text[from..end].trim());
        from = end;
    }
    pieces.push(text[from..].trim());
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_people_end_them() {
        assert_eq!(
            split("It was 38.5. Dr. Osei came! Why? ok"),
            ["It was 38.5.", "Dr. Osei came!", "Why?", "ok"]
        );
        assert_eq!(split("تب دارید؟ نه."), ["تب دارید؟", "نه."]);
    }
}
