//! How long a recording is, how loud, and where somebody speaks in it: one pass in bounded memory.

use crate::voice::{Span, Voice};
use crate::{Block, Container, MediaError, Source, decode};

/// The least that must be spoken, in milliseconds: a cough is shorter.
const LEAST_MS: u64 = 300;
/// From this share of the energy on in what differs between two channels, each hears somebody of their own.
const APART: f64 = 0.5;

/// What is known of a recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// What it is.
    pub container: Container,
    /// Its length.
    pub duration_ms: u64,
    /// One or two.
    pub channels: usize,
    /// True where it breaks off.
    pub cut: bool,
    /// The loudest sample, 0 to 1.
    pub peak: f32,
    /// Where somebody speaks: one list for all of it, or one for each of two channels that hear different people.
    pub tracks: Vec<Vec<Span>>,
}

impl Measured {
    /// True where two channels hear different people.
    pub const fn apart(&self) -> bool {
        self.tracks.len() > 1
    }

    /// How long somebody speaks, all told.
    pub fn voiced_ms(&self) -> u64 {
        self.tracks.iter().flatten().map(|span| span.millis()).sum()
    }

    /// True where nobody speaks.
    pub fn is_silent(&self) -> bool {
        self.voiced_ms() < LEAST_MS
    }
}

/// Measures a recording of `length` bytes. `heard` is told how many milliseconds were heard so far.
pub fn measure(
    source: Box<dyn Source>,
    length: u64,
    heard: &mut dyn FnMut(u64),
) -> Result<Measured, MediaError> {
    let mut mixed = Voice::new();
    let mut each: Option<[Voice; 2]> = None;
    let (mut samples, mut peak) = (0_u64, 0.0_f32);
    let (mut differing, mut energy) = (0.0_f64, 0.0_f64);
    let decoded = decode(source, length, &mut |block: Block<'_>| {
        peak = block.channels.iter().flatten().fold(peak, |peak, sample| peak.max(sample.abs()));
        match block.channels {
            [one] => {
                samples += one.len() as u64;
                mixed.take(one.iter().copied());
            }
            [left, right, ..] => {
                samples += left.len() as u64;
                for (a, b) in left.iter().zip(right) {
                    let (a, b) = (f64::from(*a), f64::from(*b));
                    differing += (a - b).powi(2);
                    energy += a * a + b * b;
                }
                mixed.take(left.iter().zip(right).map(|(a, b)| f32::midpoint(*a, *b)));
                let [first, second] = each.get_or_insert_with(|| [Voice::new(), Voice::new()]);
                first.take(left.iter().copied());
                second.take(right.iter().copied());
            }
            [] => {}
        }
        heard(crate::millis(samples));
        Ok(())
    })?;
    let apart = energy > 0.0 && differing / energy >= APART;
    let mut tracks = vec![mixed.finish(samples)];
    if let (true, Some([first, second])) = (apart, each) {
        let both = [first.finish(samples), second.finish(samples)];
        if both.iter().all(|spans| !spans.is_empty()) {
            tracks = both.into();
        }
    }
    Ok(Measured {
        container: decoded.container,
        duration_ms: decoded.duration_ms,
        channels: decoded.channels,
        cut: decoded.cut,
        peak,
        tracks,
    })
}
