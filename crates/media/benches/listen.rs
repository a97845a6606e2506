//! How many times faster than real time a recording is listened through, and cut into what is spoken, on one core:
//! `cargo bench -p ward-media`. What is wanted is 100 times.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench")]

use std::io::Cursor;
use std::time::Instant;
use ward_media::{cut, measure};

/// Times that each recording is listened to.
const ROUNDS: u32 = 20;

fn main() {
    for name in [
        "talk.m4a",
        "talk.mp3",
        "talk.ogg",
        "talk-vorbis.ogg",
        "talk.webm",
        "two-voices.ogg",
        "talk-44100.wav",
    ] {
        let bytes = std::fs::read(format!("{}/tests/audio/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let length = bytes.len() as u64;
        let (mut heard, began) = (0.0, Instant::now());
        let mut last = None;
        for _ in 0..ROUNDS {
            let measured = measure(Box::new(Cursor::new(bytes.clone())), length, &mut |_| {}).unwrap();
            heard += f64::from(u32::try_from(measured.duration_ms).unwrap()) / 1000.0;
            last = Some(measured);
        }
        let listened = heard / began.elapsed().as_secs_f64();
        let (measured, began) = (last.unwrap(), Instant::now());
        for _ in 0..ROUNDS {
            let source = Box::new(Cursor::new(bytes.clone()));
            cut(source, length, &measured.tracks, 60_000, &mut |_| Ok(())).unwrap();
        }
        println!(
            "{name}: listened through {listened:.0} x, cut {:.0} x",
            heard / began.elapsed().as_secs_f64()
        );
    }
}
