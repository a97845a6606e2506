//! The recording of a consultation, as one file: with the consultation, or after it.

use super::create::{NewEncounter, create, made_before, pending};
use crate::audit::Attempt;
use crate::house::Versioned;
use crate::request::Known;
use crate::upload::{Delivery, Incoming, Purpose, Received, Words, give_up, keep, receive};
use crate::{Ctx, Fail, House, object};
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream;
use ward_actors::encounter::EncounterMessage;
use ward_domain::encounter::{Encounter, EncounterCommand, MAX_AUDIO_BYTES, Recording, RecordingCommand};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::record::ClaimOp;
use ward_domain::refusal::Refusal;
use ward_domain::secret::digest;
use ward_domain::tenancy::TenantScope;
use ward_domain::time::{MINUTE, Time};
use ward_domain::upload::{Media, ObjectKind, RECORDINGS};
use ward_gateways::objects::ObjectKey;

/// The field that a recording stands in.
const FIELD: &str = "audio_file";
const PURPOSE: Purpose = Purpose {
    kind: ObjectKind::Audio,
    allowed: Some(RECORDINGS),
    max_bytes: Some(MAX_AUDIO_BYTES),
    field: FIELD,
};

/// Creates an encounter of the calling doctor with its recording, if one comes with it. `read` makes sense of the words
/// beside it.
pub async fn record(
    house: &House,
    ctx: &Ctx,
    mut delivery: impl Delivery,
    read: impl FnOnce(&Words) -> Result<NewEncounter, Fail>,
) -> Result<Versioned<Encounter>, Fail> {
    house.permit(ctx, Resource::Encounter, Action::Create, true).await?;
    let file = match delivery.file().await? {
        Some(file) => some(file).await?,
        None => None,
    };
    let Some(file) = file else {
        let words = delivery.words().await?;
        let asked = asked(ctx, digest_of(&words));
        return create(house, &asked, read(&words)?).await;
    };
    let received = receive(house, ctx, PURPOSE, delivery.announced(), file).await?;
    let made = async {
        let words = delivery.words().await?;
        let asked = asked(ctx, received.digest(&words));
        show(house, &asked, read(&words)?, &received).await
    };
    let made = made.await;
    // A request that made one before has another object.
    match &made {
        Ok((_, true)) => keep(house, ctx, &received),
        _ => give_up(house, ctx, &received),
    }
    made.map(|(encounter, _)| encounter)
}

/// Gives an encounter its recording after it was made.
pub async fn give_audio(
    house: &House,
    ctx: &Ctx,
    id: Id,
    announced: Option<u64>,
    file: Incoming,
) -> Result<Encounter, Fail> {
    let found = house.encounter(ctx, id, Action::Update).await?;
    let file = some(file).await?.ok_or_else(|| Refusal::field(FIELD, "This file is empty."))?;
    let received = receive(house, ctx, PURPOSE, announced, file).await?;
    let recording = whole(found.document.id.id(), &received, house.env.now());
    let command = RecordingCommand::Whole { recording: Box::new(recording), claims: vec![received.shown()] };
    let given = tell(house, ctx, id, command).await;
    if given.is_ok() {
        keep(house, ctx, &received);
    } else {
        give_up(house, ctx, &received);
    }
    let given = house.refusable(ctx, &Attempt::to_encounter(id), given).await?;
    house.trace_one(ctx, Action::Update, Resource::Encounter, id, &[]).await?;
    Ok(given)
}

/// The path of a link to an encounter's recording, below the server's address, once all of it is here. The caller has
/// left the entry that says who saw the encounter. It names the encounter: the object behind it may be put together anew.
pub fn audio_link(house: &House, scope: &TenantScope, encounter: &Encounter) -> Option<String> {
    let audio = encounter.audio?;
    let until = house.env.now().plus(house.uploads.settings.link_minutes * MINUTE);
    let key = ObjectKey { kind: ObjectKind::Audio, id: encounter.id.id() };
    Some(object::link(house, scope, key, audio.media, until))
}

/// Has an encounter's actor do something about its recording; answers the encounter.
pub(super) async fn tell(
    house: &House,
    ctx: &Ctx,
    id: Id,
    command: RecordingCommand,
) -> Result<Encounter, Fail> {
    let message = EncounterMessage::Do(Box::new(EncounterCommand::Record(Box::new(command))));
    let asked = house.actors.encounters.ask(&ctx.scope, id, ctx.deadline, message);
    let (state, _) = asked.await.map_err(House::in_flight)?;
    state.encounter.ok_or_else(|| Refusal::not_found("Encounter").into())
}

/// Makes an encounter of a recording that is kept; false where a request made one before.
async fn show(
    house: &House,
    ctx: &Ctx,
    new: NewEncounter,
    received: &Received,
) -> Result<(Versioned<Encounter>, bool), Fail> {
    let id = house.new_id()?;
    let encounter = pending(ctx, id, new)?;
    let mut claims: Vec<ClaimOp> = match house.known(ctx, &[id]).await? {
        Known::New(claims) => claims,
        Known::Done(made) => return Ok((made_before(house, ctx, &made).await?, false)),
    };
    claims.push(received.shown());
    let recording = Box::new(whole(id, received, house.env.now()));
    let encounter = Box::new(encounter);
    let made = tell(house, ctx, id, RecordingCommand::Create { encounter, recording, claims }).await?;
    house.trace_one(ctx, Action::Create, Resource::Encounter, id, &[]).await?;
    Ok((Versioned { document: made, version: 1 }, true))
}

fn whole(id: Id, received: &Received, now: Time) -> Recording {
    // A film is listened to.
    let media = if received.media == Media::Film { Media::Mp4 } else { received.media };
    Recording::whole(id.into(), received.id, media, received.bytes, now)
}

/// A file of which something comes; `None` for an empty part, as forms have where nothing was chosen. What it is called
/// or said to be does not count: phones and browsers call recordings anything.
async fn some(file: Incoming) -> Result<Option<Incoming>, Fail> {
    let Incoming { name, mut bytes, .. } = file;
    let first: Option<Bytes> = loop {
        match bytes.next().await.transpose()? {
            Some(piece) if piece.is_empty() => {}
            other => break other,
        }
    };
    match first {
        None if name.as_deref().is_none_or(str::is_empty) => Ok(None),
        None => Err(Refusal::field(FIELD, "This file is empty.").into()),
        Some(first) => {
            let bytes = stream::iter([Ok(first)]).chain(bytes).boxed();
            Ok(Some(Incoming { name: Some("recording".to_owned()), declared: None, bytes }))
        }
    }
}

/// The same caller, whose request is known by what is in it.
fn asked(ctx: &Ctx, body: [u8; 32]) -> Ctx {
    let mut asked = ctx.clone();
    if let Some(request) = &mut asked.meta.idempotency {
        request.body = body;
    }
    asked
}

fn digest_of(words: &Words) -> [u8; 32] {
    let mut bytes = Vec::new();
    for word in words.iter().flat_map(|(name, word)| [name, word.as_str()]) {
        bytes.extend_from_slice(&(word.len() as u64).to_be_bytes());
        bytes.extend_from_slice(word.as_bytes());
    }
    digest(&bytes)
}
