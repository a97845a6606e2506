//! What a text is about, as a direction: texts about the same thing point the same way.
//!
//! An embedder makes them, a search index keeps and compares them. They are small (a byte for each of 256 dimensions),
//! so that an index can look at every one of a hundred thousand in a few milliseconds.

/// How many dimensions.
pub const DIMENSIONS: usize = 256;

/// What a component of 1 is written as. A unit vector's components are small, the largest about 0.4, so the scale ends at
/// one half: finer steps for what there is, and the rare larger one is cut.
const SCALE: f32 = 254.0;

/// A unit vector, each component in 1/254.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Vector([i8; DIMENSIONS]);

impl Vector {
    /// From components of any length and, by folding further ones onto the first, of any number. `None` where there is
    /// no direction in them: all are zero, or one is no number.
    pub fn of(components: &[f32]) -> Option<Self> {
        let mut folded = [0.0_f32; DIMENSIONS];
        for (at, component) in components.iter().enumerate() {
            // Signs by a fixed rule keep what is folded together from adding up.
            let turn = (at / DIMENSIONS).wrapping_mul(0x9E37_79B9) >> (at % 17);
            folded[at % DIMENSIONS] += if turn.is_multiple_of(2) { *component } else { -*component };
        }
        let length = folded.iter().map(|x| x * x).sum::<f32>().sqrt();
        if !length.is_finite() || length < f32::MIN_POSITIVE {
            return None;
        }
        let mut steps = [0; DIMENSIONS];
        for (step, component) in steps.iter_mut().zip(folded) {
            // Rounded and cut to a byte.
            #[allow(clippy::cast_possible_truncation)]
            let whole = (component / length * SCALE).round().clamp(-127.0, 127.0) as i8;
            *step = whole;
        }
        Some(Self(steps))
    }

    /// The bytes as an index keeps them.
    pub const fn steps(&self) -> &[i8; DIMENSIONS] {
        &self.0
    }

    /// From [`Self::steps`].
    pub const fn from_steps(steps: [i8; DIMENSIONS]) -> Self {
        Self(steps)
    }

    /// The components, about one long together.
    pub fn components(&self) -> impl Iterator<Item = f32> {
        self.0.iter().map(|step| f32::from(*step) / SCALE)
    }

    /// How alike two are, from -1 to 1: the cosine of the angle between them.
    pub fn likeness(&self, other: &Self) -> f32 {
        self.measured().likeness(&other.measured())
    }

    /// With its length.
    #[allow(clippy::cast_precision_loss)] // see `product`
    pub fn measured(&self) -> Measured {
        let [first, second] = self.halves();
        let rest = product(second, second);
        let length = ((product(first, first) + rest) as f32).sqrt();
        Measured { vector: *self, length, rest: (rest as f32).sqrt() }
    }

    #[allow(
        clippy::inline_always,
        reason = "it is compiled for the processor that its caller is compiled for"
    )]
    #[inline(always)]
    fn halves(&self) -> [&[i8]; 2] {
        let (first, second) = self.0.split_at(DIMENSIONS / 2);
        [first, second]
    }
}

/// A vector and how long it is as it is kept: so it is compared with very many.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    vector: Vector,
    length: f32,
    /// The length of its second half.
    rest: f32,
}

impl Measured {
    /// How alike two are, from -1 to 1: the cosine of the angle between them.
    pub fn likeness(&self, other: &Self) -> f32 {
        self.likeness_from(other, f32::NEG_INFINITY).unwrap_or_default()
    }

