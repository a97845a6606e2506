//! What can go wrong with the demo, for the person at the terminal.

use super::show;
use http::StatusCode;
use serde_json::Value;

/// Room for a body in an error, in characters: more than in the story, since here it is what matters.
const ROOM: usize = 2_000;

/// Why the demo stopped.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    #[error("--server {server}: {why}")]
    Server { server: String, why: String },
    #[error(
        "no platform admin is given: set WARD_ADMIN_EMAIL and WARD_ADMIN_PASSWORD as the server had them at its first start, or use --email and --password"
    )]
    NoAdmin,
    #[error("no server answers at {server} ({why}); start one with `ward serve`, or say where with --server")]
    Unreachable { server: String, why: String },
    #[error("{call}: no answer ({why})")]
    NoAnswer { call: String, why: String },
    #[error(
        "the server does not take the platform admin's log-in ({status} {}); the e-mail address and password are those of its first start", show::short(.body, ROOM)
    )]
    WrongLogIn { status: StatusCode, body: Value },
    #[error("this step failed: {step}\n  {call}\n  {status} {}", show::short(.body, ROOM))]
    Step { step: String, call: String, status: StatusCode, body: Value },
    #[error("this step did not come to an end within {seconds} seconds: {step}\n  {call}\n  last answer: {}", show::short(.body, ROOM))]
    Endless { step: String, call: String, seconds: u64, body: Value },
    #[error("the answer to {call} has no {field}: {}", show::short(.body, ROOM))]
    Shape { call: String, field: &'static str, body: Value },
}
