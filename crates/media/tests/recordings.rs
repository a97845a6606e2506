//! Recordings of every kind, whole, cut and wrong.

#![allow(clippy::unwrap_used, reason = "helpers of tests, outside of a test function")]

use std::io::Cursor;
use ward_media::{Container, MAX_MS, Measured, MediaError, Piece, cut, decode, measure, wave};

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/audio/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn measured(bytes: Vec<u8>) -> Result<Measured, MediaError> {
    let length = bytes.len() as u64;
    measure(Box::new(Cursor::new(bytes)), length, &mut |_| {})
}

fn pieces(bytes: Vec<u8>, measured: &Measured, max_ms: u64) -> Vec<Piece> {
    let (length, mut pieces) = (bytes.len() as u64, Vec::new());
    cut(Box::new(Cursor::new(bytes)), length, &measured.tracks, max_ms, &mut |piece| {
        pieces.push(piece);
        Ok(())
    })
    .unwrap();
    pieces
}

/// A WAVE file of one channel that says nothing.
fn silence(seconds: usize) -> Vec<u8> {
    wave::file(&vec![0; seconds * 16_000])
}

#[test]
fn every_kind_is_as_long_as_it_is_and_somebody_speaks_in_it() {
    for (name, container, duration) in [
        ("talk.m4a", Container::Mp4, 11_200),
        ("talk-fragmented.m4a", Container::Mp4, 11_200),
        ("talk.mp3", Container::Mp3, 11_200),
        ("talk.ogg", Container::Ogg, 11_200),
        ("talk-vorbis.ogg", Container::Ogg, 11_200),
        ("talk.webm", Container::Webm, 11_200),
        ("talk-live.webm", Container::Webm, 11_200),
        ("talk-44100.wav", Container::Wav, 3_000),
    ] {
        let found = measured(bytes(name)).unwrap();
        assert_eq!((found.container, found.channels, found.apart()), (container, 1, false), "{name}");
        assert!(found.duration_ms.abs_diff(duration) < 120, "{name}: {} ms", found.duration_ms);
        assert!(!found.is_silent() && found.peak > 0.1, "{name}: {found:?}");
        let voiced = found.voiced_ms();
        assert!(voiced > duration / 2 && voiced <= found.duration_ms, "{name}: {voiced} ms");
    }
}

#[test]
fn two_channels_that_hear_two_people_are_two_tracks() {
    let whole = bytes("two-voices.ogg");
    let found = measured(whole.clone()).unwrap();
    assert!(found.apart() && found.channels == 2, "{found:?}");
    // The first speaks at the beginning, the second from 5.5 s on.
    assert!(found.tracks[0].last().unwrap().until < 6 * 16_000, "{:?}", found.tracks);
    assert!(found.tracks[1].first().unwrap().from > 5 * 16_000, "{:?}", found.tracks);
    let pieces = pieces(whole, &found, 60_000);
    assert_eq!(pieces.iter().map(|piece| piece.track).collect::<Vec<_>>(), [0, 1]);
    assert!(pieces[1].moments.original(0) > 5_000, "{:?}", pieces[1].moments);
}

#[test]
fn what_is_spoken_is_cut_out_and_knows_when_it_was() {
    let voice = bytes("talk.ogg");
    let first = measured(voice.clone()).unwrap();
    let spoken = pieces(voice, &first, 60_000).remove(0).samples;
    // The same talk twice, with a minute of silence before each.
    let quiet = vec![0; 60 * 16_000];
    let long = wave::file(&[&quiet[..], &spoken, &quiet, &spoken].concat());
    let found = measured(long.clone()).unwrap();
    assert!(found.voiced_ms() < 26_000, "{}", found.voiced_ms());
    let one = pieces(long.clone(), &found, 60_000);
    assert_eq!(one.len(), 1);
    assert_eq!(one[0].millis().div_ceil(10), found.voiced_ms().div_ceil(10));
    assert!(one[0].moments.original(0).abs_diff(60_000) < 1_000);
    let last = one[0].moments.original(one[0].millis() - 1);
    assert!(last > 130_000 && last <= found.duration_ms, "{last}");
    let many = pieces(long, &found, 5_000);
    assert!(many.len() >= 4 && many.iter().all(|piece| piece.millis() <= 5_000), "{}", many.len());
}

