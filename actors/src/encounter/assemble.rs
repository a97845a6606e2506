//! The first step: chunks become one object, and the recording is listened through.
//!
//! Chunks of one recording are one stream that was cut as it came, or each is a file of its own; the head of the second
//! says which. A stream is put together as it is; files become one WAVE.

use super::source::ObjectSource;
use super::work::{Hand, Trouble};
use crate::aside::{Left, aside};
use crate::shell::Failure;
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc;
use ward_domain::encounter::{AudioChunk, EncounterState, Recording, RecordingCommand};
use ward_domain::id::Id;
use ward_domain::record::{Document as _, Key, List};
use ward_domain::time::HOUR;
use ward_domain::upload::storage::{StorageCommand, shown};
use ward_domain::upload::{Media, ObjectKind};
use ward_gateways::objects::{ByteRange, Expected, Kept, ObjectBody, ObjectError, ObjectKey};
use ward_media::{Container, HEAD, MAX_MS, MediaError, RATE, decode, measure, wave};
use ward_store::{Bounds, ListQuery};

/// Chunks that go with one commit.
const AT_ONCE: usize = 100;
/// How long the object may take to come.
const PATIENCE: i64 = 2 * HOUR;
/// The most bytes of what files become: three hours of two channels.
const MAX_WAVE: u64 = wave::HEADER as u64 + (MAX_MS + 1_000) * (RATE as u64 / 1000) * 4;
/// What was decoded goes on in pieces of so many bytes.
const PIECE: usize = 256 << 10;

/// Puts the recording together if it came in chunks, and listens through it, when there is a place to.
pub(super) async fn audio(hand: &Hand, state: &EncounterState) -> Result<RecordingCommand, Trouble> {
    let gone = || Trouble::never("The recording is not here any more.");
    // To put together is to write as much as was sent: where many end at once, chunks of others wait behind it.
    let _place = hand.turn.env.hearing.decoder().await;
    let mut recording = state.recording.clone().ok_or_else(gone)?;
    if recording.object.is_none() {
        recording = assemble(hand, &recording).await?;
    }
    release(hand).await?;
    let object = recording.object.ok_or_else(gone)?;
    let begun = hand.turn.now();
    let source = source(hand, [(object, recording.bytes)]);
    let (length, percent) = (recording.bytes, Arc::clone(&hand.percent));
    // Its length is not known before its end: 64 kbit/s is what is recommended.
    let guess = (length / 8).max(1);
    let measured = aside("listening", move || {
        measure(Box::new(source), length, &mut |ms| {
            let done = u8::try_from((ms * 100 / guess).min(95)).unwrap_or(95);
            percent.store(done, Ordering::Relaxed);
        })
    });
    let measured = measured.await??;
    if measured.is_silent() {
        return Err(MediaError::Silent.into());
    }
    let took = hand.turn.now().millis().saturating_sub(begun.millis());
    let took = Duration::from_millis(u64::try_from(took).unwrap_or(0));
    let megabytes = u32::try_from(length >> 20).unwrap_or(u32::MAX).max(1);
    hand.turn.env.hearing.audio_pace.measured(took / megabytes);
    let engine = hand.turn.env.hearing.has_engine();
    Ok(RecordingCommand::Measured { duration_ms: measured.duration_ms, cut: measured.cut, engine })
}

/// The bytes of objects, for a decoder.
pub(super) fn source(hand: &Hand, parts: impl IntoIterator<Item = (Id, u64)>) -> ObjectSource {
    let objects = Arc::clone(&hand.turn.env.objects);
    ObjectSource::new(objects, hand.turn.scope, parts, Arc::clone(&hand.stop))
}

/// The chunks of an encounter from a number on, in their order; at most so many.
pub(super) async fn chunks(hand: &Hand, from: u64, limit: usize) -> Result<Vec<AudioChunk>, Failure> {
    let (store, turn) = (&hand.turn.env.store, &hand.turn);
    let bounds = Bounds { from, until: u64::MAX };
    let query = ListQuery { limit, bounds, ..ListQuery::all(List::AudioChunks, Key::of(turn.id.get())) };
    let page = store.list(&turn.scope, &query).await?;
    let ids: Vec<_> = page.rows.iter().map(|row| row.id).collect();
    let found = store.get_many(&turn.scope, AudioChunk::KIND, &ids).await?;
    Ok(found.into_iter().map(ward_store::Stored::document).collect::<Result<_, _>>()?)
}

