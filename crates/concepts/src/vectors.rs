//! From what a text is about to a direction.

use crate::table::Concepts;
use std::collections::HashMap;
use ward_domain::tenancy::TenantScope;
use ward_domain::vector::{DIMENSIONS, Vector};
use ward_gateways::embedder::{EmbedError, Embedder};
use ward_search::text::is_common;

/// How much of a concept's direction is that of those it is near to, all together.
const NEAR: f32 = 0.7;
/// What something that is denied counts against something that is so: it was talked about.
const DENIED: f32 = 0.15;
/// What a word counts that is no concept.
const WORD: f32 = 0.1;
/// The most such words that count.
const MAX_WORDS: usize = 200;

/// Ward's own embedder.
#[derive(Debug)]
pub struct ConceptVectors {
    concepts: &'static Concepts,
    /// Each concept's direction, bent towards those it is near to.
    bent: Vec<[f32; DIMENSIONS]>,
}

impl Default for ConceptVectors {
    fn default() -> Self {
        Self::new()
    }
}

impl ConceptVectors {
    /// From the tables that come with Ward.
    pub fn new() -> Self {
        let concepts = Concepts::shared();
        let bent = (0..concepts.count()).map(|number| bent(concepts, number)).collect();
        Self { concepts, bent }
    }

    /// The direction of a text; `None` where it says nothing.
    pub fn vector(&self, text: &str) -> Option<Vector> {
        let read = self.concepts.read_text(text);
        let mut said: HashMap<usize, f32> = HashMap::new();
        for mention in &read.mentions {
            *said.entry(mention.concept).or_default() += if mention.is_denied { DENIED } else { 1.0 };
        }
        let mut sum = [0.0; DIMENSIONS];
        // In a fixed order: sums of floats depend on it.
        let mut said: Vec<(usize, f32)> = said.into_iter().collect();
        said.sort_unstable_by_key(|(concept, _)| *concept);
        for (concept, times) in said {
            // What is said often counts more, but not so often more.
            let share = if times > 1.0 { 1.0 + times.ln() } else { times };
            add(&mut sum, &self.bent[concept], share * self.concepts.get(concept).weight);
        }
        let words = read.words.iter().filter(|word| word.chars().count() > 2 && !is_common(word));
        for word in words.take(MAX_WORDS) {
            add(&mut sum, &direction(word), WORD);
        }
        Vector::of(&sum)
    }
}

#[async_trait::async_trait]
impl Embedder for ConceptVectors {
    fn name(&self) -> &'static str {
        "ward-concepts-1"
    }

    async fn embed(&self, _scope: &TenantScope, texts: &[String]) -> Result<Vec<Option<Vector>>, EmbedError> {
        Ok(texts.iter().map(|text| self.vector(text)).collect())
    }

    async fn prove(&self) -> Result<(), EmbedError> {
        Ok(())
    }
}

fn bent(concepts: &Concepts, number: usize) -> [f32; DIMENSIONS] {
    let concept = concepts.get(number);
    let mut own = direction(&concept.name);
    // At most some ten: exact.
    #[allow(clippy::cast_precision_loss)]
    let each = NEAR / (concept.near.len().max(1) as f32).sqrt();
    for near in &concept.near {
        let near = concepts.get(*near);
        add(&mut own, &direction(&near.name), each);
        for further in &near.near {
            add(&mut own, &direction(&concepts.get(*further).name), each / 4.0);
        }
    }
    let length = own.iter().map(|x| x * x).sum::<f32>().sqrt();
    own.map(|x| x / length)
}

fn add(sum: &mut [f32; DIMENSIONS], what: &[f32; DIMENSIONS], times: f32) {
    sum.iter_mut().zip(what).for_each(|(sum, what)| *sum += times * what);
}

/// A direction of its own for each name: signs from a fixed generator (`SplitMix64`) that the name's bytes begin. Of so
/// many dimensions any two are nearly at right angles.
fn direction(name: &str) -> [f32; DIMENSIONS] {
    let mut state = name.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    });
    let mut out = [0.0; DIMENSIONS];
    for eight in out.chunks_mut(64) {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^= bits >> 31;
        for (at, component) in eight.iter_mut().enumerate() {
            *component = if bits >> at & 1 == 1 { UNIT } else { -UNIT };
        }
    }
    out
}

/// 1/√256: so many components of this size are one long together.
const UNIT: f32 = 1.0 / 16.0;

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(one: &str, other: &str) -> f32 {
        let vectors = ConceptVectors::new();
        vectors.vector(one).unwrap().likeness(&vectors.vector(other).unwrap())
    }

    #[test]
    fn names_of_one_thing_are_one_direction() {
        assert!(alike("heart attack", "سکته قلبی") > 0.99);
        assert!(alike("MI", "myocardial infarction") > 0.99);
        assert!(alike("headache", "سردرد") > 0.99);
        assert!(alike("I have headaches", "dolor de cabeza") > 0.9);
    }

    #[test]
    fn what_is_near_is_nearer_than_what_is_not() {
        for (one, near, far) in [
            ("heart attack", "chest pain", "ankle sprain"),
            ("migraine", "headache", "diarrhea"),
            ("sumatriptan", "migraine", "pneumonia"),
            ("asthma", "wheezing and a blue inhaler", "knee pain"),
            ("کم‌کاری تیروئید", "levothyroxine", "gout"),
        ] {
            let (near_by, far_off) = (alike(one, near), alike(one, far));
            assert!(near_by > 0.2 && near_by > far_off + 0.1, "{one}: {near} {near_by}, {far} {far_off}");
        }
    }

    #[test]
    fn what_is_denied_counts_for_little() {
        assert!(alike("fever", "Denies fever. Reports a headache.") < 0.5);
        assert!(alike("headache", "Denies fever. Reports a headache.") > 0.8);
    }

    #[test]
    fn nothing_said_has_no_direction() {
        assert_eq!(ConceptVectors::new().vector("  … "), None);
        assert!(ConceptVectors::new().vector("Brandt").is_some());
    }
}
