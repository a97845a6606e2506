//! From words to filters, and how well a document fits.
//!
//! The server's filters tell which documents fit, not how well. So every way in which a word can be found has a worth,
//! the weight of its field times the share of the way, and a document fits as well as the least well of its words: at
//! each worth there is a filter that lets through what fits so well or better. Documents of one worth stand newest
//! first. The frequency of words, which the embedded index counts too, is not counted.

use crate::filter::Condition;
use crate::schema;
use std::collections::BTreeMap;
use ward_search::TextField;
use ward_search::field::Analysis;
use ward_search::text::{QueryText, QueryWord, Way, ways};

/// The weight of the weightiest field.
const HEAVIEST: f32 = 4.0;

/// What a word or phrase may be found by, with what it is worth.
type Found = Vec<(f32, TextField, Lookup)>;

enum Lookup {
    Is(String),
    Begins(String),
    All(Vec<String>),
}

/// Documents that fit so well, or better.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tier {
    /// The score of those that fit so well and not better.
    pub(crate) score: f32,
    /// What lets them through.
    pub(crate) condition: Condition,
}

/// The tiers of a query's words, best first; each holds those before it. `near` says which words of the vocabulary are
/// one typing error away from a word. A query without words has one tier that holds everything.
pub(crate) fn tiers(
    searched: &[TextField],
    text: &QueryText,
    near: &BTreeMap<String, Vec<String>>,
) -> Vec<Tier> {
    if text.is_empty() {
        return vec![Tier { score: 1.0, condition: Condition::Always }];
    }
    let words = text.words.iter().map(|word| of_word(searched, word, near));
    let parts: Vec<Found> =
        words.chain(text.phrases.iter().map(|phrase| of_phrase(searched, phrase))).collect();
    let mut worths: Vec<f32> = parts.iter().flatten().map(|(worth, ..)| *worth).collect();
    worths.sort_by(|one, other| other.total_cmp(one));
    worths.dedup();
    let tier = |worth: f32| Tier {
        score: (worth / HEAVIEST).clamp(0.0, 1.0).sqrt(),
        condition: Condition::all(parts.iter().map(|found| worth_at_least(found, worth))),
    };
    worths.into_iter().map(tier).filter(|tier| tier.condition != Condition::Never).collect()
}

fn of_word(searched: &[TextField], word: &QueryWord, near: &BTreeMap<String, Vec<String>>) -> Found {
    let mut found = Vec::new();
    for &field in searched {
        for (way, share) in ways(field.analysis(), word) {
            let mut add = |lookup| found.push((share * field.weight(), field, lookup));
            match way {
                Way::Is(token) => add(Lookup::Is(schema::word(token))),
                Way::Stem(stem) => add(Lookup::Is(schema::stem(stem))),
                Way::Begins(token) => add(Lookup::Begins(schema::word(token))),
                Way::All(parts) => add(Lookup::All(parts.iter().map(|part| schema::word(part)).collect())),
                Way::Near(token) => {
                    near.get(token)
                        .into_iter()
                        .flatten()
                        .for_each(|other| add(Lookup::Is(schema::word(other))));
                }
            }
        }
    }
    found
}

/// A phrase of two or three words is looked up whole, a longer one by all its threes: a text that has each of these but
/// nowhere all in a row would be found too.
fn of_phrase(searched: &[TextField], phrase: &[String]) -> Found {
    let in_words = searched.iter().filter(|field| field.analysis() != Analysis::Digits);
    let lookup = || match phrase {
        [only] => Lookup::Is(schema::word(only)),
        words => {
            let runs = words.windows(words.len().min(3));
            Lookup::All(runs.map(|run| schema::run(run.iter().map(String::as_str))).collect())
        }
    };
    in_words.map(|field| (field.weight(), *field, lookup())).collect()
}

fn worth_at_least(found: &Found, least: f32) -> Condition {
    let mut tokens: BTreeMap<TextField, Vec<String>> = BTreeMap::new();
    let mut others = Vec::new();
    for (_, field, lookup) in found.iter().filter(|(worth, ..)| *worth >= least) {
        let attribute = || schema::find(*field);
        match lookup {
            Lookup::Is(token) => tokens.entry(*field).or_default().push(token.clone()),
            Lookup::Begins(token) => others.push(Condition::begins(&attribute(), token)),
            Lookup::All(all) => others.push(Condition::all(
                all.iter().map(|token| Condition::one_of(&attribute(), [token.clone()])),
            )),
        }
    }
    let one_of = tokens.into_iter().map(|(field, mut tokens)| {
        tokens.sort();
        tokens.dedup();
        Condition::one_of(&schema::find(field), tokens)
    });
    Condition::any(one_of.chain(others))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, searched: &[TextField]) -> Vec<Tier> {
        tiers(searched, &QueryText::parse(text).unwrap(), &BTreeMap::new())
    }

    #[test]
    fn the_word_itself_comes_before_its_forms_and_weighty_fields_before_light_ones() {
        let found = of("headaches ", &[TextField::Transcript, TextField::ChiefComplaint]);
        let that = |expression: &str| Condition::That(expression.to_owned());
        assert_eq!(found[0].condition, that("find_chief_complaint = \"wheadaches\""));
        assert_eq!(
            found[1].condition,
            that("find_chief_complaint IN [\"sheadach\",\"wheadach\",\"wheadaches\"]")
        );
        assert!(found.windows(2).all(|pair| pair[0].score > pair[1].score));
        assert!(found[0].score < 1.0);
    }

    #[test]
    fn a_phrase_is_looked_up_in_threes() {
        let found = of("\"pain in the chest\"", &[TextField::Plan]);
        let expected = "(find_plan = \"rpain_20_in_20_the\" AND find_plan = \"rin_20_the_20_chest\")";
        assert_eq!(found[0].condition, Condition::That(expected.to_owned()));
    }

    #[test]
    fn without_words_everything_fits() {
        assert_eq!(of("...", &[TextField::Plan]), [Tier { score: 1.0, condition: Condition::Always }]);
        // A word that could be found nowhere finds nothing.
        assert_eq!(of("pain ", &[TextField::Phone]), []);
    }
}