async fn all_chunks(hand: &Hand) -> Result<Vec<AudioChunk>, Failure> {
    let mut all: Vec<AudioChunk> = Vec::new();
    loop {
        let from = all.last().map_or(0, |last| u64::from(last.number) + 1);
        let more = chunks(hand, from, AT_ONCE).await?;
        let ended = more.len() < AT_ONCE;
        all.extend(more);
        if ended {
            return Ok(all);
        }
    }
}

/// Lets go of chunks that were put together.
async fn release(hand: &Hand) -> Result<(), Trouble> {
    loop {
        let chunks = chunks(hand, 0, AT_ONCE).await?;
        if chunks.is_empty() {
            return Ok(());
        }
        hand.tell(RecordingCommand::Release { chunks }).await?;
    }
}

async fn assemble(hand: &Hand, recording: &Recording) -> Result<Recording, Trouble> {
    let chunks = all_chunks(hand).await?;
    let heads = [head(hand, chunks.first()).await?, head(hand, chunks.get(1)).await?];
    let container = Container::of(&heads[0]).ok_or(MediaError::NotAudio)?;
    let (media, bytes) = if container.begins(&heads[1]) {
        (Media::Wav, MAX_WAVE)
    } else {
        (media(container), recording.bytes)
    };
    let id = begin(hand, bytes).await?;
    let put = if media == Media::Wav && container.begins(&heads[1]) {
        put_files(hand, id, chunks).await
    } else {
        let body = stream_of(hand, chunks);
        put(hand, id, body, bytes).await.map_err(Trouble::from)
    };
    let shown_as = match put {
        Ok(kept) => {
            let claims = vec![shown(id, kept.bytes)];
            let command = RecordingCommand::Assembled { object: id, media, bytes: kept.bytes, claims };
            hand.tell(command).await.map(|state| (state, kept)).map_err(Trouble::from)
        }
        Err(trouble) => Err(trouble),
    };
    match shown_as {
        Ok((state, kept)) => {
            storage(hand, StorageCommand::Keep { id, bytes: kept.bytes });
            state.recording.ok_or_else(|| Trouble::never("The recording is not here any more."))
        }
        Err(trouble) => {
            // Where a commit shows it after all, its claim decides.
            storage(hand, StorageCommand::Lapse { id });
            Err(trouble)
        }
    }
}

const fn media(container: Container) -> Media {
    match container {
        Container::Wav => Media::Wav,
        Container::Mp3 => Media::Mpeg,
        Container::Mp4 => Media::Mp4,
        Container::Ogg => Media::Ogg,
        Container::Webm => Media::Webm,
    }
}

async fn head(hand: &Hand, chunk: Option<&AudioChunk>) -> Result<Vec<u8>, Trouble> {
    let Some(chunk) = chunk else { return Ok(Vec::new()) };
    let key = ObjectKey { kind: ObjectKind::Audio, id: chunk.id };
    let range = Some(ByteRange::Span(0, HEAD as u64 - 1));
    let object = hand.turn.env.objects.get(&hand.turn.scope, key, range).await?;
    let bytes: Vec<Bytes> = object.body.try_collect().await?;
    Ok(bytes.concat())
}

/// An id for an object that will come, known to the hospital's storage.
async fn begin(hand: &Hand, bytes: u64) -> Result<Id, Trouble> {
    let turn = &hand.turn;
    let id = turn.env.ids.next().map_err(Failure::from)?;
    let due = turn.now().plus(PATIENCE);
    // What it is made of was within the limit, and goes when it stands.
    let begin = StorageCommand::Begin { id, kind: ObjectKind::Audio, bytes, limit: None, due };
    hand.actors()?.storage(&turn.scope, begin, Duration::from_mins(1)).await?;
    Ok(id)
}

