//! Which documents of a segment: one bit for each.

use tantivy::{COLLECT_BLOCK_BUFFER_LEN, DocId, DocSet};

/// Documents in one word.
const WORD: u32 = u64::BITS;

/// A set of documents.
pub(crate) struct Docs(Vec<u64>);

const fn place(doc: DocId) -> (usize, u64) {
    ((doc / WORD) as usize, 1 << (doc % WORD))
}

impl Docs {
    /// None of so many.
    pub(crate) fn none(of: u32) -> Self {
        Self(vec![0; of.div_ceil(WORD) as usize])
    }

    /// All of so many.
    pub(crate) fn all(of: u32) -> Self {
        let mut all = vec![u64::MAX; of.div_ceil(WORD) as usize];
        if let Some(last) = all.last_mut() {
            *last >>= (WORD - of % WORD) % WORD;
        }
        Self(all)
    }

    /// All that are still to come in another set, of so many.
    pub(crate) fn of(docs: &mut (impl DocSet + ?Sized), of: u32) -> Self {
        let mut all = Self::none(of);
        all.add(docs);
        all
    }

    /// Takes all in that are still to come in another set.
    pub(crate) fn add(&mut self, docs: &mut (impl DocSet + ?Sized)) {
        let mut some = [0; COLLECT_BLOCK_BUFFER_LEN];
        loop {
            let count = docs.fill_buffer(&mut some);
            for doc in &some[..count] {
                let (word, bit) = place(*doc);
                if let Some(word) = self.0.get_mut(word) {
                    *word |= bit;
                }
            }
            if count < some.len() {
                break;
            }
        }
    }

    /// Takes all of another set in.
    pub(crate) fn add_all(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word |= other);
    }

    /// Leaves those that are in another set too.
    pub(crate) fn keep(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= other);
    }

    pub(crate) fn has(&self, doc: DocId) -> bool {
        let (word, bit) = place(doc);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// The first that is not before this one.
    pub(crate) fn first_from(&self, doc: DocId) -> Option<DocId> {
        let (first, bit) = place(doc);
        // Of the word in which it stands only what is not before it.
        let rest = self.0.get(first)? & bit.wrapping_neg();
        if rest != 0 {
            return Some(doc / WORD * WORD + rest.trailing_zeros());
        }
        let (beyond, word) = self.0.iter().enumerate().skip(first + 1).find(|(_, word)| **word != 0)?;
        Some(u32::try_from(beyond).ok()? * WORD + word.trailing_zeros())
    }

    pub(crate) fn count(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn docs(of: &BTreeSet<DocId>) -> Docs {
        let mut docs = Docs::none(300);
        for doc in of {
            let (word, bit) = place(*doc);
            docs.0[word] |= bit;
        }
        docs
    }

    #[test]
    fn all_are_so_many() {
        for of in [0, 1, 63, 64, 65, 300] {
            assert_eq!(Docs::all(of).count(), of);
        }
    }

    proptest::proptest! {
        #[test]
        fn it_is_a_set(
            one in proptest::collection::btree_set(0_u32..300, 0..40),
            other in proptest::collection::btree_set(0_u32..300, 0..40),
            from in 0_u32..400,
        ) {
            let (mut both, mut any) = (docs(&one), docs(&one));
            both.keep(&docs(&other));
            any.add_all(&docs(&other));
            for (found, expected) in [(both, &one & &other), (any, &one | &other)] {
                proptest::prop_assert_eq!(found.count() as usize, expected.len());
                proptest::prop_assert_eq!(found.first_from(from), expected.range(from..).next().copied());
                proptest::prop_assert!((0..400).all(|doc| found.has(doc) == expected.contains(&doc)));
            }
        }
    }
}
