//! Comparing one vector with many, with whatever instructions the processor has: the program is built for any, and what
//! all processors have compares fewer dimensions at once.

use crate::vectors::{Place, Vectors};
use pulp::Arch;
use tantivy::DocId;
use ward_domain::vector::{Glance, Half, Measured, product};

/// Documents that are compared at once.
pub(crate) const AT_ONCE: usize = 64;

/// What compares, and what it found last.
#[derive(Default)]
pub(crate) struct Compare {
    arch: Arch,
    /// Those that may be alike enough, as far as their outlines say.
    glances: Vec<(Place, Glance)>,
    found: Vec<(f32, u64)>,
}

impl Compare {
    /// How much the documents are like this vector, those that are at least so much, and their ids.
    pub(crate) fn with(
        &mut self,
        vector: &Measured,
        docs: &[DocId],
        vectors: &Vectors,
        least: f32,
    ) -> &[(f32, u64)] {
        let Self { arch, glances, found } = self;
        let each = Each { vector, docs, vectors, least, glances, found };
        match *arch {
            #[cfg(target_arch = "x86_64")]
            Arch::V3(simd) => {
                simd.vectorize(|| each.compare(move |one, other| wide::product(simd, one, other)));
            }
            _ => each.compare(product),
        }
        &self.found
    }
}

struct Each<'a> {
    vector: &'a Measured,
    docs: &'a [DocId],
    vectors: &'a Vectors,
    least: f32,
    glances: &'a mut Vec<(Place, Glance)>,
    found: &'a mut Vec<(f32, u64)>,
}

impl Each<'_> {
    /// All outlines first: they lie in a row, and the details that are wanted after that are fetched side by side.
    #[allow(
        clippy::inline_always,
        reason = "what is compiled into its caller uses the instructions that were found"
    )]
    #[inline(always)]
    fn compare(self, product: impl Fn(&Half, &Half) -> i32) {
        let Self { vector, docs, vectors, least, glances, found } = self;
        glances.clear();
        for doc in docs {
            let Some((place, outline)) = vectors.outline(*doc) else { continue };
            if let Some(glance) = vector.glance(outline, least, &product) {
                glances.push((place, glance));
            }
        }
        found.clear();
        for (place, glance) in glances.iter() {
            let (outline, detail, id) = vectors.at(*place);
            if let Some(likeness) = vector.look(*glance, outline, detail, least, &product) {
                found.push((likeness, id));
            }
        }
    }
}

/// The same product with AVX2, said in its own instructions: a glance takes 8 ns so, and 11.5 with what a compiler makes of the
/// plain one.
#[cfg(target_arch = "x86_64")]
mod wide {
    use pulp::x86::V3;
    use pulp::{cast, i8x32, i16x16};
    use ward_domain::vector::Half;

    /// Bytes are multiplied by the size of one with the other, which takes its sign: that is how the instruction wants them,
    /// and it holds for all bytes but -128, which no vector has.
    #[allow(
        clippy::inline_always,
        reason = "what is compiled into its caller uses the instructions that were found"
    )]
    #[inline(always)]
    pub(super) fn product(simd: V3, one: &Half, other: &Half) -> i32 {
        let ones: i16x16 = cast([1_i16; 16]);
        let mut sums = simd.splat_i32x8(0);
        for (one, other) in one.as_chunks::<32>().0.iter().zip(other.as_chunks::<32>().0) {
            let (one, other): (i8x32, i8x32) = (cast(*one), cast(*other));
            let size: i8x32 = cast(simd.unsigned_abs_i8x32(one));
            let pairs = simd.multiply_saturating_add_adjacent_i8x32(size, simd.apply_sign_i8x32(other, one));
            let fours = simd.multiply_wrapping_add_adjacent_i16x16(pairs, ones);
            sums = simd.wrapping_add_i32x8(sums, fours);
        }
        cast::<_, [i32; 8]>(sums).iter().sum()
    }

    #[cfg(test)]
    mod tests {
        proptest::proptest! {
            #[test]
            fn it_is_the_same_product(
                one in proptest::collection::vec(-127_i8..=127, 128),
                other in proptest::collection::vec(-127_i8..=127, 128),
            ) {
                let (one, other) = (one.try_into().unwrap(), other.try_into().unwrap());
                let plain = ward_domain::vector::product(&one, &other);
                if let Some(simd) = pulp::x86::V3::try_new() {
                    proptest::prop_assert_eq!(super::product(simd, &one, &other), plain);
                }
            }
        }
    }
}
