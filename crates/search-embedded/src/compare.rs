//! Comparing one vector with many, with whatever instructions the processor has: the program is built for any, and what
//! all processors have compares fewer components at once.

use crate::halves::{Bar, Half, Halves};
use crate::vectors::Vectors;
use pulp::Arch;
use ward_domain::vector::product;

/// The most vectors that are compared at once.
pub(crate) const AT_ONCE: usize = 64;

/// What compares, and what it found last.
#[derive(Default)]
pub(crate) struct Compare {
    arch: Arch,
    /// The product of the first halves, of each.
    firsts: Vec<i32>,
    /// Which of them may be alike enough, as far as the first halves say; what lies behind these is left over.
    rest: Vec<usize>,
    found: Vec<(f32, u64)>,
}

impl Compare {
    /// How much the vectors at some places are like this one, those that are at least so much, and the ids of their
    /// documents.
    pub(crate) fn with(
        &mut self,
        vector: &Halves,
        places: &[u32],
        vectors: &Vectors,
        least: f32,
    ) -> &[(f32, u64)] {
        let each = Each { vector, places, vectors, least };
        match self.arch {
            #[cfg(target_arch = "x86_64")]
            Arch::V3(simd) => {
                simd.vectorize(|| each.compare(self, |one| wide::product_with(simd, one)));
            }
            _ => each.compare(self, |one| |other: &Half| product(&one.0, &other.0)),
        }
        &self.found
    }
}

struct Each<'a> {
    vector: &'a Halves,
    places: &'a [u32],
    vectors: &'a Vectors,
    least: f32,
}

impl<'a> Each<'a> {
    /// All first halves first: they lie in a row, and the second ones that are wanted after that are fetched side by side.
    /// `with` says how a half is multiplied with others.
    #[allow(
        clippy::inline_always,
        reason = "what is compiled into its caller uses the instructions that were found"
    )]
    #[inline(always)]
    fn compare<P: Fn(&Half) -> i32>(self, by: &mut Compare, with: impl Fn(&'a Half) -> P) {
        let Self { vector, places, vectors, least } = self;
        let Compare { firsts, rest, found, .. } = by;
        let (first, second) = (with(&vector.first), with(&vector.second));
        let bar = Bar::new(vector.lengths, least);
        firsts.clear();
        firsts.extend(places.iter().map(|place| first(&vectors.firsts[*place as usize])));
        // Written down whether it is wanted or not, which costs less than a guess that nobody can make well.
        rest.resize(places.len(), 0);
        let mut count = 0;
        for (at, (place, product)) in places.iter().zip(&*firsts).enumerate() {
            rest[count] = at;
            count += usize::from(bar.may_be_reached(*product, vectors.lengths[*place as usize]));
        }
        found.clear();
        for at in &rest[..count] {
            let place = places[*at] as usize;
            let product = firsts[*at] + second(&vectors.seconds[place]);
            if let Some(likeness) = bar.reached(product, vectors.lengths[place]) {
                found.push((likeness, vectors.ids[place]));
            }
        }
    }
}

/// The same product with AVX2, said in its own instructions: it takes two thirds of what a compiler makes of the plain one.
#[cfg(target_arch = "x86_64")]
mod wide {
    use crate::halves::Half;
    use pulp::x86::V3;
    use pulp::{cast, i8x32, i16x16};

    /// Bytes are multiplied by the size of one with the other, which takes its sign: that is how the instruction wants them,
    /// and it holds for all bytes but -128, which no vector has.
    #[allow(
        clippy::inline_always,
        reason = "what is compiled into its caller uses the instructions that were found"
    )]
    #[inline(always)]
    pub(super) fn product_with(simd: V3, one: &Half) -> impl Fn(&Half) -> i32 + use<> {
        let ones: i16x16 = cast([1_i16; 16]);
        let (parts, _) = one.0.as_chunks::<32>();
        let signs: [i8x32; 4] = std::array::from_fn(|at| cast(parts[at]));
        let sizes: [i8x32; 4] = signs.map(|part| cast(simd.unsigned_abs_i8x32(part)));
        move |other| {
            let (parts, _) = other.0.as_chunks::<32>();
            let mut sums = simd.splat_i32x8(0);
            for ((part, sign), size) in parts.iter().zip(signs).zip(sizes) {
                let signed = simd.apply_sign_i8x32(cast(*part), sign);
                let pairs = simd.multiply_saturating_add_adjacent_i8x32(size, signed);
                let fours = simd.multiply_wrapping_add_adjacent_i16x16(pairs, ones);
                sums = simd.wrapping_add_i32x8(sums, fours);
            }
            cast::<_, [i32; 8]>(sums).iter().sum()
        }
    }

    #[cfg(test)]
    mod tests {
        use crate::halves::Half;

        proptest::proptest! {
            #[test]
            fn it_is_the_same_product(
                one in proptest::collection::vec(-127_i8..=127, 128),
                other in proptest::collection::vec(-127_i8..=127, 128),
            ) {
                let (one, other) = (Half(one.try_into().unwrap()), Half(other.try_into().unwrap()));
                let plain = ward_domain::vector::product(&one.0, &other.0);
                if let Some(simd) = pulp::x86::V3::try_new() {
                    proptest::prop_assert_eq!(super::product_with(simd, &one)(&other), plain);
                }
            }
        }
    }
}
