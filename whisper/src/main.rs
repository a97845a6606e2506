//! `ward-whisper`: Whisper, in a process of its own.
//!
//! The engine is C++ that works on bytes from outside: whatever it does, it does it here and not in Ward. Ward starts this
//! program when there is something to hear, and asks it over standard input and output (`ward_whisper_wire`). It ends when
//! Ward does, for then its standard input ends, and when nothing is asked of it for a while.
//!
//! It must not know anything of the house: no settings, no key, no name of a patient comes here.

mod engine;
mod model;

use crate::engine::Engine;
use std::io::{Write as _, stderr, stdin, stdout};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;
use ward_whisper_wire::{Ask, FrameError, Told, head_of, next};

const USAGE: &str =
    "usage: ward-whisper --model FILE --sha256 HEX --threads N --idle-seconds N (Ward starts it by itself)";

/// What Ward says when it starts the program.
struct Given {
    model: PathBuf,
    sha256: String,
    threads: usize,
    idle: Duration,
}

fn main() -> ExitCode {
    let Some(given) = read(std::env::args_os().skip(1)) else {
        return failed(USAGE);
    };
    // Read apart from the work: so the end of Ward is noticed at once.
    let (come, asked) = sync_channel::<(Ask, Vec<u8>)>(1);
    std::thread::spawn(move || {
        let mut from = stdin().lock();
        while let Ok(Some(ask)) = next(&mut from) {
            if come.send(ask).is_err() {
                break;
            }
        }
        // Nobody waits for what is in hand.
        std::process::exit(0);
    });
    let mut engine = match model::checked(&given.model, &given.sha256)
        .and_then(|model| Engine::load(&model, given.threads))
    {
        Ok(engine) => engine,
        Err(why) => {
            let _ = say(&Told::Unfit { why });
            return failed(&why.to_string());
        }
    };
    if say(&Told::Ready).is_err() {
        return failed("nobody listens");
    }
    loop {
        let (ask, samples) = match asked.recv_timeout(given.idle) {
            Ok(asked) => asked,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return ExitCode::SUCCESS,
        };
        let number = ask.number;
        let told = match engine.hear(&samples, ask.language.as_deref()) {
            Ok((language, segments)) => Told::Heard { number, language, segments },
            Err(error) => Told::NotHeard { number, why: error.to_string() },
        };
        if say(&told).is_err() {
            return failed("nobody listens");
        }
    }
}

fn say(told: &Told) -> Result<(), FrameError> {
    let mut to = stdout().lock();
    to.write_all(&head_of(told, 0)?)?;
    Ok(to.flush()?)
}

fn failed(why: &str) -> ExitCode {
    let _ = writeln!(stderr(), "ward-whisper: {why}");
    ExitCode::FAILURE
}

fn read(mut words: impl Iterator<Item = std::ffi::OsString>) -> Option<Given> {
    let (mut model, mut sha256, mut threads, mut idle) = (None, None, None, None);
    while let Some(name) = words.next() {
        let value = words.next()?;
        match name.to_str()? {
            "--model" => model = Some(PathBuf::from(value)),
            "--sha256" => sha256 = Some(value.into_string().ok()?.to_ascii_lowercase()),
            "--threads" => threads = value.to_str()?.parse().ok().filter(|count| (1..=256).contains(count)),
            "--idle-seconds" => idle = value.to_str()?.parse().ok().map(Duration::from_secs),
            _ => return None,
        }
    }
    Some(Given { model: model?, sha256: sha256?, threads: threads?, idle: idle? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Option<Given> {
        read(line.split(' ').map(Into::into))
    }

    #[test]
    fn everything_must_be_given() {
        let whole = "--model a.bin --sha256 AB --threads 2 --idle-seconds 60";
        let given = of(whole).unwrap();
        assert_eq!((given.sha256.as_str(), given.threads, given.idle), ("ab", 2, Duration::from_mins(1)));
        for wrong in [
            "--model a.bin",
            "--model a.bin --sha256 AB --threads 0 --idle-seconds 60",
            "--model a.bin --sha256 AB --threads 2 --idle-seconds",
            "--speak --model a.bin --sha256 AB --threads 2 --idle-seconds 60",
        ] {
            assert!(of(wrong).is_none(), "{wrong}");
        }
    }
}
