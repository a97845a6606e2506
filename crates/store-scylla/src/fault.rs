//! What can go wrong between this program and the server, as far as the store tells it apart.

use scylla::errors::{BrokenConnectionErrorKind, DbError, ExecutionError, PrepareError, RequestAttemptError};
use ward_store::{CommitError, StoreError};

/// Why a statement has no answer.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// The server did not begin with it: nothing was done.
    Refused(String),
    /// It may or may not have been carried out, now or later.
    Unknown(String),
    /// What the server holds is not what this program wrote.
    Damaged(String),
    /// The program and the server do not fit: the text says what to do.
    Unusable(String),
}

impl Fault {
    pub(crate) fn damaged(what: &str) -> Self {
        Self::Damaged(what.to_owned())
    }

    pub(crate) fn prepare(error: &PrepareError) -> Self {
        let text = error.to_string();
        // A table or column that is not there: the schema is not this program's.
        if text.contains("nconfigured table")
            || text.contains("ndefined column")
            || text.contains("nrecognized name")
        {
            return Self::Unusable(format!(
                "the keyspace does not hold this program's tables; run `ward migrate` ({text})"
            ));
        }
        Self::Refused(text)
    }

    pub(crate) fn execution(error: &ExecutionError) -> Self {
        // Of an error only its kind is told: messages of the server may quote keys.
        match error {
            ExecutionError::EmptyPlan | ExecutionError::ConnectionPoolError(_) => {
                Self::Refused("no node can be reached".to_owned())
            }
            ExecutionError::RequestTimeout(after) => {
                Self::Unknown(format!("no answer within {} ms", after.as_millis()))
            }
            ExecutionError::LastAttemptError(error) => Self::attempt(error),
            ExecutionError::BadQuery(_) => Self::Damaged("a statement does not fit its table".to_owned()),
            other => Self::Unknown(other.to_string()),
        }
    }

    fn attempt(error: &RequestAttemptError) -> Self {
        match error {
            RequestAttemptError::UnableToAllocStreamId => Self::Refused("the connection is full".to_owned()),
            RequestAttemptError::SerializationError(_) | RequestAttemptError::CqlRequestSerialization(_) => {
                Self::Damaged("a statement does not fit its table".to_owned())
            }
            RequestAttemptError::BrokenConnectionError(broken) => {
                match broken.downcast_ref::<BrokenConnectionErrorKind>() {
                    Some(kind) => Self::Unknown(format!("the connection broke: {kind}")),
                    None => Self::Unknown("the connection broke".to_owned()),
                }
            }
            RequestAttemptError::DbError(kind, _) => match kind {
                // A server can find that out in the last phase of a transaction, too.
                DbError::Unavailable { .. } => Self::Unknown("too few replicas are up".to_owned()),
                DbError::Overloaded => Self::Unknown("the server is overloaded".to_owned()),
                DbError::IsBootstrapping => Self::Refused("the node is starting".to_owned()),
                DbError::RateLimitReached { .. } => Self::Refused("the server's rate limit is reached".to_owned()),
                DbError::AuthenticationError | DbError::Unauthorized => Self::Unusable(
                    "the server does not let this user work in the keyspace; check [store.scylla] username and \
                     password, and what the role may do"
                        .to_owned(),
                ),
                DbError::SyntaxError | DbError::Invalid | DbError::ConfigError => {
                    Self::Unusable(format!("the server does not understand a statement: {kind}"))
                }
                other => Self::Unknown(other.to_string()),
            },
            other => Self::Unknown(other.to_string()),
        }
    }

    fn text(self) -> String {
        match self {
            Self::Refused(text) | Self::Unknown(text) | Self::Damaged(text) | Self::Unusable(text) => text,
        }
    }

    /// For a commit of which nothing has been done that counts.
    pub(crate) fn undone(self) -> CommitError {
        CommitError::Unavailable(self.text())
    }

    /// For a commit that may stand.
    pub(crate) fn unknown(self) -> CommitError {
        CommitError::Unknown(self.text())
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Refused(text) | Fault::Unknown(text) => Self::Unavailable(text),
            Fault::Damaged(text) => Self::Damaged(text),
            Fault::Unusable(text) => Self::Unusable(text),
        }
    }
}
