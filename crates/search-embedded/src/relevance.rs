//! Scores from 0 to 1.
//!
//! BM25 has no upper end of its own, but one word's share of it has: a rare word, said often in a short field of the
//! highest weight. Against the sum of these ends a score is absolute: the same hit scores the same on every page,
//! and the best hit of a query that nothing fits well does not look perfect.

use crate::fault::Fault;
use crate::schema::Fields;
use tantivy::{Searcher, Term};
use ward_search::field::Analysis;
use ward_search::text::{BEGINNING, JOINED, QueryText, QueryWord, STEM, STEM_MARK, may_begin};
use ward_search::{SearchQuery, TextField};

/// BM25's k1 + 1 in tantivy: what a word's frequency within a document counts at most.
const SATURATION: f32 = 2.2;

/// Measures scores of one query against the best that it could get.
pub(crate) struct Relevance {
    best: f32,
}

impl Relevance {
    pub(crate) fn new(
        fields: &Fields,
        searcher: &Searcher,
        query: &SearchQuery,
        text: &QueryText,
    ) -> Result<Self, Fault> {
        let rarity = Rarity { fields, searcher };
        let within = query.searched_fields();
        let mut best = 0.0;
        for word in &text.words {
            best += rarity.of_word(within, word)?;
        }
        for phrase in &text.phrases {
            best += rarity.of_phrase(within, phrase)?;
        }
        Ok(Self { best })
    }

    /// The root spreads the low end, where most hits lie: a word found once in a text of usual length is about 0.7.
    pub(crate) fn of(&self, score: f32) -> f32 {
        if self.best <= 0.0 { 1.0 } else { (score / self.best).clamp(0.0, 1.0).sqrt() }
    }
}

struct Rarity<'a> {
    fields: &'a Fields,
    searcher: &'a Searcher,
}

impl Rarity<'_> {
    fn of_word(&self, searched: &[TextField], word: &QueryWord) -> Result<f32, Fault> {
        let mut best = 0.0_f32;
        for &field in searched {
            let mut found = 0.0_f32;
            if field.analysis() == Analysis::Digits {
                found = if word.digits.is_some() { 1.0 } else { 0.0 };
            } else {
                found = found.max(self.of_term(&self.fields.word(field, &word.text))?);
                for joined in &word.joined {
                    found = found.max(JOINED * self.of_term(&self.fields.word(field, joined))?);
                }
                if let (Analysis::Prose, Some(stem)) = (field.analysis(), &word.stem) {
                    let marked = self.fields.word(field, &format!("{STEM_MARK}{stem}"));
                    let other = self.of_term(&marked)?.max(self.of_term(&self.fields.word(field, stem))?);
                    found = found.max(STEM * other);
                }
                if may_begin(field.analysis(), word) {
                    found = found.max(BEGINNING);
                }
            }
            best = best.max(found * field.weight());
        }
        // Nothing but typing errors and parts may fit: measured against a word that is in every document.
        Ok(best.max(BEGINNING))
    }

    fn of_phrase(&self, searched: &[TextField], phrase: &[String]) -> Result<f32, Fault> {
        let mut best = BEGINNING;
        for &field in searched {
            let mut sum = 0.0;
            for word in phrase {
                sum += self.of_term(&self.fields.word(field, word))?;
            }
            best = best.max(sum * field.weight());
        }
        Ok(best)
    }

    /// The most that a term can score; 0 if no document has it.
    #[allow(clippy::cast_precision_loss)] // documents are counted, not accounted
    fn of_term(&self, term: &Term) -> Result<f32, Fault> {
        let with = self.searcher.doc_freq(term)? as f32;
        if with == 0.0 {
            return Ok(0.0);
        }
        let all =
            self.searcher.segment_readers().iter().map(|segment| u64::from(segment.max_doc())).sum::<u64>();
        let rest = (all as f32 - with).max(0.0);
        Ok((1.0 + (rest + 0.5) / (with + 0.5)).ln() * SATURATION)
    }
}
