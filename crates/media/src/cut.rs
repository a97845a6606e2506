//! What is spoken in a recording, in pieces: the silence between is left out, for an engine that hears silence makes
//! words up. Each piece knows which of its moments was when.

use crate::voice::Span;
use crate::{Block, MediaError, RATE, Source, decode, millis};

/// When the moments of a piece were in its recording.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moments(Vec<(u64, u64)>);

impl Moments {
    /// The moment of the recording, in milliseconds, of one of the piece.
    pub fn original(&self, piece_ms: u64) -> u64 {
        let before = self.0.iter().rev().find(|(piece, _)| *piece <= piece_ms);
        before.map_or(piece_ms, |(piece, original)| original + (piece_ms - piece))
    }
}

/// A piece of what is spoken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Of which list of spans.
    pub track: usize,
    /// 16 kHz, one channel.
    pub samples: Vec<i16>,
    /// When it was.
    pub moments: Moments,
}

impl Piece {
    /// Its length.
    pub const fn millis(&self) -> u64 {
        millis(self.samples.len() as u64)
    }
}

/// Cuts a recording of `length` bytes into pieces of at most `max_ms`, along spans that [`crate::measure`] found. Pieces
/// of two tracks come as each is full. `sink` may end it with an error of its own.
pub fn cut(
    source: Box<dyn Source>,
    length: u64,
    tracks: &[Vec<Span>],
    max_ms: u64,
    sink: &mut dyn FnMut(Piece) -> Result<(), MediaError>,
) -> Result<(), MediaError> {
    let mut cutters: Vec<_> = (0..tracks.len()).map(|track| Cutter::new(track, max_ms)).collect();
    let mut at = 0_u64;
    decode(source, length, &mut |block: Block<'_>| {
        let frames = block.channels.first().map_or(0, Vec::len);
        for (cutter, spans) in cutters.iter_mut().zip(tracks) {
            cutter.take(&block, at, spans, tracks.len() > 1, sink)?;
        }
        at += frames as u64;
        Ok(())
    })?;
    cutters.into_iter().try_for_each(|cutter| cutter.end(sink))
}

struct Cutter {
    piece: Piece,
    max_samples: usize,
    /// The span in hand.
    span: usize,
}

impl Cutter {
    fn new(track: usize, max_ms: u64) -> Self {
        let piece = Piece { track, samples: Vec::new(), moments: Moments::default() };
        let max_samples = usize::try_from(max_ms).unwrap_or(0).max(1_000) * (RATE as usize / 1000);
        Self { piece, max_samples, span: 0 }
    }

    fn take(
        &mut self,
        block: &Block<'_>,
        at: u64,
        spans: &[Span],
        apart: bool,
        sink: &mut dyn FnMut(Piece) -> Result<(), MediaError>,
    ) -> Result<(), MediaError> {
        let frames = block.channels.first().map_or(0, Vec::len);
        let end = at + frames as u64;
        while let Some(span) = spans.get(self.span) {
            if span.from >= end {
                break;
            }
            let begin = span.from.max(at);
            let stop = span.until.min(end);
            if begin == span.from && begin < stop && self.is_full_with(*span) {
                self.give(sink)?;
            }
            for position in begin..stop {
                if self.piece.samples.len() >= self.max_samples {
                    self.give(sink)?;
                }
                let length = self.piece.samples.len() as u64;
                if position == span.from || length == 0 {
                    self.piece.moments.0.push((millis(length), millis(position)));
                }
                let place = usize::try_from(position - at).unwrap_or(0);
                self.piece.samples.push(sample(block, place, self.piece.track, apart));
            }
            if span.until > end {
                break;
            }
            self.span += 1;
        }
        Ok(())
    }

    /// True where a span is better begun in a piece of its own than torn.
    fn is_full_with(&self, span: Span) -> bool {
        let length = usize::try_from(span.until - span.from).unwrap_or(usize::MAX);
        !self.piece.samples.is_empty() && self.piece.samples.len().saturating_add(length) > self.max_samples
    }

    fn give(&mut self, sink: &mut dyn FnMut(Piece) -> Result<(), MediaError>) -> Result<(), MediaError> {
        let next = Piece { track: self.piece.track, samples: Vec::new(), moments: Moments::default() };
        sink(std::mem::replace(&mut self.piece, next))
    }

    fn end(mut self, sink: &mut dyn FnMut(Piece) -> Result<(), MediaError>) -> Result<(), MediaError> {
        if self.piece.samples.is_empty() { Ok(()) } else { self.give(sink) }
    }
}

fn sample(block: &Block<'_>, place: usize, track: usize, apart: bool) -> i16 {
    let of = |channel: usize| block.channels.get(channel).and_then(|channel| channel.get(place)).copied();
    let value = match (apart, of(0), of(1)) {
        (true, _, _) => of(track),
        (false, Some(left), Some(right)) => Some(f32::midpoint(left, right)),
        (false, left, _) => left,
    };
    crate::wave::narrow(value.unwrap_or(0.0))
}
