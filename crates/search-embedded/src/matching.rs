//! Documents that have all words, and how well they fit.
//!
//! First which documents match: each list of each word is gone through once, without a score, into one bit a document, and
//! the words' bits are laid over each other. Then these documents alone are scored. A common word is in some thirty lists of
//! fields and forms, most of whose documents may lack another word: scored in each list, they cost more than being found.

use crate::docs::{Docs, Walk};
use crate::passing::{Passing, PassingWeight};
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

/// Of what passes, what has every part in one way at least.
#[derive(Debug, Clone)]
pub(crate) struct Matching(Arc<Wanted>);

#[derive(Debug)]
struct Wanted {
    passing: Passing,
    parts: Vec<Vec<Way>>,
}

impl Matching {
    pub(crate) fn new(passing: Passing, parts: Vec<Vec<Way>>) -> Self {
        Self(Arc::new(Wanted { passing, parts }))
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
        Ok(Box::new(MatchingWeight { passing: self.0.passing.weighed(unscored)?, parts }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.0.passing.query_terms(visitor);
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
    passing: PassingWeight,
    parts: Vec<Vec<WayWeight>>,
}

impl Weight for MatchingWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> Result<Box<dyn Scorer>> {
        let mut all = Docs::clone(&*self.passing.docs(reader)?);
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
                        let ranked = weight.scorer(reader, share * boost)?;
                        scored.push(Scored::Ranked { at: ranked.doc(), scorer: ranked });
                    }
                }
            }
            all.keep(&found);
            parts.push(scored);
        }
        // Most of what is spelt a little otherwise is not in a document that has the other words too.
        for part in &mut parts {
            part.retain(|way| !matches!(way, Scored::Flat(docs, _) if !docs.meets(&all)));
        }
        Ok(Box::new(MatchingScorer { all: Walk::through(all), parts }))
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
    Ranked {
        scorer: Box<dyn Scorer>,
        /// Where it is.
        at: DocId,
    },
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
            Self::Ranked { scorer, at } => {
                if *at < doc {
                    *at = scorer.seek(doc);
                }
                if *at == doc { scorer.score() } else { 0.0 }
            }
        }
    }
}

struct MatchingScorer {
    all: Walk<Docs>,
    parts: Vec<Vec<Scored>>,
}

impl DocSet for MatchingScorer {
    fn advance(&mut self) -> DocId {
        self.all.advance()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.all.seek(target)
    }

    fn doc(&self) -> DocId {
        self.all.doc()
    }

    fn size_hint(&self) -> u32 {
        self.all.size_hint()
    }
}

impl Scorer for MatchingScorer {
    /// Of each word the best way, and a little for each further one.
    fn score(&mut self) -> Score {
        let doc = self.all.doc();
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
