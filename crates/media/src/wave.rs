//! Writing WAVE: what engines outside take, and what several files of one recording become.

use crate::RATE;

/// The length of a header of [`header`].
pub const HEADER: usize = 44;

/// The header of a WAVE file of 16-bit samples at 16 kHz, of so many samples a channel.
#[allow(clippy::cast_possible_truncation, reason = "three hours of two channels are 700 MB")]
pub fn header(channels: u16, samples: u64) -> [u8; HEADER] {
    let frame = u32::from(channels) * 2;
    let bytes = (samples.saturating_mul(u64::from(frame))).min(u64::from(u32::MAX) - 36) as u32;
    let mut header = [0; HEADER];
    let mut at = 0;
    let mut put = |bytes: &[u8]| {
        header[at..at + bytes.len()].copy_from_slice(bytes);
        at += bytes.len();
    };
    put(b"RIFF");
    put(&(bytes + 36).to_le_bytes());
    put(b"WAVEfmt ");
    put(&16_u32.to_le_bytes());
    put(&1_u16.to_le_bytes());
    put(&channels.to_le_bytes());
    put(&RATE.to_le_bytes());
    put(&(RATE * frame).to_le_bytes());
    put(&(channels * 2).to_le_bytes());
    put(&16_u16.to_le_bytes());
    put(b"data");
    put(&bytes.to_le_bytes());
    header
}

/// One channel of samples as a whole file.
pub fn file(samples: &[i16]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER + samples.len() * 2);
    bytes.extend_from_slice(&header(1, samples.len() as u64));
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    bytes
}

/// A sample of -1 to 1 in 16 bits.
#[allow(clippy::cast_possible_truncation, reason = "bounded before")]
pub fn narrow(sample: f32) -> i16 {
    (sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16
}
