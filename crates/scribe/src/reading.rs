//! A transcript as the rules see it: sentences with everything known that they say.

use crate::pack::{Hit, Kind, Pack};
use crate::text::sentence::{Sentence, is_question, sentences};
use ward_domain::encounter::transcript::{Speaker, Transcript};

/// The sentences of a consultation and their hits.
pub(crate) struct Reading {
    /// The language's words.
    pub(crate) pack: &'static Pack,
    /// In order.
    pub(crate) lines: Vec<Line>,
}

/// One sentence and what it says.
pub(crate) struct Line {
    /// The sentence.
    pub(crate) sentence: Sentence,
    /// Everything known in it.
    pub(crate) hits: Vec<Hit>,
    /// Where it stands in the consultation, 0 to 1.
    pub(crate) progress: f64,
}

impl Reading {
    /// Reads a transcript with the pack of its language.
    pub(crate) fn new(transcript: &Transcript, pack: &'static Pack) -> Self {
        let sentences = sentences(transcript, pack);
        let count = f64::from(u32::try_from(sentences.len().max(1)).unwrap_or(u32::MAX));
        let lines = (0_u32..).zip(sentences).map(|(index, sentence)| {
            let hits = pack.hits(&sentence.tokens);
            Line { sentence, hits, progress: f64::from(index) / count }
        });
        Self { pack, lines: lines.collect() }
    }

    /// What a hit is called in the note.
    pub(crate) fn name(&self, hit: Hit) -> &str {
        &self.pack.entry(hit).name
    }
}

impl Line {
    /// True where the sentence says something of the kind.
    pub(crate) fn has(&self, kind: Kind) -> bool {
        self.hits.iter().any(|hit| hit.kind == kind)
    }

    /// The hits of a kind, in order.
    pub(crate) fn of(&self, kind: Kind) -> impl Iterator<Item = Hit> {
        self.hits.iter().copied().filter(move |hit| hit.kind == kind)
    }

    /// Said by the doctor.
    pub(crate) fn by_doctor(&self) -> bool {
        self.sentence.speaker == Speaker::Doctor
    }

    /// Said by the patient, or by somebody who speaks for them.
    pub(crate) fn by_patient(&self) -> bool {
        matches!(self.sentence.speaker, Speaker::Patient | Speaker::Other | Speaker::Unknown)
    }

    /// Ends in a question mark, or begins as a question does; many transcribers leave the mark out.
    pub(crate) fn asks(&self) -> bool {
        let first = self.words_after_openers();
        is_question(&self.sentence.text) || self.of(Kind::Asks).any(|hit| hit.start == first)
    }

    /// Ends in a question mark though it tells: "I'll order an X-ray, okay?"
    pub(crate) fn asks_plainly(&self) -> bool {
        let tag = [", okay?", ", ok?", ", right?", ", all right?", ", alright?", ", ¿vale?", "، باشه؟"];
        is_question(&self.sentence.text)
            && !tag.iter().any(|tag| self.sentence.text.to_lowercase().ends_with(tag))
    }

    /// Index of the first token that is neither an opener nor a filler nor a mark.
    pub(crate) fn words_after_openers(&self) -> usize {
        let mut at = 0;
        loop {
            let skipped = self
                .hits
                .iter()
                .filter(|hit| hit.start == at && matches!(hit.kind, Kind::Opener | Kind::Filler));
            let mark = self.sentence.tokens.get(at).is_some_and(|token| !token.is_word());
            match skipped.map(|hit| hit.end).max().or_else(|| mark.then_some(at + 1)) {
                Some(end) => at = end,
                None => return at,
            }
        }
    }

    /// The text of tokens `start..end` as it was said.
    pub(crate) fn said(&self, start: usize, end: usize) -> &str {
        let tokens = &self.sentence.tokens;
        match (tokens.get(start), end.checked_sub(1).and_then(|last| tokens.get(last))) {
            (Some(first), Some(last)) if first.start <= last.end => {
                &self.sentence.text[first.start..last.end]
            }
            _ => "",
        }
    }

    /// How many words it has.
    pub(crate) fn words(&self) -> usize {
        self.sentence.tokens.iter().filter(|token| token.is_word()).count()
    }
}
