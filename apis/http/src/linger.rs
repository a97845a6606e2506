//! What is left of a body that nobody wants. A socket that is closed on a sender who still sends takes the answer with it,
//! which says what was wrong: so the rest is read on for a moment, and thrown away.

use crate::failure::Failure;
use axum::body::BodyDataStream;
use futures::StreamExt as _;
use std::time::Duration;

/// How long it is read on.
const LINGER: Duration = Duration::from_secs(5);

/// Reads a body on beside the answer.
pub(crate) fn linger(mut rest: BodyDataStream) {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
    // Not among the tracked tasks: it is over in a moment, and a drain must not wait for it.
    drop(runtime.spawn(tokio::time::timeout(LINGER, async move {
        // Pieces over the limit come as errors, so these end nothing: what has broken off does.
        while let Some(piece) = rest.next().await {
            if piece.is_err_and(|error| !Failure::of_body(&error).is_too_large()) {
                return;
            }
        }
    })));
}
