//! What can go wrong with the server, each with what to do about it. No variant carries what was searched or fed: the
//! server's own messages quote it, so only their codes are kept.

use crate::http::Transport;
use meilisearch_sdk::errors::{Error, ErrorCode};
use std::time::Duration;
use ward_search::SearchError;

/// Why the server could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The settings themselves are wrong.
    #[error("{0}")]
    Settings(String),
    /// Nobody answers at the address.
    #[error(
        "Meilisearch cannot be reached at {url} ({reason}): start it there, or set search.meilisearch.url to where it is"
    )]
    Unreachable {
        /// Where it was looked for.
        url: String,
        /// What the network says.
        reason: String,
    },
    /// It takes too long to answer.
    #[error(
        "Meilisearch did not answer within {0:?}: look at its load, or raise search.meilisearch.timeout_ms"
    )]
    Slow(Duration),
    /// It does not take the key.
    #[error(
        "Meilisearch refuses the key: set search.meilisearch.key to its master key, or to a key with all actions on Ward's indexes, and version"
    )]
    WrongKey,
    /// Its version is too old.
    #[error("Meilisearch {found} is too old: Ward needs {}.{} or later", crate::MIN_VERSION.0, crate::MIN_VERSION.1)]
    WrongVersion {
        /// The version that it says.
        found: String,
    },
    /// Its indexes belong to a later program.
    #[error(
        "the index {index} has settings {found}, and this program knows them up to {known}: update this program, or set another search.meilisearch.index_prefix"
    )]
    LaterSettings {
        /// Which index.
        index: String,
        /// The number that stands in it.
        found: u64,
        /// The number of this program.
        known: u64,
    },
    /// An index is gone since it was last seen.
    #[error("an index is gone from Meilisearch: it is made anew and fed again")]
    IndexGone,
    /// It refused a request that this program thinks right.
    #[error("Meilisearch refuses a request ({0}): is it changed by someone else? See `ward check`")]
    Refused(String),
    /// A task that it had taken failed.
    #[error("Meilisearch could not carry a change out ({0}): see its log")]
    TaskFailed(String),
    /// A task waits for too long.
    #[error("Meilisearch has not carried a change out within {0:?}: it is busy, or stands still")]
    TaskSlow(Duration),
    /// What answers is no Meilisearch.
    #[error("what answers at {0} does not speak as Meilisearch does: check search.meilisearch.url")]
    Strange(String),
    /// It was closed on this side.
    #[error("the index is closed")]
    Closed,
}

impl From<Fault> for SearchError {
    fn from(fault: Fault) -> Self {
        Self::Unavailable(fault.to_string())
    }
}

impl Fault {
    /// From what the SDK says of a call to `url`.
    pub(crate) fn of(error: &Error, url: &str) -> Self {
        match error {
            Error::Meilisearch(refusal) => match refusal.error_code {
                ErrorCode::InvalidApiKey | ErrorCode::MissingAuthorizationHeader => Self::WrongKey,
                ErrorCode::IndexNotFound => Self::IndexGone,
                ref code => Self::Refused(name(code)),
            },
            Error::MeilisearchCommunication(answer) if matches!(answer.status_code, 502..=504) => {
                Self::Unreachable { url: url.to_owned(), reason: format!("status {}", answer.status_code) }
            }
            Error::Other(other) => match other.downcast_ref::<Transport>() {
                Some(Transport::Slow(waited)) => Self::Slow(*waited),
                Some(Transport::Broken(reason)) => {
                    Self::Unreachable { url: url.to_owned(), reason: reason.clone() }
                }
                None => Self::Strange(url.to_owned()),
            },
            _ => Self::Strange(url.to_owned()),
        }
    }
}

/// A code of the server's, by its name in its documents.
pub(crate) fn name(code: &ErrorCode) -> String {
    match serde_json::to_value(code) {
        Ok(serde_json::Value::String(name)) => name,
        _ => "unknown".to_owned(),
    }
}
