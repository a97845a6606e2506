//! What a text is about, as a direction: texts about the same thing point the same way.
//!
//! An embedder makes them, a search index keeps and compares them. They are small (a byte for each of 256 dimensions),
//! so that an index can look at every one of a hundred thousand in a few milliseconds.

/// How many dimensions.
pub const DIMENSIONS: usize = 256;
/// Those that are looked at first.
const HALF: usize = DIMENSIONS / 2;
/// Half of a vector's components.
pub type Half = [i8; HALF];

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

    /// From [`Self::steps`]. None of these is -128, which has no opposite: it is taken for -127.
    pub fn from_steps(steps: [i8; DIMENSIONS]) -> Self {
        Self(steps.map(|step| step.max(-127)))
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
        let (mut half, mut second) = ([0; HALF], [0; HALF]);
        let (one, other) = self.0.split_at(HALF);
        half.copy_from_slice(one);
        second.copy_from_slice(other);
        let rest = product(&second, &second);
        let length = ((product(&half, &half) + rest) as f32).sqrt();
        Measured { outline: Outline { half, length, rest: (rest as f32).sqrt() }, detail: Detail(second) }
    }
}

/// A vector and how long it is, in two parts: who compares it with very many lays the first parts in a row, and reads a
/// second one only where the first says that it may be worth it.
#[derive(Clone, Copy)]
pub struct Measured {
    /// What is looked at first.
    pub outline: Outline,
    /// The rest.
    pub detail: Detail,
}

/// The first half of a vector, and how long the whole is as it is kept.
#[derive(Clone, Copy)]
pub struct Outline {
    half: Half,
    length: f32,
    /// The length of the second half.
    rest: f32,
}

/// The second half of a vector.
#[derive(Clone, Copy)]
pub struct Detail(Half);

impl Measured {
    /// How alike two are, from -1 to 1: the cosine of the angle between them.
    pub fn likeness(&self, other: &Self) -> f32 {
        self.likeness_from(&other.outline, &other.detail, f32::NEG_INFINITY).unwrap_or_default()
    }

    /// The same to another's parts, where it is `least` or more.
    pub fn likeness_from(&self, outline: &Outline, detail: &Detail, least: f32) -> Option<f32> {
        self.glance(outline, least, product)
            .and_then(|glance| self.look(glance, outline, detail, least, product))
    }

    /// What the outline alone says of another: `None` where no detail can make up for what it lacks to `least`. `product`
    /// is [`product`], or one that says the same sooner.
    #[allow(
        clippy::inline_always,
        reason = "it is compiled for the processor that its caller is compiled for"
    )]
    #[allow(clippy::cast_precision_loss)] // see `product`
    #[inline(always)]
    pub fn glance(
        &self,
        outline: &Outline,
        least: f32,
        product: impl Fn(&Half, &Half) -> i32,
    ) -> Option<Glance> {
        /// More than what the halves' lengths are rounded by.
        const SLACK: f32 = 2.0;
        let own = &self.outline;
        let first = product(&own.half, &outline.half);
        let most = first as f32 + own.rest * outline.rest + SLACK;
        let lacks = most < least * (own.length * outline.length);
        (!lacks).then_some(Glance(first))
    }

    /// How alike two are after a glance at the outline, where it is `least` or more.
    #[allow(
        clippy::inline_always,
        reason = "it is compiled for the processor that its caller is compiled for"
    )]
    #[allow(clippy::cast_precision_loss)] // see `product`
    #[inline(always)]
    pub fn look(
        &self,
        glance: Glance,
        outline: &Outline,
        detail: &Detail,
        least: f32,
        product: impl Fn(&Half, &Half) -> i32,
    ) -> Option<f32> {
        let lengths = self.outline.length * outline.length;
        let all = (glance.0 + product(&self.detail.0, &detail.0)) as f32;
        let likeness = if lengths > 0.0 { (all / lengths).clamp(-1.0, 1.0) } else { 0.0 };
        (likeness >= least).then_some(likeness)
    }
}

/// What was seen of another's outline.
#[derive(Debug, Clone, Copy)]
pub struct Glance(i32);

/// The sum of what is multiplied one by one: at most 256 * 127² for all dimensions, which an f32 holds exactly.
pub fn product(one: &Half, other: &Half) -> i32 {
    one.iter().zip(other).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum()
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
            let from = |least| one.likeness_from(&other.outline, &other.detail, least);
            proptest::prop_assert_eq!(from(least), (likeness >= least).then_some(likeness));
            proptest::prop_assert_eq!(from(likeness), Some(likeness));
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
