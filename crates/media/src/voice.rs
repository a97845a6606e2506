//! Where somebody speaks: voice activity as spans of time.

use crate::millis;
use earshot::Detector;

/// Samples that are judged at once: 16 ms.
const FRAME: usize = 256;
/// From this score on a frame is voice.
const VOICE: f32 = 0.5;
/// Voiced frames in a row that begin a span: a click is shorter.
const BEGINS: u32 = 4;
/// Frames without voice in a row that end it: a breath is shorter.
const ENDS: u32 = 30;
/// What is kept before and after a span, in samples: a quarter of a second, for consonants that are not heard as voice.
const MARGIN: u64 = 4_000;

/// A stretch of a recording, in samples from its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub from: u64,
    /// The one after the last.
    pub until: u64,
}

impl Span {
    /// Its length in milliseconds.
    pub const fn millis(self) -> u64 {
        millis(self.until.saturating_sub(self.from))
    }
}

/// Listens to one channel.
pub(crate) struct Voice {
    detector: Box<Detector>,
    frame: Vec<f32>,
    at: u64,
    voiced: u32,
    unvoiced: u32,
    since: Option<u64>,
    spans: Vec<Span>,
}

impl Voice {
    pub(crate) fn new() -> Self {
        Self {
            detector: Detector::default_boxed(),
            frame: Vec::with_capacity(FRAME),
            at: 0,
            voiced: 0,
            unvoiced: 0,
            since: None,
            spans: Vec::new(),
        }
    }

    pub(crate) fn take(&mut self, samples: impl Iterator<Item = f32>) {
        for sample in samples {
            self.frame.push(sample);
            if self.frame.len() == FRAME {
                let voiced = self.detector.predict_f32(&self.frame) >= VOICE;
                self.frame.clear();
                self.at += FRAME as u64;
                self.judge(voiced);
            }
        }
    }

    fn judge(&mut self, voiced: bool) {
        if voiced {
            (self.voiced, self.unvoiced) = (self.voiced + 1, 0);
            if self.voiced >= BEGINS && self.since.is_none() {
                self.since = Some(self.at - u64::from(self.voiced) * FRAME as u64);
            }
        } else {
            (self.voiced, self.unvoiced) = (0, self.unvoiced + 1);
            if self.unvoiced >= ENDS {
                self.end();
            }
        }
    }

    fn end(&mut self) {
        let Some(since) = self.since.take() else { return };
        let until = self.at - u64::from(self.unvoiced) * FRAME as u64;
        let span = Span { from: since.saturating_sub(MARGIN), until: until + MARGIN };
        match self.spans.last_mut() {
            Some(last) if last.until >= span.from => last.until = span.until,
            _ => self.spans.push(span),
        }
    }

    /// The spans in order, none of which touches another.
    pub(crate) fn finish(mut self, samples: u64) -> Vec<Span> {
        self.end();
        if let Some(last) = self.spans.last_mut() {
            last.until = last.until.min(samples);
        }
        self.spans
    }
}
