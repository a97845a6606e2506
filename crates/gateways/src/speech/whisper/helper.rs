//! One helper process: started, asked, and killed when it is dropped.

use super::{Heard, WhisperSettings};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;
use ward_whisper_wire::{Ask, FrameError, LENGTHS, Lengths, Told, head_of, read_head};

/// How long it may take to read a model through, to load it and to try it: gigabytes from a slow disk.
const START: Duration = Duration::from_mins(5);
/// How long a helper whose pipe has closed may take to be gone.
const END: Duration = Duration::from_secs(2);

/// Why a helper is of no use any more.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It will not do until someone changes the settings, or the files.
    Unfit(String),
    /// It ended, or does not answer: another one may.
    Ended(String),
}

/// A helper that is ready.
pub(super) struct Helper {
    child: Child,
    to: ChildStdin,
    from: ChildStdout,
    asked: u64,
}

impl Helper {
    /// Starts one, and waits until it is ready.
    pub(super) async fn start(settings: &WhisperSettings) -> Result<Self, Trouble> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let threads = if settings.threads == 0 { cores.div_ceil(2) } else { settings.threads };
        let started = Command::new(&settings.program)
            .arg("--model")
            .arg(&settings.model)
            .arg("--sha256")
            .arg(&settings.sha256)
            .arg("--threads")
            .arg(threads.to_string())
            .arg("--idle-seconds")
            .arg(settings.idle_minutes.saturating_mul(60).to_string())
            // None of this process's secrets is its business.
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        let program = settings.program.display();
        let mut child =
            started.map_err(|error| Trouble::Unfit(format!("{program} cannot be started: {error}")))?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Trouble::Ended("the helper has no pipes".to_owned()));
        };
        let mut helper = Self { child, to, from, asked: 0 };
        match timeout(START, helper.told()).await {
            Ok(Ok(Told::Ready)) => Ok(helper),
            Ok(Ok(Told::Unfit { why })) => {
                Err(Trouble::Unfit(format!("{why}: {}", settings.model.display())))
            }
            Ok(Ok(_)) => Err(Trouble::Unfit(format!("{program} is not Ward's helper"))),
            Ok(Err(_)) => {
                let ended = helper.ended().await;
                Err(Trouble::Ended(format!(
                    "the helper {ended} while it loaded the model: the file may be cut, or memory short"
                )))
            }
            Err(_) => Err(Trouble::Ended(format!("the model was not loaded within {} s", START.as_secs()))),
        }
    }

    /// Asks what is said in samples.
    pub(super) async fn hear(&mut self, samples: &[u8], language: Option<&str>) -> Result<Heard, Trouble> {
        self.asked += 1;
        let told = match self.exchange(samples, language).await {
            Ok(told) => told,
            Err(FrameError::Broken(_)) => {
                return Err(Trouble::Ended(format!(
                    "the helper {} with a piece in hand",
                    self.ended().await
                )));
            }
            Err(error) => return Err(Trouble::Ended(format!("the helper says what is no answer: {error}"))),
        };
        match told {
            Told::Heard { number, language, segments } if number == self.asked => {
                let segments = segments.into_iter().map(Into::into).collect();
                Ok(Heard { language, segments })
            }
            Told::NotHeard { number, why } if number == self.asked => {
                Err(Trouble::Ended(format!("the model gave up: {why}")))
            }
            _ => Err(Trouble::Ended("the helper answers another question".to_owned())),
        }
    }

    async fn exchange(&mut self, samples: &[u8], language: Option<&str>) -> Result<Told, FrameError> {
        let ask = Ask { number: self.asked, language: language.map(str::to_owned) };
        self.to.write_all(&head_of(&ask, samples.len())?).await?;
        self.to.write_all(samples).await?;
        self.to.flush().await?;
        self.told().await
    }

    async fn told(&mut self) -> Result<Told, FrameError> {
        let mut lengths = [0; LENGTHS];
        self.from.read_exact(&mut lengths).await?;
        let Lengths { head, body } = Lengths::of(lengths)?;
        if body > 0 {
            return Err(FrameError::TooLong);
        }
        let mut bytes = vec![0; head];
        self.from.read_exact(&mut bytes).await?;
        read_head(&bytes)
    }

    /// Whether it still runs.
    pub(super) fn lives(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Whether it ended in order: because nothing was asked of it for long.
    pub(super) async fn went_by_itself(&mut self) -> bool {
        matches!(timeout(END, self.child.wait()).await, Ok(Ok(status)) if status.success())
    }

    /// How it ended, in words.
    async fn ended(&mut self) -> String {
        match timeout(END, self.child.wait()).await {
            Ok(Ok(status)) => format!("ended ({status})"),
            _ => "broke off".to_owned(),
        }
    }
}
