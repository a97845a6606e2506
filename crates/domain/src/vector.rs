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
        cosine(product(&self.0, &other.0), length(&self.0), length(&other.0))
    }
}

/// The sum of some components multiplied one by one: at most 256 * 127², which an f32 holds exactly.
#[inline]
pub fn product(one: &[i8], other: &[i8]) -> i32 {
    one.iter().zip(other).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum()
}

/// How long some components are.
#[allow(clippy::cast_precision_loss)] // see `product`
pub fn length(steps: &[i8]) -> f32 {
    (product(steps, steps) as f32).sqrt()
}

/// The cosine of the angle between two, from the product of all their components and how long each is.
#[allow(clippy::cast_precision_loss)] // see `product`
#[inline]
pub fn cosine(product: i32, one: f32, other: f32) -> f32 {
    let lengths = one * other;
    if lengths > 0.0 { (product as f32 / lengths).clamp(-1.0, 1.0) } else { 0.0 }
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