fn storage(hand: &Hand, command: StorageCommand) {
    if let Ok(actors) = hand.actors() {
        actors.tell_storage(hand.turn.scope, command);
    }
}

async fn put(hand: &Hand, id: Id, body: ObjectBody, max_bytes: u64) -> Result<Kept, ObjectError> {
    let key = ObjectKey { kind: ObjectKind::Audio, id };
    hand.turn.env.objects.put(&hand.turn.scope, key, body, Expected { max_bytes, sha256: None }).await
}

/// Chunks one after the other, each opened when it is its turn.
fn stream_of(hand: &Hand, chunks: Vec<AudioChunk>) -> ObjectBody {
    let (objects, scope) = (Arc::clone(&hand.turn.env.objects), hand.turn.scope);
    stream::iter(chunks)
        .then(move |chunk| {
            let objects = Arc::clone(&objects);
            async move {
                let key = ObjectKey { kind: ObjectKind::Audio, id: chunk.id };
                objects.get(&scope, key, None).await.map(|object| object.body)
            }
        })
        .try_flatten()
        .boxed()
}

/// Files of one recording as one WAVE: listened to once for their lengths, and once more for what is in them.
async fn put_files(hand: &Hand, id: Id, chunks: Vec<AudioChunk>) -> Result<Kept, Trouble> {
    let sources = |hand: &Hand| -> Vec<ObjectSource> {
        chunks.iter().map(|chunk| source(hand, [(chunk.id, chunk.bytes)])).collect()
    };
    let first = sources(hand);
    let lengths = aside("listening", move || lengths(first));
    let (samples, channels) = lengths.await??;
    let (pieces, come) = mpsc::channel::<Result<Bytes, ObjectError>>(2);
    let second = sources(hand);
    let writing = tokio::spawn(aside("listening", move || write(second, samples, channels, &pieces)));
    let body = stream::unfold(come, |mut come| async move { come.recv().await.map(|piece| (piece, come)) });
    let kept = put(hand, id, body.boxed(), MAX_WAVE).await;
    writing.await.unwrap_or(Err(Left::Broken))??;
    Ok(kept?)
}

/// Samples a channel of all files, and how many channels all of them have.
fn lengths(sources: Vec<ObjectSource>) -> Result<(u64, usize), MediaError> {
    let (mut samples, mut channels) = (0_u64, 2);
    for source in sources {
        let length = source.total();
        let decoded = decode(Box::new(source), length, &mut |block| {
            samples += block.channels.first().map_or(0, Vec::len) as u64;
            Ok(())
        })?;
        channels = channels.min(decoded.channels);
        if samples > (MAX_MS + 1_000) * u64::from(RATE / 1000) {
            return Err(MediaError::TooLong);
        }
    }
    Ok((samples, channels))
}

fn write(
    sources: Vec<ObjectSource>,
    samples: u64,
    channels: usize,
    pieces: &mpsc::Sender<Result<Bytes, ObjectError>>,
) -> Result<(), MediaError> {
    let gone = |_| MediaError::Unavailable("nobody takes it any more".to_owned());
    let mut bytes = wave::header(if channels == 2 { 2 } else { 1 }, samples).to_vec();
    for source in sources {
        let length = source.total();
        decode(Box::new(source), length, &mut |block| {
            for at in 0..block.channels.first().map_or(0, Vec::len) {
                for channel in block.channels.iter().take(channels) {
                    bytes.extend_from_slice(&wave::narrow(channel[at]).to_le_bytes());
                }
            }
            if bytes.len() >= PIECE {
                pieces.blocking_send(Ok(std::mem::take(&mut bytes).into())).map_err(gone)?;
            }
            Ok(())
        })?;
    }
    pieces.blocking_send(Ok(bytes.into())).map_err(gone)
}

impl From<ObjectError> for Trouble {
    fn from(error: ObjectError) -> Self {
        tracing::warn!(%error, "a recording could not be kept or read");
        match error {
            ObjectError::NotFound | ObjectError::Damaged(_) => {
                Self::never("The recording cannot be read any more.")
            }
            _ => Self::later("The recording could not be read; it is tried again."),
        }
    }
}