    /// The same where it is `least` or more. It looks no further than half-way where the other half cannot make up for
    /// what the first lacks.
    #[allow(
        clippy::inline_always,
        reason = "it is compiled for the processor that its caller is compiled for"
    )]
    #[allow(clippy::cast_precision_loss)] // see `product`
    #[inline(always)]
    pub fn likeness_from(&self, other: &Self, least: f32) -> Option<f32> {
        /// More than what the halves' lengths are rounded by.
        const SLACK: f32 = 2.0;
        let lengths = self.length * other.length;
        let ([one, further], [another, beyond]) = (self.vector.halves(), other.vector.halves());
        let first = product(one, another);
        if first as f32 + self.rest * other.rest + SLACK < least * lengths {
            return None;
        }
        let all = (first + product(further, beyond)) as f32;
        let likeness = if lengths > 0.0 { (all / lengths).clamp(-1.0, 1.0) } else { 0.0 };
        (likeness >= least).then_some(likeness)
    }
}

/// The sum of what is multiplied one by one: at most 256 * 127² for all dimensions, which an f32 holds exactly. Sixteen sums
/// beside each other are what compilers make the widest instructions of.
#[allow(clippy::inline_always, reason = "it is compiled for the processor that its caller is compiled for")]
#[inline(always)]
fn product(one: &[i8], other: &[i8]) -> i32 {
    let mut sums = [0_i32; 16];
    for (one, other) in one.as_chunks::<16>().0.iter().zip(other.as_chunks::<16>().0) {
        for ((sum, a), b) in sums.iter_mut().zip(one).zip(other) {
            *sum += i32::from(*a) * i32::from(*b);
        }
    }
    sums.iter().sum()
}

/// Says nothing of what it is about.
impl std::fmt::Debug for Vector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vector")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direction_is_alike_to_itself_and_opposite_to_its_reverse() {
        let components: Vec<f32> = (0_u8..=255).map(|at| f32::from(at % 13) - 6.0).collect();
        let reversed: Vec<f32> = components.iter().map(|x| -x * 3.0).collect();
        let (one, other) = (Vector::of(&components).unwrap(), Vector::of(&reversed).unwrap());
        assert!((one.likeness(&one) - 1.0).abs() < 1e-5);
        assert!((one.likeness(&other) + 1.0).abs() < 1e-3);
        assert!((one.components().map(|x| x * x).sum::<f32>() - 1.0).abs() < 0.02);
        assert_eq!(Vector::from_steps(*one.steps()), one);
    }

    proptest::proptest! {
        #[test]
        fn what_is_not_alike_enough_is_none_and_nothing_else_is(
            one in proptest::array::uniform32(-127_i8..=127),
            other in proptest::array::uniform32(-127_i8..=127),
            least in -1.0_f32..1.0,
        ) {
            // Of thirty-two, some in each half, so that much and little is found in either.
            let of = |some: [i8; 32]| {
                let mut steps = [0; DIMENSIONS];
                for (at, step) in some.into_iter().enumerate() {
                    steps[at * 8] = step;
                }
                Vector::from_steps(steps).measured()
            };
            let (one, other) = (of(one), of(other));
            let likeness = one.likeness(&other);
            proptest::prop_assert_eq!(one.likeness_from(&other, least), (likeness >= least).then_some(likeness));
            proptest::prop_assert_eq!(one.likeness_from(&other, likeness), Some(likeness));
        }
    }

    #[test]
    fn more_components_are_folded_and_keep_what_is_alike() {
        let wide = |phase: f32| -> Vec<f32> {
            (0_u16..1536).map(|at| (f32::from(at) * 0.7 + phase).sin()).collect()
        };
        let (one, near, far) = (wide(0.0), wide(0.1), wide(1.57));
        let of = |components: &[f32]| Vector::of(components).unwrap();
        assert!(of(&one).likeness(&of(&near)) > 0.9);
        assert!(of(&one).likeness(&of(&far)).abs() < 0.4);
    }

    #[test]
    fn what_has_no_direction_is_no_vector() {
        assert_eq!(Vector::of(&[]), None);
        assert_eq!(Vector::of(&[0.0; 300]), None);
        assert_eq!(Vector::of(&[f32::NAN, 1.0]), None);
    }
}
