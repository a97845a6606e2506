//! Finding out whether another's reservation came to something.

use super::{Pointer, fence_of};
use crate::fault::Fault;
use crate::fence::{Fence, Held};
use std::time::Duration;
use tokio::time::Instant;

/// Between two looks at a fence whose turn has not come.
const PAUSE: Duration = Duration::from_millis(10);

/// What the owner of a pointer holds under an item, once nothing that reserved it can come any more.
///
/// Waits for a commit under way for as long as `patience`, and then takes its turn.
pub(super) async fn settle(
    fence: &Fence<'_>,
    pointer: &Pointer,
    item: &[u8],
    stands: impl Fn(&Held) -> bool,
    patience: Duration,
) -> Result<Option<Held>, Fault> {
    let owner = fence_of(fence, pointer.owner);
    let begun = Instant::now();
    let mut pause = PAUSE;
    loop {
        if let Some(held) = owner.hold(item).await?
            && stands(&held)
        {
            return Ok(Some(held));
        }
        let turn = owner.turn().await?;
        if turn >= pointer.ticket.turn {
            // Everything of that turn and before is at a quorum after this; a plain read may have met one replica.
            owner.read().await?;
            return owner.hold(item).await;
        }
        if begun.elapsed() < patience {
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(patience / 4);
        } else {
            owner.burn(turn).await?;
        }
    }
}

/// True while a reservation may still come to something.
pub(super) async fn is_pending(fence: &Fence<'_>, pointer: &Pointer) -> Result<bool, Fault> {
    Ok(fence_of(fence, pointer.owner).turn().await? < pointer.ticket.turn)
}
