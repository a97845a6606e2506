//! Comparing one vector with many, with whatever instructions the processor has: the program is built for any, and what
//! all processors have compares fewer dimensions at once.

use crate::vectors::Vectors;
use pulp::{Arch, Simd, WithSimd};
use tantivy::DocId;
use ward_domain::vector::Measured;

/// Documents that are compared at once.
pub(crate) const AT_ONCE: usize = 64;

/// What compares, and what it found last.
#[derive(Default)]
pub(crate) struct Compare {
    arch: Arch,
    found: Vec<(DocId, f32)>,
}

impl Compare {
    /// Those of the documents whose vectors are at least so much like this one, and how much.
    pub(crate) fn with(
        &mut self,
        vector: &Measured,
        docs: &[DocId],
        vectors: &Vectors,
        least: f32,
    ) -> &[(DocId, f32)] {
        self.found.clear();
        self.arch.dispatch(Each { vector, docs, vectors, least, found: &mut self.found });
        &self.found
    }
}

struct Each<'a> {
    vector: &'a Measured,
    docs: &'a [DocId],
    vectors: &'a Vectors,
    least: f32,
    found: &'a mut Vec<(DocId, f32)>,
}

impl WithSimd for Each<'_> {
    type Output = ();

    #[allow(
        clippy::inline_always,
        reason = "what is compiled into its caller uses the instructions that were found"
    )]
    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) {
        for doc in self.docs {
            let Some((outline, detail)) = self.vectors.get(*doc) else { continue };
            if let Some(likeness) = self.vector.likeness_from(outline, detail, self.least) {
                self.found.push((*doc, likeness));
            }
        }
    }
}
