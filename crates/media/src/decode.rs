//! Any recording as samples: one or two channels at 16 kHz, block by block.

use crate::packets::Packets;
use crate::rate::Rate;
use crate::{Container, MAX_MS, MediaError, RATE, millis};
use std::io::{Read, Seek};
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

/// Packets in a row that say nothing, before the rest is given up.
const MAX_BAD_PACKETS: u32 = 1_000;

/// Bytes of a recording. Some kinds keep their table of contents at the end, so it must be possible to go there.
pub trait Source: Read + Seek + Send + Sync {}

impl<T: Read + Seek + Send + Sync> Source for T {}

struct Bytes {
    source: Box<dyn Source>,
    length: u64,
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.source.read(buffer)
    }
}

impl Seek for Bytes {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.source.seek(to)
    }
}

impl MediaSource for Bytes {
    fn is_seekable(&self) -> bool {
        true
    }
    fn byte_len(&self) -> Option<u64> {
        Some(self.length)
    }
}

/// Samples that follow on those before: one list a channel, of the same length.
#[derive(Debug, Clone, PartialEq)]
pub struct Block<'a> {
    /// One or two.
    pub channels: &'a [Vec<f32>],
}

/// What became known of a recording while it was decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decoded {
    /// What it is.
    pub container: Container,
    /// Its length.
    pub duration_ms: u64,
    /// One or two.
    pub channels: usize,
    /// True where it breaks off: what is before that was heard.
    pub cut: bool,
}

/// Decodes a recording of `length` bytes, and hands its samples on. `sink` may end it with an error of its own.
pub fn decode(
    mut source: Box<dyn Source>,
    length: u64,
    sink: &mut dyn FnMut(Block<'_>) -> Result<(), MediaError>,
) -> Result<Decoded, MediaError> {
    let container = head(&mut *source, length)?;
    let options = MediaSourceStreamOptions::default();
    let stream = MediaSourceStream::new(Box::new(Bytes { source, length }), options);
    let (formats, metadata) = (FormatOptions::default(), MetadataOptions::default());
    let mut reader = symphonia::default::get_probe()
        .probe(&Hint::new(), stream, formats, metadata)
        .map_err(|error| nothing(&error))?;
    let (track, parameters, delay) = track(&*reader)?;
    let mut packets = Packets::new(&parameters, delay)?;
    let mut heard = Heard { rate: None, samples: 0, channels: 0, sink };
    let (mut cut, mut bad) = (false, 0);
    loop {
        let packet = match reader.next_packet() {
            Ok(Some(packet)) => packet,
            Ok(None) => break,
            Err(error) => {
                // A recording that is still being made ends like one that was cut: the bytes stop.
                cut = failed(&error)?;
                break;
            }
        };
        if packet.track_id != track {
            continue;
        }
        match packets.decode(&packet) {
            Ok(Some((rate, channels))) => {
                bad = 0;
                heard.take(rate, channels)?;
            }
            Ok(None) => {}
            Err(()) => {
                bad += 1;
                cut = true;
                if bad > MAX_BAD_PACKETS {
                    break;
                }
            }
        }
    }
    heard.end()?;
    if heard.samples == 0 {
        return Err(if length < 1_024 && !cut { MediaError::Empty } else { MediaError::Damaged });
    }
    Ok(Decoded { container, duration_ms: millis(heard.samples), channels: heard.channels, cut })
}

fn head(source: &mut dyn Source, length: u64) -> Result<Container, MediaError> {
    if length == 0 {
        return Err(MediaError::Empty);
    }
    let mut head = Vec::with_capacity(crate::HEAD);
    (&mut *source).take(crate::HEAD as u64).read_to_end(&mut head)?;
    source.rewind()?;
    Container::of(&head).ok_or(MediaError::NotAudio)
}

fn track(reader: &dyn FormatReader) -> Result<(u32, AudioCodecParameters, u32), MediaError> {
    let track = reader.default_track(TrackType::Audio).ok_or(MediaError::NotAudio)?;
    let parameters = track.codec_params.as_ref().and_then(|parameters| parameters.audio());
    Ok((track.id, parameters.ok_or(MediaError::NotAudio)?.clone(), track.delay.unwrap_or(0)))
}

/// Why nothing could even be begun with it.
fn nothing(error: &Error) -> MediaError {
    match error {
        Error::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
            MediaError::Unavailable(error.to_string())
        }
        _ => MediaError::Damaged,
    }
}

/// Whether an error between two packets cuts the recording short; `Err` where its bytes could not be had.
fn failed(error: &Error) -> Result<bool, MediaError> {
    match error {
        Error::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(true),
        Error::IoError(error) => Err(MediaError::Unavailable(error.to_string())),
        _ => Ok(true),
    }
}

/// What was heard so far.
struct Heard<'a> {
    /// Brings the samples to [`RATE`]; made when the first come.
    rate: Option<Rate>,
    samples: u64,
    channels: usize,
    sink: &'a mut dyn FnMut(Block<'_>) -> Result<(), MediaError>,
}

impl Heard<'_> {
    fn take(&mut self, rate: u32, channels: &[Vec<f32>]) -> Result<(), MediaError> {
        if self.rate.as_ref().is_none_or(|known| known.from != rate || known.channels != channels.len()) {
            // A recording that changes its rate in the middle is gone on with at the new one.
            self.end()?;
            if self.channels != 0 && self.channels != channels.len() {
                return Ok(());
            }
            self.channels = channels.len();
            self.rate = Some(Rate::new(rate, channels.len())?);
        }
        let Some(resampler) = &mut self.rate else { return Ok(()) };
        let made = resampler.take(channels)?;
        self.pass(&made)
    }

    fn end(&mut self) -> Result<(), MediaError> {
        let Some(mut rate) = self.rate.take() else { return Ok(()) };
        let made = rate.end()?;
        self.pass(&made)
    }

    fn pass(&mut self, channels: &[Vec<f32>]) -> Result<(), MediaError> {
        let frames = channels.first().map_or(0, Vec::len);
        if frames == 0 {
            return Ok(());
        }
        self.samples += frames as u64;
        // A second of grace: encoders round up.
        if self.samples > (MAX_MS + 1_000) * u64::from(RATE / 1000) {
            return Err(MediaError::TooLong);
        }
        (self.sink)(Block { channels })
    }
}
