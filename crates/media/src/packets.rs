//! Packets of a recording as samples: Opus by its reference library, everything else by symphonia.

use crate::{MediaError, RATE};
use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::packet::Packet;

/// The longest Opus packet is 120 ms.
const OPUS_FRAMES: usize = RATE as usize * 120 / 1000;
/// Opus counts what is to be skipped at 48 kHz.
const OPUS_SKIP: u32 = 48_000 / RATE;

/// A decoder with its room, used anew for each packet.
pub(crate) struct Packets {
    decoder: Decoder,
    planes: Vec<Vec<f32>>,
    channels: Vec<Vec<f32>>,
}

enum Decoder {
    Opus { decoder: opus::Decoder, channels: usize, skip: usize, room: Vec<f32> },
    Other(Box<dyn AudioDecoder>),
}

impl Packets {
    pub(crate) fn new(parameters: &AudioCodecParameters, delay: u32) -> Result<Self, MediaError> {
        let decoder = if parameters.codec == CODEC_ID_OPUS {
            opus_of(parameters, delay)?
        } else {
            let made = symphonia::default::get_codecs()
                .make_audio_decoder(parameters, &AudioDecoderOptions::default());
            Decoder::Other(made.map_err(|_| MediaError::NotAudio)?)
        };
        Ok(Self { decoder, planes: Vec::new(), channels: Vec::new() })
    }

    /// The samples of a packet, one or two channels of the same length, with their rate; `None` where there are none.
    #[allow(clippy::type_complexity, reason = "a rate and channels")]
    pub(crate) fn decode(&mut self, packet: &Packet) -> Result<Option<(u32, &[Vec<f32>])>, ()> {
        let rate = match &mut self.decoder {
            Decoder::Opus { decoder, channels, skip, room } => {
                let frames = decoder.decode_float(&packet.data, room, false).map_err(|_| ())?;
                let from = (*skip).min(frames);
                *skip -= from;
                self.planes.resize(*channels, Vec::new());
                for (number, plane) in self.planes.iter_mut().enumerate() {
                    plane.clear();
                    plane.extend(
                        room.iter().skip(from * *channels + number).step_by(*channels).take(frames - from),
                    );
                }
                RATE
            }
            Decoder::Other(decoder) => {
                let buffer = decoder.decode(packet).map_err(|_| ())?;
                let rate = buffer.spec().rate();
                buffer.copy_to_vecs_planar(&mut self.planes);
                rate
            }
        };
        mix(&self.planes, &mut self.channels);
        let frames = self.channels.first().map_or(0, Vec::len);
        Ok((frames > 0 && rate > 0).then_some((rate, &self.channels[..])))
    }
}

fn opus_of(parameters: &AudioCodecParameters, delay: u32) -> Result<Decoder, MediaError> {
    // `OpusHead`: channels at 9, what is to be skipped at 10 and 11.
    let head = parameters.extra_data.as_deref().filter(|data| data.starts_with(b"OpusHead"));
    let said = head.and_then(|head| head.get(9)).map(|channels| usize::from(*channels));
    let known = parameters.channels.as_ref().map(symphonia::core::audio::Channels::count);
    let channels = if said.or(known) == Some(2) { 2 } else { 1 };
    let skip = match head.and_then(|head| head.get(10..12)) {
        Some(&[low, high]) => u32::from(u16::from_le_bytes([low, high])),
        _ => delay,
    };
    let spread = if channels == 2 { opus::Channels::Stereo } else { opus::Channels::Mono };
    let decoder = opus::Decoder::new(RATE, spread).map_err(|_| MediaError::NotAudio)?;
    let room = vec![0.0; OPUS_FRAMES * channels];
    Ok(Decoder::Opus { decoder, channels, skip: (skip / OPUS_SKIP) as usize, room })
}

/// One and two channels as they are; more of them as one.
fn mix(planes: &[Vec<f32>], channels: &mut Vec<Vec<f32>>) {
    let frames = planes.iter().map(Vec::len).min().unwrap_or(0);
    let kept = if planes.len() > 2 { 1 } else { planes.len() };
    channels.resize(kept, Vec::new());
    for channel in channels.iter_mut() {
        channel.clear();
    }
    match planes {
        [] => {}
        [_] | [_, _] => {
            for (channel, plane) in channels.iter_mut().zip(planes) {
                channel.extend(plane.iter().take(frames).map(|sample| sane(*sample)));
            }
        }
        many => {
            #[allow(clippy::cast_precision_loss, reason = "a handful of channels")]
            let share = 1.0 / many.len() as f32;
            if let Some(channel) = channels.first_mut() {
                channel.extend(
                    (0..frames).map(|at| sane(many.iter().map(|plane| plane[at]).sum::<f32>() * share)),
                );
            }
        }
    }
}

/// What a decoder made of damaged bytes may be no number at all.
fn sane(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 }
}
