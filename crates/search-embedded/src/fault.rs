//! What can go wrong below, sorted by what to do about it.

use std::io;
use tantivy::TantivyError;
use tantivy::directory::error::{LockError, OpenReadError};
use ward_search::SearchError;

/// Why work on an index did not succeed.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Not now: the disk is full, out of file handles, another process writes.
    Unavailable(String),
    /// What lies on disk cannot be read as an index.
    Damaged(String),
    /// The index was closed meanwhile: open it again.
    Retired,
}

impl Fault {
    pub(crate) fn panicked() -> Self {
        Self::Damaged("reading it panicked".to_owned())
    }

    pub(crate) fn closed() -> Self {
        Self::Unavailable("the index is closed".to_owned())
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind::{InvalidData, NotFound, UnexpectedEof};
        // Files that are missing, short or senseless were torn; any other failure lies outside of the index.
        match error.kind() {
            NotFound | UnexpectedEof | InvalidData => Self::Damaged(error.to_string()),
            _ => Self::Unavailable(error.to_string()),
        }
    }
}

impl From<TantivyError> for Fault {
    fn from(error: TantivyError) -> Self {
        match error {
            TantivyError::LockFailure(LockError::LockBusy, _) => {
                Self::Unavailable("another process writes to this index; one may at a time".to_owned())
            }
            TantivyError::IoError(error) => io::Error::new(error.kind(), error.to_string()).into(),
            TantivyError::OpenReadError(OpenReadError::IoError { io_error, .. }) => {
                io::Error::new(io_error.kind(), io_error.to_string()).into()
            }
            TantivyError::OpenReadError(_)
            | TantivyError::DataCorruption(_)
            | TantivyError::IncompatibleIndex(_)
            | TantivyError::DeserializeError(_)
            | TantivyError::InternalError(_)
            | TantivyError::SchemaError(_) => Self::Damaged(error.to_string()),
            _ => Self::Unavailable(error.to_string()),
        }
    }
}

impl From<Fault> for SearchError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unavailable(why) => Self::Unavailable(why),
            Fault::Damaged(what) => Self::Damaged(what),
            Fault::Retired => Self::Unavailable("the index is being closed".to_owned()),
        }
    }
}
