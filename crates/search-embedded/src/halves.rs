//! A vector as it is compared with very many: in two halves. What the first halves of two say, and how long the second
//! ones are, tells of most pairs that they are not alike enough: the second halves of these are never read.

use ward_domain::vector::{DIMENSIONS, Vector, cosine, length};

/// Components of a half.
const HALF: usize = DIMENSIONS / 2;

/// Half of a vector's components, where no read of them crosses from one line of the cache into the next.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Half(pub(crate) [i8; HALF]);

/// How long a vector is, and its second half alone.
#[derive(Clone, Copy)]
pub(crate) struct Lengths {
    whole: f32,
    second: f32,
}

/// A vector in its parts.
#[derive(Clone, Copy)]
pub(crate) struct Halves {
    pub(crate) first: Half,
    pub(crate) second: Half,
    pub(crate) lengths: Lengths,
}

impl Halves {
    pub(crate) fn of(vector: &Vector) -> Self {
        let (mut first, mut second) = (Half([0; HALF]), Half([0; HALF]));
        let (one, other) = vector.steps().split_at(HALF);
        first.0.copy_from_slice(one);
        second.0.copy_from_slice(other);
        let lengths = Lengths { whole: length(vector.steps()), second: length(other) };
        Self { first, second, lengths }
    }
}

/// How much another must be like a vector.
pub(crate) struct Bar {
    own: Lengths,
    least: f32,
}

impl Bar {
    pub(crate) const fn new(own: Lengths, least: f32) -> Self {
        Self { own, least }
    }

    /// False where no second half can make up for what is lacking after the first: two of them have no larger product than
    /// their lengths have.
    #[inline]
    #[allow(clippy::cast_precision_loss)] // see `ward_domain::vector::product`
    pub(crate) fn may_be_reached(&self, first: i32, other: Lengths) -> bool {
        /// More than all of this is rounded by: sums below 2^23, of which each rounding takes less than a half.
        const SLACK: f32 = 2.0;
        let most = first as f32 + self.own.second * other.second + SLACK;
        most >= self.least * (self.own.whole * other.whole)
    }

    /// How alike two are by the product of all their components, where that is enough.
    #[inline]
    pub(crate) fn reached(&self, product: i32, other: Lengths) -> Option<f32> {
        let likeness = cosine(product, self.own.whole, other.whole);
        (likeness >= self.least).then_some(likeness)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ward_domain::vector::product;

    proptest::proptest! {
        #[test]
        fn what_is_not_alike_enough_is_none_and_nothing_else_is(
            one in proptest::collection::vec(-127_i8..=127, DIMENSIONS),
            other in proptest::collection::vec(-127_i8..=127, DIMENSIONS),
            // Of so many components there is nothing in either, so that much and little is found in each half.
            bare in 0..DIMENSIONS,
            share in 0_i8..=4,
            least in -1.0_f32..1.0,
        ) {
            let other: Vec<i8> =
                one.iter().zip(&other).map(|(one, other)| one / 4 * share + other / 4 * (4 - share)).collect();
            let of = |mut some: Vec<i8>| {
                some[..bare].fill(0);
                Vector::from_steps(some.try_into().unwrap())
            };
            let (one, other) = (of(one), of(other));
            let likeness = one.likeness(&other);
            let (one, other) = (Halves::of(&one), Halves::of(&other));
            let from = |least| {
                let bar = Bar::new(one.lengths, least);
                let first = product(&one.first.0, &other.first.0);
                let all = first + product(&one.second.0, &other.second.0);
                let reached = bar.may_be_reached(first, other.lengths);
                reached.then(|| bar.reached(all, other.lengths)).flatten()
            };
            proptest::prop_assert_eq!(from(least), (likeness >= least).then_some(likeness));
            proptest::prop_assert_eq!(from(likeness), Some(likeness));
        }
    }
}
