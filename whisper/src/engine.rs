//! Whisper by whisper.cpp: a model in memory, and what it hears.

use crate::model::Model;
use ward_whisper_wire::{RATE, Segment, Unfit};
use whisper_rs::{
    FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters, WhisperError, WhisperSegment,
    WhisperState, get_lang_id, get_lang_str, install_logging_hooks,
};

/// A hum that a model is tried with: so many samples, of a pitch at which people speak.
const HUM: usize = 2 * RATE;
const PITCH: usize = 120;
/// What a decoding that the model is not sure of is tried with anew, at the most.
const CANDIDATES: i32 = 5;
/// The fewest samples that the engine looks at: it passes over a second and less.
const FEWEST: usize = RATE + RATE / 10;

/// A model that hears.
pub(crate) struct Engine {
    context: WhisperContext,
    state: WhisperState,
    threads: i32,
}

impl Engine {
    /// Loads a model and tries it: one that was cut can be loaded and not run. Whether it hears well is not tried: what
    /// it would surely hear is speech, of which a program has none.
    pub(crate) fn load(model: &Model<'_>, threads: usize) -> Result<Self, Unfit> {
        // Its words go nowhere: they are for its makers.
        install_logging_hooks();
        let context = WhisperContext::new_with_params(model.0, WhisperContextParameters::default())
            .map_err(|_| Unfit::NotAModel)?;
        let state = context.create_state().map_err(|_| Unfit::NotAModel)?;
        let mut engine = Self { context, state, threads: i32::try_from(threads).unwrap_or(1) };
        let period = RATE / PITCH;
        let hum = (0..HUM).map(|at| if at % period < period / 2 { 0.2 } else { -0.2 }).collect();
        engine.decode(hum, None).map_err(|_| Unfit::CannotRun)?;
        Ok(engine)
    }

    /// What is said in samples of 16 bits, the least byte first.
    pub(crate) fn hear(
        &mut self,
        samples: &[u8],
        language: Option<&str>,
    ) -> Result<(Option<String>, Vec<Segment>), WhisperError> {
        let pairs = samples.as_chunks::<2>().0.iter();
        let samples = pairs.map(|pair| f32::from(i16::from_le_bytes(*pair)) / 32_768.0).collect();
        self.decode(samples, language)
    }

    fn decode(
        &mut self,
        mut samples: Vec<f32>,
        language: Option<&str>,
    ) -> Result<(Option<String>, Vec<Segment>), WhisperError> {
        // A short word is followed by silence.
        if samples.len() < FEWEST {
            samples.resize(FEWEST, 0.0);
        }
        let many = self.context.is_multilingual();
        // A model of English alone finds no language out; a language that it does not know it finds out.
        let wanted = if many { language.filter(|code| get_lang_id(code).is_some()) } else { Some("en") };
        let mut params = FullParams::new(SamplingStrategy::Greedy { best_of: CANDIDATES });
        params.set_n_threads(self.threads);
        params.set_language(wanted);
        params.set_translate(false);
        // Pieces are of several recordings, one after the other: none may hear of another.
        params.set_no_context(true);
        params.set_suppress_blank(true);
        params.set_suppress_nst(true);
        params.set_print_special(false);
        params.set_print_progress(false);
        params.set_print_realtime(false);
        params.set_print_timestamps(false);
        self.state.full(params, &samples)?;
        let heard = match wanted {
            Some(code) => Some(code.to_owned()),
            None => get_lang_str(self.state.full_lang_id_from_state()).map(str::to_owned),
        };
        let end = self.context.token_eot();
        let segments = (0..self.state.full_n_segments())
            .filter_map(|number| self.state.get_segment(number))
            .filter_map(|segment| said(&segment, end))
            .collect();
        Ok((heard, segments))
    }
}

/// A segment, unless it is empty. Tokens from `end` on are no words.
fn said(segment: &WhisperSegment<'_>, end: i32) -> Option<Segment> {
    let text = segment.to_str_lossy().ok()?.trim().to_owned();
    if text.is_empty() {
        return None;
    }
    let words = (0..segment.n_tokens()).filter_map(|number| segment.get_token(number));
    let sure: Vec<f64> =
        words.filter(|token| token.token_id() < end).map(|token| token.token_probability().into()).collect();
    let count = f64::from(u32::try_from(sure.len()).unwrap_or(u32::MAX)).max(1.0);
    let start_ms = millis(segment.start_timestamp());
    Some(Segment {
        start_ms,
        end_ms: millis(segment.end_timestamp()).max(start_ms),
        text,
        probability: (sure.iter().sum::<f64>() / count).clamp(0.0, 1.0),
    })
}

/// Hundredths of a second as milliseconds.
fn millis(hundredths: i64) -> u64 {
    u64::try_from(hundredths).unwrap_or(0).saturating_mul(10)
}
