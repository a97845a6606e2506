//! A recording that still goes on is listened to as its chunks come, where the engine can: the doctor sees what was
//! heard. It is a help for the eye: the transcript is written from the whole, afterwards.

use super::assemble::{chunks, source};
use super::listen::hear;
use super::work::Hand;
use crate::aside::aside;
use crate::shell::Turn;
use std::sync::Arc;
use ward_domain::encounter::EncounterState;
use ward_media::{Piece, cut, measure};

/// Recordings are listened to live as far as so many bytes go: later slices cannot be decoded without those before, and
/// each time it begins at the beginning.
const MAX_BYTES: u64 = 8 << 20;
/// The most chunks of them.
const MAX_CHUNKS: usize = 400;
/// What is sent of them: the end.
const WINDOW_MS: u64 = 30_000;

/// Listens on beside the actor, if that is worth anything: one at a time for each encounter, and only where a place at
/// the engine is free.
pub(super) fn listen_on(turn: &Turn, state: &EncounterState) {
    let hearing = &turn.env.hearing;
    let Some(recording) = &state.recording else { return };
    // Gaps cannot be decoded over.
    let Some(&(1, until)) = recording.received.first() else { return };
    if !hearing.engine.hears_live() || recording.closed || recording.bytes > MAX_BYTES {
        return;
    }
    let Some(place) = hearing.listener_now() else { return };
    if !hearing.listens(turn.scope.tenant(), turn.id, until) {
        return;
    }
    let hand = Hand { turn: turn.clone(), percent: Arc::default(), stop: Arc::default() };
    turn.env.tasks.spawn(async move {
        let heard = latest(&hand, until).await;
        drop(place);
        let (hearing, tenant) = (&hand.turn.env.hearing, hand.turn.scope.tenant());
        if let Some(text) = heard {
            hearing.say(tenant, hand.turn.id, &text);
            // Nothing is committed by it, but who watches is told.
            hand.turn.env.updates.tell(tenant, hand.turn.id);
        }
        hearing.rests(tenant, hand.turn.id);
    });
}

/// The end of what is said in the chunks up to a number.
async fn latest(hand: &Hand, until: u32) -> Option<String> {
    let mut chunks = chunks(hand, 0, MAX_CHUNKS).await.ok()?;
    chunks.retain(|chunk| chunk.number <= until);
    let parts: Vec<_> = chunks.iter().map(|chunk| (chunk.id, chunk.bytes)).collect();
    let _place = hand.turn.env.hearing.decoder().await;
    let (first, second) = (source(hand, parts.clone()), source(hand, parts));
    let length = first.total();
    let last = aside("listening", move || {
        let measured = measure(Box::new(first), length, &mut |_| {}).ok()?;
        let mut last: Option<Piece> = None;
        let keep = &mut |piece: Piece| {
            last = Some(piece);
            Ok(())
        };
        cut(Box::new(second), length, &measured.tracks[..1], WINDOW_MS, keep).ok()?;
        last
    });
    let heard = hear(hand, &last.await.ok()??).await.ok()?;
    let texts: Vec<_> = heard.segments.iter().map(|segment| segment.text.as_str()).collect();
    Some(texts.join("\n")).filter(|text| !text.is_empty())
}
