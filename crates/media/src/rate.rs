//! Samples at any rate as samples at 16 kHz.

use crate::{MediaError, RATE};
use rubato::audioadapter_buffers::direct::SequentialSliceOfVecs;
use rubato::{Fft, FixedSync, Indexing, Resampler};

/// Samples that are brought to the other rate at once.
const CHUNK: usize = 2_048;
/// The rates that recordings have.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=384_000;

/// Brings one or two channels to [`RATE`].
pub(crate) struct Rate {
    pub(crate) from: u32,
    pub(crate) channels: usize,
    /// `None` where there is nothing to change.
    resampler: Option<Fft<f32>>,
    /// What waits until there is enough of it.
    waiting: Vec<Vec<f32>>,
    /// Samples that the resampler makes up before the first true one.
    delay: usize,
    taken: u64,
    made: u64,
}

impl Rate {
    pub(crate) fn new(from: u32, channels: usize) -> Result<Self, MediaError> {
        if !RATES.contains(&from) {
            return Err(MediaError::Damaged);
        }
        let resampler = if from == RATE {
            None
        } else {
            let made = Fft::new(from as usize, RATE as usize, CHUNK, channels, FixedSync::Input);
            Some(made.map_err(|_| MediaError::Damaged)?)
        };
        let delay = resampler.as_ref().map_or(0, Resampler::output_delay);
        Ok(Self { from, channels, resampler, waiting: vec![Vec::new(); channels], delay, taken: 0, made: 0 })
    }

    /// Takes samples; what is ready of them comes back.
    pub(crate) fn take(&mut self, channels: &[Vec<f32>]) -> Result<Vec<Vec<f32>>, MediaError> {
        self.taken += channels.first().map_or(0, Vec::len) as u64;
        if self.resampler.is_none() {
            return Ok(channels.to_vec());
        }
        for (waiting, channel) in self.waiting.iter_mut().zip(channels) {
            waiting.extend_from_slice(channel);
        }
        let mut made = vec![Vec::new(); self.channels];
        loop {
            let next = self.resampler.as_ref().map_or(0, Resampler::input_frames_next);
            if next == 0 || self.waiting.first().is_none_or(|waiting| waiting.len() < next) {
                return Ok(made);
            }
            self.step(next, None, &mut made)?;
            for waiting in &mut self.waiting {
                waiting.drain(..next);
            }
        }
    }

    /// What is left, to the last sample and no further.
    pub(crate) fn end(&mut self) -> Result<Vec<Vec<f32>>, MediaError> {
        let mut made = vec![Vec::new(); self.channels];
        if self.resampler.is_none() {
            return Ok(made);
        }
        let due = self.taken * u64::from(RATE) / u64::from(self.from);
        while self.made < due {
            let left = self.waiting.first().map_or(0, Vec::len);
            let before = self.made;
            self.step(left, Some(left), &mut made)?;
            for waiting in &mut self.waiting {
                waiting.clear();
            }
            if self.made == before && self.delay == 0 {
                break;
            }
        }
        let over = usize::try_from(self.made.saturating_sub(due)).unwrap_or(0);
        for channel in &mut made {
            channel.truncate(channel.len().saturating_sub(over));
        }
        Ok(made)
    }

    fn step(
        &mut self,
        frames: usize,
        partial: Option<usize>,
        made: &mut [Vec<f32>],
    ) -> Result<(), MediaError> {
        let Some(resampler) = &mut self.resampler else { return Ok(()) };
        let broken = |_| MediaError::Damaged;
        let whole = frames.max(resampler.input_frames_next());
        if partial.is_some() {
            for waiting in &mut self.waiting {
                waiting.resize(whole, 0.0);
            }
        }
        let input = SequentialSliceOfVecs::new(&self.waiting, self.channels, whole)
            .map_err(|_| MediaError::Damaged)?;
        let indexing = partial.map(|frames| Indexing::new().partial_len(frames));
        let out = resampler.process(&input, indexing.as_ref()).map_err(broken)?;
        let samples = out.take_data();
        let skip = self.delay.min(samples.len() / self.channels.max(1));
        self.delay -= skip;
        for (number, channel) in made.iter_mut().enumerate() {
            channel.extend(samples.iter().skip(skip * self.channels + number).step_by(self.channels));
        }
        self.made += (samples.len() / self.channels.max(1) - skip) as u64;
        Ok(())
    }
}
