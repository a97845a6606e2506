//! The second step: what is said is written down, piece by piece. Only what is spoken is sent to the engine, because of
//! silence it makes words up.

use super::assemble::source;
use super::work::{Hand, Trouble, say};
use crate::aside::{Left, aside};
use crate::encounter::speakers::{Said, attribute};
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc;
use ward_domain::encounter::transcript::{MAX_MS, MAX_SEGMENT_CHARS, Transcript, UNDETERMINED};
use ward_domain::encounter::{EncounterState, RecordingCommand, Step};
use ward_gateways::speech::{Heard, Speech, SpeechError};
use ward_media::{MediaError, Piece, cut, measure, wave};

/// The longest piece: 4 MB of WAVE.
const PIECE_MS: u64 = 120_000;

/// Somebody speaks, and there are no words.
const NOTHING: &str = "The speech engine understood nothing of what is said in the recording.";

/// Writes down what is said.
pub(super) async fn transcribe(hand: &Hand, state: &EncounterState) -> Result<RecordingCommand, Trouble> {
    let gone = || Trouble::never("The recording is not here any more.");
    let recording = state.recording.clone().ok_or_else(gone)?;
    let object = recording.object.ok_or_else(gone)?;
    let hearing = &hand.turn.env.hearing;
    let engine = hearing.engine.engine().ok_or_else(|| Trouble::later("There is no speech engine."))?;
    let _place = hearing.listener().await;
    let begun = hand.turn.now();
    let (first, second) =
        (source(hand, [(object, recording.bytes)]), source(hand, [(object, recording.bytes)]));
    let (pieces, mut come) = mpsc::channel::<Piece>(1);
    let length = recording.bytes;
    let cutting = tokio::spawn(aside("cutting", move || {
        let measured = measure(Box::new(first), length, &mut |_| {})?;
        cut(Box::new(second), length, &measured.tracks, PIECE_MS, &mut |piece| {
            let gone = |_| MediaError::Unavailable("nobody listens any more".to_owned());
            pieces.blocking_send(piece).map_err(gone)
        })?;
        Ok::<_, MediaError>(measured.apart())
    }));
    let mut said = Vec::new();
    let (mut language, mut text) = (None, String::new());
    while let Some(piece) = come.recv().await {
        let end = piece.moments.original(piece.millis());
        let heard = hear(hand, &piece).await?;
        language = language.or_else(|| heard.language.clone());
        for one in take(&piece, heard) {
            text.push_str(&one.segment.text);
            text.push('\n');
            said.push(one);
        }
        hand.done(end, recording.duration_ms);
        hearing.say(hand.turn.scope.tenant(), hand.turn.id, &text);
        say(
            &hand.turn,
            RecordingCommand::Advance {
                step: Step::Transcription,
                percent: hand.percent.load(Ordering::Relaxed),
            },
        );
    }
    let apart = cutting.await.unwrap_or(Err(Left::Broken))??;
    if said.is_empty() {
        return Err(Trouble::later(NOTHING));
    }
    let took = hand.turn.now().millis().saturating_sub(begun.millis());
    let minutes = u32::try_from(recording.duration_ms / 60_000).unwrap_or(u32::MAX).max(1);
    hearing.speech_pace.measured(Duration::from_millis(u64::try_from(took).unwrap_or(0)) / minutes);
    hearing.forget(hand.turn.scope.tenant(), hand.turn.id);
    let confidence = confidence(&said);
    let (segments, speakers) = attribute(said, apart);
    let language = language.unwrap_or_else(|| UNDETERMINED.to_owned());
    let transcript = Box::new(Transcript { language, segments, confidence });
    if transcript.validate().is_err() {
        return Err(Trouble::never("More is said in the recording than can be kept."));
    }
    Ok(RecordingCommand::Transcribed { transcript, engine, speakers, of: recording.at })
}

/// What is said in a piece; the engine's words for it are for the log.
pub(super) async fn hear(hand: &Hand, piece: &Piece) -> Result<Heard, Trouble> {
    let wave = wave::file(&piece.samples).into();
    let speech = Speech { wave, language: None };
    hand.turn.env.hearing.engine.hear(&hand.turn.scope, speech).await.map_err(|error| {
        tracing::warn!(%error, "a piece of a recording was not written down");
        match error {
            SpeechError::Unavailable(_) => {
                Trouble::later("The speech engine does not answer; it is tried again.")
            }
            SpeechError::Unheard => Trouble::later(NOTHING),
            SpeechError::Refused(_) | SpeechError::NotConfigured => Trouble::never(
                "The speech engine refuses recordings: your administrator has to look at its settings. Then try again.",
            ),
        }
    })
}

/// Segments with the times of the recording, none longer than a transcript's may be.
fn take(piece: &Piece, heard: Heard) -> Vec<Said> {
    let at =
        |ms: u64| u32::try_from(piece.moments.original(ms.min(piece.millis()))).unwrap_or(MAX_MS).min(MAX_MS);
    let mut said = Vec::new();
    for one in heard.segments {
        let (start, end) = (at(one.start_ms), at(one.end_ms));
        for text in parts(&one.text) {
            let segment = ward_domain::encounter::transcript::Segment {
                start_ms: start,
                end_ms: end.max(start),
                speaker: ward_domain::encounter::transcript::Speaker::Unknown,
                text,
            };
            let voice = one.speaker.clone();
            said.push(Said { segment, track: piece.track, voice, confidence: one.confidence });
        }
    }
    said
}

/// A text in parts that fit into segments, between words where there are any.
fn parts(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest: Vec<char> = text.trim().chars().collect();
    while rest.len() > MAX_SEGMENT_CHARS {
        let space = rest[..MAX_SEGMENT_CHARS].iter().rposition(|letter| letter.is_whitespace());
        let tail = rest.split_off(space.filter(|at| *at > 0).unwrap_or(MAX_SEGMENT_CHARS));
        parts.push(rest.iter().collect::<String>().trim().to_owned());
        rest = tail;
    }
    parts.push(rest.iter().collect::<String>().trim().to_owned());
    parts.retain(|part| !part.is_empty());
    parts
}

fn confidence(said: &[Said]) -> Option<f64> {
    let known: Vec<f64> = said.iter().filter_map(|one| one.confidence).collect();
    let count = f64::from(u32::try_from(known.len()).unwrap_or(u32::MAX));
    (!known.is_empty()).then(|| (known.iter().sum::<f64>() / count).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_parted_between_words() {
        let long = "word ".repeat(1_000);
        let parts = parts(&long);
        assert!(
            parts.iter().all(|part| part.chars().count() <= MAX_SEGMENT_CHARS && part.starts_with("word"))
        );
        assert_eq!(parts.join(" ").split(' ').count(), 1_000);
        assert_eq!(super::parts(&"م".repeat(MAX_SEGMENT_CHARS * 2)).len(), 2);
        assert!(super::parts("  ").is_empty());
    }
}
