//! A chunk of a recording that goes on. It is durable before the answer, and counts once however often it is sent.

use super::audio::tell;
use crate::audit::Attempt;
use crate::upload::{Delivery, Incoming, Purpose, give_up, keep, receive};
use crate::{Ctx, Fail, House};
use ward_domain::encounter::{
    AudioChunk, Encounter, MAX_CHUNK_BYTES, MAX_CHUNKS, Recording, RecordingCommand,
};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_domain::secret::hex;
use ward_domain::upload::{ObjectKind, RECORDINGS};

/// The field that a chunk stands in.
const FIELD: &str = "audio_chunk";
/// Missing chunks that are named at once.
const NAMED: usize = 100;

/// What is said of a chunk before it comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkHead {
    /// Of which encounter.
    pub encounter: Id,
    /// From 1.
    pub number: u32,
    /// How many there will be, if that is known.
    pub expected: Option<u32>,
}

/// A chunk that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its number.
    pub number: u32,
    /// How many there will be, as far as was said; at least those that are here.
    pub expected: u32,
    /// What was heard so far; empty where nothing was.
    pub partial: String,
    /// Numbers that are missing, at most a hundred.
    pub missing: Vec<u32>,
    /// True once the recording has ended and all of it is here.
    pub complete: bool,
}

/// Takes a chunk in. Whether it is the last stands in the word `is_final` beside it.
pub async fn add_chunk(
    house: &House,
    ctx: &Ctx,
    head: ChunkHead,
    mut delivery: impl Delivery,
) -> Result<Received, Fail> {
    let found = house.encounter(ctx, head.encounter, Action::Update).await?;
    let mut errors = FieldErrors::default();
    let number = 1..=MAX_CHUNKS;
    errors.check(number.contains(&head.number), "X-Chunk-Number", "Must be 1 to 10000.");
    let expected = head.expected.is_none_or(|all| number.contains(&all) && all >= head.number);
    errors.check(expected, "X-Total-Chunks", "Must be at most 10000, and not below X-Chunk-Number.");
    errors.finish()?;
    let file = delivery.file().await?.ok_or_else(|| Refusal::field(FIELD, "This field is required."))?;
    let added = take(house, ctx, &found.document, head, file, &mut delivery).await;
    let recording = house.refusable(ctx, &Attempt::to_encounter(head.encounter), added).await?;
    house.trace_one(ctx, Action::Update, Resource::Encounter, head.encounter, &[]).await?;
    Ok(Received {
        number: head.number,
        expected: recording.last.unwrap_or(recording.expected).max(recording.count()).max(head.number),
        partial: house.env.hearing.partial(ctx.scope.tenant(), head.encounter),
        missing: recording.missing(NAMED),
        complete: recording.closed,
    })
}

async fn take(
    house: &House,
    ctx: &Ctx,
    encounter: &Encounter,
    head: ChunkHead,
    file: Incoming,
    delivery: &mut impl Delivery,
) -> Result<Recording, Fail> {
    let purpose = Purpose {
        kind: ObjectKind::Audio,
        // Later slices of a stream have no head that says what they are.
        allowed: (head.number == 1).then_some(RECORDINGS),
        max_bytes: Some(MAX_CHUNK_BYTES),
        field: FIELD,
    };
    let file = Incoming { name: Some("chunk".to_owned()), declared: None, bytes: file.bytes };
    let received = receive(house, ctx, purpose, delivery.announced(), file).await?;
    let shown = async {
        if received.bytes == 0 {
            return Err(Refusal::field(FIELD, "This chunk is empty.").into());
        }
        let words = delivery.words().await?;
        let last = is_final(words.get("is_final").map_or("", String::as_str))?;
        let chunk = AudioChunk {
            id: received.id,
            encounter: encounter.id,
            number: head.number,
            bytes: received.bytes,
            sha256: hex(&received.sha256),
            at: house.env.now(),
        };
        let claims = vec![received.shown()];
        let command = RecordingCommand::Add { chunk: Box::new(chunk), expected: head.expected, last, claims };
        tell(house, ctx, head.encounter, command).await?;
        let recording = house.find::<Recording>(&ctx.scope, head.encounter).await?;
        recording.map(|found| found.document).ok_or_else(|| Refusal::not_found("Recording").into())
    };
    let shown: Result<Recording, Fail> = shown.await;
    let here = house.find::<AudioChunk>(&ctx.scope, received.id).await;
    // A repetition is answered from the chunk that stands, and its own bytes go. Where it is not known, the claim decides.
    match (&shown, here) {
        (Ok(_), Ok(Some(_))) => keep(house, ctx, &received),
        _ => give_up(house, ctx, &received),
    }
    shown
}

fn is_final(word: &str) -> Result<bool, Fail> {
    match word.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Ok(true),
        "" | "false" | "0" => Ok(false),
        _ => Err(Refusal::field("is_final", "Must be true or false.").into()),
    }
}
