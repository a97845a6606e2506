//! What a file passes by on its way to where it is kept: recognition first, then the scanner.

use super::Incoming;
use crate::Fail;
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use ward_domain::refusal::{Kind, Refusal};
use ward_domain::upload::{Media, Recogniser};
use ward_gateways::objects::{ObjectBody, ObjectError};
use ward_gateways::scan::{Scan, ScanError, Verdict};

/// What became known of a file while it passed.
#[derive(Default)]
pub(super) struct Known {
    /// What it is, once it was whole and nothing was wrong with it.
    pub media: Option<Media>,
    /// Why it was stopped.
    pub stopped: Option<Fail>,
}

/// A file that is being looked at while it is kept. A stopped one ends with an error, so that nothing of it is kept.
pub(super) struct Passing {
    bytes: BoxStream<'static, Result<Bytes, Fail>>,
    /// `None` where nobody looks, and once it has had its say.
    recogniser: Option<Recogniser>,
    scan: Option<Box<dyn Scan>>,
    until: Instant,
    known: Arc<Mutex<Known>>,
}

impl Passing {
    /// The body to be kept, and what is known of it afterwards.
    pub(super) fn of(
        file: Incoming,
        recogniser: Option<Recogniser>,
        scan: Option<Box<dyn Scan>>,
        within: Duration,
    ) -> (ObjectBody, Arc<Mutex<Known>>) {
        let known = Arc::new(Mutex::new(Known::default()));
        let passing = Self {
            bytes: file.bytes,
            recogniser,
            scan,
            until: Instant::now() + within,
            known: Arc::clone(&known),
        };
        let body = stream::unfold(Some(passing), |passing| async move {
            let mut passing = passing?;
            match passing.next().await {
                Ok(Some(piece)) => Some((Ok(piece), Some(passing))),
                Ok(None) => None,
                Err(fail) => {
                    passing.note(|known| known.stopped = Some(fail));
                    Some((Err(ObjectError::BrokenOff), None))
                }
            }
        });
        (body.boxed(), known)
    }

    async fn next(&mut self) -> Result<Option<Bytes>, Fail> {
        let next = tokio::time::timeout_at(self.until, self.bytes.next()).await;
        let Some(piece) = next.map_err(|_| too_slow())? else { return self.end().await.map(|()| None) };
        let piece = piece?;
        if let Some(recogniser) = &mut self.recogniser {
            recogniser.take(&piece)?;
        }
        if let Some(scan) = &mut self.scan {
            scan.take(&piece).await.map_err(no_verdict)?;
        }
        Ok(Some(piece))
    }

    async fn end(&mut self) -> Result<(), Fail> {
        let media = self.recogniser.take().map_or(Ok(Media::Bytes), Recogniser::finish)?;
        if let Some(scan) = self.scan.take()
            && let Verdict::Infected(name) = scan.end().await.map_err(no_verdict)?
        {
            tracing::warn!(name, "an infected file was refused");
            return Err(infected().into());
        }
        self.note(|known| known.media = Some(media));
        Ok(())
    }

    fn note(&self, note: impl FnOnce(&mut Known)) {
        note(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

fn too_slow() -> Refusal {
    Refusal::new(Kind::Invalid, "upload_too_slow", "The file took too long to arrive.")
}

/// The reason of a file in which malware was found.
pub(super) const INFECTED: &str = "infected";

fn infected() -> Refusal {
    Refusal::impossible(INFECTED, "Malware was found in this file. It was not kept.")
}

/// Why a file is not taken where there is no verdict on it.
#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
pub(super) fn no_verdict(error: ScanError) -> Fail {
    match error {
        ScanError::TooLarge => Refusal::new(
            Kind::TooLarge,
            "too_large_to_scan",
            "This file is longer than the server's malware scanner takes.",
        ),
        ScanError::Unavailable(_) => {
            metrics::counter!("ward_scan_failures_total").increment(1);
            tracing::error!(%error, "a file could not be looked at, and was not taken");
            Refusal {
                retry_after_seconds: Some(30),
                ..Refusal::new(
                    Kind::Overloaded,
                    "scan_unavailable",
                    "Files cannot be checked for malware now, so none is taken: try again later.",
                )
            }
        }
    }
    .into()
}