#[test]
fn what_is_cut_is_heard_as_far_as_it_goes_or_says_so() {
    for (name, at_least) in
        [("talk.ogg", 4_000), ("talk-live.webm", 4_000), ("talk.mp3", 4_000), ("talk-44100.wav", 1_000)]
    {
        let mut cut = bytes(name);
        cut.truncate(cut.len() / 2);
        let found = measured(cut).unwrap();
        assert!(found.duration_ms >= at_least, "{name}: {} ms", found.duration_ms);
    }
    let whole = bytes("talk-44100.wav");
    for length in [45, 64, 100, 1_000] {
        let found = measured(whole[..length].to_vec());
        match found {
            Ok(found) => assert!(found.cut && found.duration_ms <= 40, "{length}: {found:?}"),
            Err(error) => assert!(!error.is_transient(), "{length}: {error}"),
        }
    }
    // Its table of contents is at the end: without it nothing can be found.
    let mut cut = bytes("talk.m4a");
    cut.truncate(cut.len() / 2);
    assert_eq!(measured(cut), Err(MediaError::Damaged));
    // Nothing but the head of a fragmented one: no error says so, its length does.
    let head = bytes("talk-fragmented.m4a")[..1_000].to_vec();
    assert_eq!(measured(head), Err(MediaError::Empty));
}

#[test]
fn what_is_none_is_refused_in_words() {
    assert_eq!(measured(Vec::new()), Err(MediaError::Empty));
    assert_eq!(measured(b"%PDF-1.7 and so on".to_vec()), Err(MediaError::NotAudio));
    assert_eq!(measured(silence(0)), Err(MediaError::Empty));
    for (name, from) in [("talk.webm", 64), ("talk.ogg", 64), ("talk.m4a", 32), ("talk.mp3", 600)] {
        let mut damaged = bytes(name);
        for byte in damaged.iter_mut().skip(from) {
            *byte = byte.wrapping_mul(31).wrapping_add(7);
        }
        match measured(damaged) {
            Ok(found) => assert!(found.duration_ms < 60_000, "{name}: {found:?}"),
            Err(error) => assert!(!error.is_transient(), "{name}: {error}"),
        }
    }
}

#[test]
fn silence_is_silence_and_has_its_end() {
    let found = measured(silence(60)).unwrap();
    assert_eq!((found.duration_ms, found.is_silent(), found.peak), (60_000, true, 0.0));
    // More than three hours, which are nowhere in memory.
    let samples = (MAX_MS + 5_000) * 16;
    let length = wave::HEADER as u64 + samples * 2;
    let endless = Endless { head: wave::header(1, samples), at: 0, length };
    let mut blocks = 0_u64;
    let decoded = decode(Box::new(endless), length, &mut |block| {
        blocks += block.channels[0].len() as u64;
        Ok(())
    });
    assert_eq!(decoded, Err(MediaError::TooLong));
    assert!(blocks > MAX_MS * 16, "{blocks}");
}

/// A WAVE file of nothing but silence.
struct Endless {
    head: [u8; wave::HEADER],
    at: u64,
    length: u64,
}

impl std::io::Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let at = usize::try_from(self.at).unwrap();
        let left = usize::try_from(self.length - self.at).unwrap();
        let from_head = self.head.get(at..).unwrap_or_default();
        let count = if from_head.is_empty() {
            let count = buffer.len().min(left);
            buffer[..count].fill(0);
            count
        } else {
            let count = buffer.len().min(from_head.len());
            buffer[..count].copy_from_slice(&from_head[..count]);
            count
        };
        self.at += count as u64;
        Ok(count)
    }
}

impl std::io::Seek for Endless {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        let target = match to {
            std::io::SeekFrom::Start(at) => Some(at),
            std::io::SeekFrom::End(by) => self.length.checked_add_signed(by),
            std::io::SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = target.unwrap().min(self.length);
        Ok(self.at)
    }
}

#[test]
fn what_cannot_be_read_may_be_read_later() {
    struct Broken(Cursor<Vec<u8>>);
    impl std::io::Read for Broken {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if self.0.position() > 10_000 {
                return Err(std::io::Error::other("the bucket is away"));
            }
            self.0.read(buffer)
        }
    }
    impl std::io::Seek for Broken {
        fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
            self.0.seek(to)
        }
    }
    let whole = bytes("talk.ogg");
    let length = whole.len() as u64;
    let found = measure(Box::new(Broken(Cursor::new(whole))), length, &mut |_| {});
    assert!(found.is_err_and(|error| error.is_transient()));
}
