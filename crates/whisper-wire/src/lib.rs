//! What Ward and its helper `ward-whisper` say to each other, over the helper's standard input and output.
//!
//! A crate of its own, so that neither of the two is built with the other. A frame is two lengths (32 bits each, the least
//! byte first), a head in JSON and a body. Ward sends [`Ask`] with samples as its body; the helper sends [`Told`], without
//! a body: first whether it is ready, then an answer to each question, in their order.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{ErrorKind, Read};

/// Samples in a second: one channel, 16 bits each, the least byte first.
pub const RATE: usize = 16_000;
/// The bytes of a millisecond.
pub const BYTES_A_MS: usize = RATE / 1_000 * 2;
/// The longest head, in bytes: the segments of some minutes.
pub const MAX_HEAD: usize = 4 << 20;
/// The longest body, in bytes: four minutes.
pub const MAX_BODY: usize = 8 << 20;
/// The bytes of the two lengths.
pub const LENGTHS: usize = 8;

/// Asks what is said in the samples of the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// Comes back with the answer.
    pub number: u64,
    /// ISO 639 of what is spoken; `None`: the model finds out.
    pub language: Option<String>,
}

/// What the helper says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "told", rename_all = "snake_case")]
pub enum Told {
    /// The model is loaded, and heard what was spoken to try it.
    Ready,
    /// It cannot work: the helper ends after it.
    Unfit {
        /// Why.
        why: Unfit,
    },
    /// What was heard.
    Heard {
        /// Of which question.
        number: u64,
        /// ISO 639.
        language: Option<String>,
        /// In order, none of them empty.
        segments: Vec<Segment>,
    },
    /// The model gave up on a question.
    NotHeard {
        /// On which.
        number: u64,
        /// For the log; nothing of what was said.
        why: String,
    },
}

/// A stretch of speech.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Milliseconds from the beginning of the samples.
    pub start_ms: u64,
    /// Milliseconds from the beginning of the samples; it may lie behind their end.
    pub end_ms: u64,
    /// What was said.
    pub text: String,
    /// How sure the model is of its words: 0 to 1.
    pub probability: f64,
}

/// Why a helper cannot work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Unfit {
    /// The file is not there, or cannot be read.
    #[error("the model's file is not there, or cannot be read")]
    NoModel,
    /// It is another file than was meant, or a part of it.
    #[error("the model's file has another SHA-256 than the settings say: it is another one, or was cut")]
    WrongSum,
    /// It cannot be loaded.
    #[error("the file is no Whisper model in ggml's format, or was cut")]
    NotAModel,
    /// It was loaded, and cannot listen.
    #[error("the model cannot be run: it is damaged")]
    CannotRun,
}

/// What is no frame.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// It is longer than any may be.
    #[error("a frame is too long")]
    TooLong,
    /// It says something else.
    #[error("a frame says nothing that is known")]
    Unknown(#[from] serde_json::Error),
    /// It broke off.
    #[error("a frame cannot be read: {0}")]
    Broken(#[from] std::io::Error),
}

/// The lengths of a frame's two parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lengths {
    /// Of the head, in bytes.
    pub head: usize,
    /// Of the body, in bytes.
    pub body: usize,
}

impl Lengths {
    /// Reads them.
    pub fn of(bytes: [u8; LENGTHS]) -> Result<Self, FrameError> {
        let (head, body) = bytes.split_at(LENGTHS / 2);
        let length = |bytes: &[u8]| {
            let bytes = bytes.try_into().map_err(|_| FrameError::TooLong)?;
            usize::try_from(u32::from_le_bytes(bytes)).map_err(|_| FrameError::TooLong)
        };
        let (head, body) = (length(head)?, length(body)?);
        if head > MAX_HEAD || body > MAX_BODY { Err(FrameError::TooLong) } else { Ok(Self { head, body }) }
    }
}

/// The lengths and the head of a frame; its body is to follow as it is.
pub fn head_of<T: Serialize>(head: &T, body: usize) -> Result<Vec<u8>, FrameError> {
    let head = serde_json::to_vec(head)?;
    if head.len() > MAX_HEAD || body > MAX_BODY {
        return Err(FrameError::TooLong);
    }
    let length = |length: usize| u32::try_from(length).map_err(|_| FrameError::TooLong);
    let mut frame = Vec::with_capacity(LENGTHS + head.len());
    frame.extend_from_slice(&length(head.len())?.to_le_bytes());
    frame.extend_from_slice(&length(body)?.to_le_bytes());
    frame.extend_from_slice(&head);
    Ok(frame)
}

/// Reads a head.
pub fn read_head<T: DeserializeOwned>(head: &[u8]) -> Result<T, FrameError> {
    Ok(serde_json::from_slice(head)?)
}

/// The next frame; `None` where the other side has closed.
pub fn next<T: DeserializeOwned>(from: &mut impl Read) -> Result<Option<(T, Vec<u8>)>, FrameError> {
    let mut lengths = [0; LENGTHS];
    match from.read_exact(&mut lengths) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let Lengths { head, body } = Lengths::of(lengths)?;
    let mut bytes = vec![0; head];
    from.read_exact(&mut bytes)?;
    let head = read_head(&bytes)?;
    let mut body = vec![0; body];
    from.read_exact(&mut body)?;
    Ok(Some((head, body)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_back_as_they_were_sent() {
        let asks = [
            (Ask { number: 1, language: None }, vec![]),
            (Ask { number: 2, language: Some("fa".into()) }, vec![1, 2, 3, 4]),
        ];
        let mut sent = Vec::new();
        for (ask, body) in &asks {
            sent.extend(head_of(ask, body.len()).unwrap());
            sent.extend(body);
        }
        let mut from = sent.as_slice();
        for ask in asks {
            assert_eq!(next(&mut from).unwrap(), Some(ask));
        }
        assert_eq!(next::<Ask>(&mut from).unwrap(), None);
        for cut in 1..sent.len() {
            let mut from = &sent[..cut];
            // It is never taken for something else.
            while let Ok(Some((ask, _))) = next::<Ask>(&mut from) {
                assert!(ask.number <= 2, "{cut}");
            }
        }
    }

    #[test]
    fn what_is_too_long_or_unknown_is_refused() {
        assert!(matches!(head_of(&Told::Ready, MAX_BODY + 1), Err(FrameError::TooLong)));
        let long = u32::try_from(MAX_HEAD + 1).unwrap().to_le_bytes();
        let mut bytes = [long, [0; 4]].concat();
        assert!(matches!(next::<Ask>(&mut bytes.as_slice()), Err(FrameError::TooLong)));
        bytes = [2_u32.to_le_bytes(), [0; 4]].concat();
        bytes.extend(b"[]");
        assert!(matches!(next::<Told>(&mut bytes.as_slice()), Err(FrameError::Unknown(_))));
    }
}
