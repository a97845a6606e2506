//! Documents that have all words, and how well they fit.
//!
//! First which documents match: each list of each word is gone through once, without a score, into one bit a document, and
//! the words' bits are laid over each other. Then these documents alone are scored. A common word is in some thirty lists of
//! fields and forms, most of whose documents may lack another word: scored in each list, they cost more than being found.

use crate::docs::Docs;
use std::sync::Arc;
use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Result, Score, SegmentReader, TERMINATED, TantivyError, Term};

/// What a word counts that is found in a second way too.
const FURTHER_WAY: Score = 0.2;

/// One way in which a word or a phrase may be found.
#[derive(Debug)]
pub(crate) enum Way {
    /// It counts as much as the query says, times this.
    Ranked(Box<dyn Query>, Score),
    /// It counts so much wherever it is found.
    Flat(Box<dyn Query>, Score),
}

/// Lets through what all filters do, and of that what has every part in one way at least.
#[derive(Debug, Clone)]
pub(crate) struct Matching(Arc<Wanted>);

#[derive(Debug)]
struct Wanted {
    filters: Vec<Box<dyn Query>>,
    parts: Vec<Vec<Way>>,
}

impl Matching {
    pub(crate) fn new(filters: Vec<Box<dyn Query>>, parts: Vec<Vec<Way>>) -> Self {
        Self(Arc::new(Wanted { filters, parts }))
    }
}

impl Query for Matching {
    fn weight(&self, enable_scoring: EnableScoring<'_>) -> Result<Box<dyn Weight>> {
        let unscored = match enable_scoring {
            EnableScoring::Enabled { searcher, .. } => EnableScoring::disabled_from_searcher(searcher),
            disabled @ EnableScoring::Disabled { .. } => disabled,
        };
        let way = |way: &Way| {
            Ok(match way {
                Way::Ranked(query, share) => WayWeight {
                    lets_through: query.weight(unscored)?,
                    counts: if enable_scoring.is_scoring_enabled() {
                        Counts::Ranked(query.weight(enable_scoring)?, *share)
                    } else {
                        Counts::Nothing
                    },
                },
                Way::Flat(query, share) => {
                    WayWeight { lets_through: query.weight(unscored)?, counts: Counts::Flat(*share) }
                }
            })
        };
        let part = |ways: &Vec<Way>| ways.iter().map(way).collect::<Result<_>>();
        let parts = self.0.parts.iter().map(part).collect::<Result<_>>()?;
        let filters = self.0.filters.iter().map(|filter| filter.weight(unscored)).collect::<Result<_>>()?;
        Ok(Box::new(MatchingWeight { filters, parts }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        for filter in &self.0.filters {
            filter.query_terms(visitor);
        }
        for Way::Ranked(query, _) | Way::Flat(query, _) in self.0.parts.iter().flatten() {
            query.query_terms(visitor);
        }
    }
}

struct WayWeight {
    lets_through: Box<dyn Weight>,
    counts: Counts,
}

enum Counts {
    Nothing,
    Flat(Score),
    Ranked(Box<dyn Weight>, Score),
}

struct MatchingWeight {
    filters: Vec<Box<dyn Weight>>,
    parts: Vec<Vec<WayWeight>>,
}

impl Weight for MatchingWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> Result<Box<dyn Scorer>> {
        let mut all = Docs::all(reader.max_doc());
        for filter in &self.filters {
            all.keep(&Docs::of(&mut *filter.scorer(reader, 1.0)?, reader.max_doc()));
        }
        let mut parts = Vec::with_capacity(self.parts.len());
        for ways in &self.parts {
            let mut found = Docs::none(reader.max_doc());
            let mut scored = Vec::with_capacity(ways.len());
            for way in ways {
                let mut docs = way.lets_through.scorer(reader, 1.0)?;
                if docs.doc() == TERMINATED {
                    continue;
                }
                match &way.counts {
                    Counts::Nothing => found.add(&mut *docs),
                    Counts::Flat(share) => {
                        let its = Docs::of(&mut *docs, reader.max_doc());
                        found.add_all(&its);
                        scored.push(Scored::Flat(its, share * boost));
                    }
                    Counts::Ranked(weight, share) => {
                        found.add(&mut *docs);
                        scored.push(Scored::Ranked(weight.scorer(reader, share * boost)?));
                    }
                }
            }
            all.keep(&found);
            parts.push(scored);
        }
        let doc = all.first_from(0).unwrap_or(TERMINATED);
        Ok(Box::new(MatchingScorer { all, doc, parts }))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Err(TantivyError::InvalidArgument("the document does not match".to_owned()));
        }
        Ok(Explanation::new("its words", scorer.score()))
    }
}

enum Scored {
    Flat(Docs, Score),
    Ranked(Box<dyn Scorer>),
}

impl Scored {
    /// What a document counts in this way. Documents are asked for in their order.
    fn score(&mut self, doc: DocId) -> Score {
        match self {
            Self::Flat(docs, score) => {
                if docs.has(doc) {
                    *score
                } else {
                    0.0
                }
            }
            Self::Ranked(scorer) => {
                let at = scorer.doc();
                let there = at == doc || (at < doc && scorer.seek(doc) == doc);
                if there { scorer.score() } else { 0.0 }
            }
        }
    }
}

struct MatchingScorer {
    all: Docs,
    doc: DocId,
    parts: Vec<Vec<Scored>>,
}

impl DocSet for MatchingScorer {
    fn advance(&mut self) -> DocId {
        self.seek(self.doc.saturating_add(1))
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.doc = self.all.first_from(target).unwrap_or(TERMINATED);
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.all.count()
    }
}

impl Scorer for MatchingScorer {
    /// Of each word the best way, and a little for each further one.
    fn score(&mut self) -> Score {
        let doc = self.doc;
        let of_part = |ways: &mut Vec<Scored>| {
            let (mut best, mut sum) = (0.0_f32, 0.0);
            for way in ways {
                let score = way.score(doc);
                best = best.max(score);
                sum += score;
            }
            best + FURTHER_WAY * (sum - best)
        };
        self.parts.iter_mut().map(of_part).sum()
    }
}
