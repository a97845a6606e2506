//! Looking for malware in what people send in.
//!
//! A file is looked at while it is kept: a [`Scan`] gets the same pieces, in order, and says at the end what it thinks.
//! So memory is bounded, and a file that is infected is never whole anywhere. Without a scanner files are taken and said
//! to be unscanned; with one that does not answer none is taken.

mod clamd;
#[cfg(any(test, feature = "double"))]
pub mod double;

pub use clamd::Clamd;

use async_trait::async_trait;

/// What a scanner thinks of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing was found.
    Clean,
    /// Something was: what the scanner calls it, for the operator's log.
    Infected(String),
}

/// Why there is no verdict.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// Not reachable, too slow, or it answers something else than a verdict.
    #[error("the scanner is unavailable: {0}")]
    Unavailable(String),
    /// The scanner takes no files of this length.
    #[error("the file is longer than the scanner is set up for")]
    TooLarge,
}

/// Looks for malware.
#[async_trait]
pub trait Scanner: Send + Sync + 'static {
    /// Begins to look at one file; `None` where nothing is looked at.
    async fn begin(&self) -> Result<Option<Box<dyn Scan>>, ScanError>;

    /// Whether files could be looked at now, and by what; `None` where nothing is looked at.
    async fn check(&self) -> Result<Option<String>, ScanError>;
}

/// One file that is being looked at. Whoever drops it before its end gives it up.
#[async_trait]
pub trait Scan: Send {
    /// The next piece.
    async fn take(&mut self, piece: &[u8]) -> Result<(), ScanError>;

    /// What it thinks, now that the file is whole.
    async fn end(self: Box<Self>) -> Result<Verdict, ScanError>;
}

/// Looks at nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoScanner;

#[async_trait]
impl Scanner for NoScanner {
    async fn begin(&self) -> Result<Option<Box<dyn Scan>>, ScanError> {
        Ok(None)
    }

    async fn check(&self) -> Result<Option<String>, ScanError> {
        Ok(None)
    }
}
