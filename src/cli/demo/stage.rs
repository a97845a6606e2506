//! Where the steps happen: each is a sentence, a request and its answer.

use super::client::{Answer, Call, Client};
use super::show;
use super::trouble::Trouble;
use crate::cli::say;
use http::StatusCode;
use serde_json::Value;
use std::fmt::Display;
use std::time::Duration;
use tokio::time::Instant;

/// How often something that is under way is asked about, and for how long.
const POLL: Duration = Duration::from_millis(250);
const POLL_FOR: Duration = Duration::from_mins(1);

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Voice {
    /// Each step with its request and answer.
    Story,
    /// How far it is.
    Progress,
    /// Nothing.
    Silent,
}

/// Does steps, and tells of them.
pub(super) struct Stage {
    client: Client,
    voice: Voice,
    steps: usize,
}

/// The answer to a step that went well.
pub(super) struct Reply {
    call: String,
    /// As sent.
    pub body: Value,
}

impl Stage {
    pub fn new(client: Client) -> Self {
        Self { client, voice: Voice::Silent, steps: 0 }
    }

    /// Speaks like this from now on.
    pub fn speak(&mut self, voice: Voice) {
        self.voice = voice;
    }

    /// The server's URL, without a slash at the end.
    pub fn base(&self) -> &str {
        self.client.base()
    }

    /// A heading of the story.
    pub fn chapter(&self, title: &str) {
        if self.voice == Voice::Story {
            say(format_args!("── {title}\n"));
        }
    }

    /// A heading of the filling.
    pub fn heading(&self, title: &str) {
        if self.voice == Voice::Progress {
            say(title);
        }
    }

    /// Says how far a part of the filling is: at its quarters.
    pub fn progress(&self, what: impl Display, done: usize, of: usize) {
        let quarter = (of / 4).max(1);
        if self.voice == Voice::Progress && (done == of || done.is_multiple_of(quarter)) {
            say(format_args!("  {what}: {done} of {of}"));
        }
    }

    /// A step that must succeed.
    pub async fn step(&mut self, step: &str, call: Call) -> Result<Reply, Trouble> {
        let answer = self.client.send(&call).await?;
        self.tell(step, &call, &answer);
        if answer.status.is_success() {
            return Ok(Reply { call: call.line(), body: answer.body });
        }
        Err(failed(step, &call, answer))
    }

    /// A step that the server must refuse with this status.
    pub async fn refusal(&mut self, step: &str, call: Call, status: StatusCode) -> Result<Reply, Trouble> {
        let answer = self.client.send(&call).await?;
        self.tell(step, &call, &answer);
        if answer.status == status {
            return Ok(Reply { call: call.line(), body: answer.body });
        }
        Err(failed(step, &call, answer))
    }

    /// A step that is asked again until its answer is `done`; the last answer is told.
    pub async fn until(
        &mut self,
        step: &str,
        call: Call,
        done: impl Fn(&Value) -> bool,
    ) -> Result<Reply, Trouble> {
        let end = Instant::now() + POLL_FOR;
        loop {
            let answer = self.client.send(&call).await?;
            if !answer.status.is_success() {
                return Err(failed(step, &call, answer));
            }
            if done(&answer.body) {
                self.tell(step, &call, &answer);
                return Ok(Reply { call: call.line(), body: answer.body });
            }
            if Instant::now() >= end {
                let (step, seconds) = (step.to_owned(), POLL_FOR.as_secs());
                return Err(Trouble::Endless { step, call: call.line(), seconds, body: answer.body });
            }
            tokio::time::sleep(POLL).await;
        }
    }

    fn tell(&mut self, step: &str, call: &Call, answer: &Answer) {
        if self.voice == Voice::Story {
            self.steps += 1;
            say(format_args!("{:>2}. {step}", self.steps));
            show::exchange(call, answer);
        }
    }
}

fn failed(step: &str, call: &Call, answer: Answer) -> Trouble {
    let Answer { status, body } = answer;
    Trouble::Step { step: step.to_owned(), call: call.line(), status, body }
}

impl Reply {
    /// The id at a JSON pointer.
    pub fn id(&self, field: &'static str) -> Result<u64, Trouble> {
        self.body.pointer(field).and_then(Value::as_u64).ok_or_else(|| self.lacks(field))
    }

    /// The text at a JSON pointer.
    pub fn text(&self, field: &'static str) -> Result<String, Trouble> {
        self.body
            .pointer(field)
            .and_then(Value::as_str)
            .map(ToOwned::to_owned)
            .ok_or_else(|| self.lacks(field))
    }

    /// The list at a JSON pointer; `""` is the body itself.
    pub fn list(&self, field: &'static str) -> Result<&[Value], Trouble> {
        self.body.pointer(field).and_then(Value::as_array).map(Vec::as_slice).ok_or_else(|| self.lacks(field))
    }

    /// That something is missing from this answer.
    pub fn lacks(&self, field: &'static str) -> Trouble {
        Trouble::Shape { call: self.call.clone(), field, body: self.body.clone() }
    }
}
