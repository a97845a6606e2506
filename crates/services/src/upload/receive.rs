//! A file comes in.

use super::passing::{INFECTED, Known, Passing, no_verdict};
use super::{Incoming, Purpose, Uploads, Words, lapse};
use crate::{Ctx, Fail, House};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use ward_domain::id::Id;
use ward_domain::record::ClaimOp;
use ward_domain::refusal::{Kind, Refusal};
use ward_domain::secret::digest;
use ward_domain::upload::storage::{StorageCommand, shown};
use ward_domain::upload::{FileName, Media, Recogniser, Sent};
use ward_gateways::objects::{Expected, Kept, ObjectBody, ObjectError, ObjectKey};

/// How long a place among those under way is waited for.
const PLACE_WITHIN: Duration = Duration::from_secs(3);

/// A file that is kept, and that nobody can see yet.
#[derive(Debug)]
pub(crate) struct Received {
    /// Its object's id.
    pub id: Id,
    /// What it is called.
    pub name: FileName,
    /// What it is.
    pub media: Media,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: [u8; 32],
    /// True where a scanner found nothing; false where there is none.
    pub scanned: bool,
}

impl Received {
    /// What the commit of the record that shows it takes along.
    pub fn shown(&self) -> ClaimOp {
        shown(self.id, self.bytes)
    }

    /// The digest of the request that brought it, for a request's key: a form never has the same bytes twice.
    pub fn digest(&self, words: &Words) -> [u8; 32] {
        let mut bytes = self.sha256.to_vec();
        for word in std::iter::once(self.name.as_str())
            .chain(words.iter().flat_map(|(name, word)| [name, word.as_str()]))
        {
            bytes.extend_from_slice(&(word.len() as u64).to_be_bytes());
            bytes.extend_from_slice(word.as_bytes());
        }
        digest(&bytes)
    }
}

/// Keeps a file, if nothing is wrong with it. The caller has asked the policy.
pub(crate) async fn receive(
    house: &House,
    ctx: &Ctx,
    purpose: Purpose,
    announced: Option<u64>,
    file: Incoming,
) -> Result<Received, Fail> {
    let received = take(house, ctx, purpose, announced, file).await;
    let outcome = match &received {
        Ok(_) => "kept",
        Err(Fail::Refused(refusal)) if refusal.reason == INFECTED => "infected",
        Err(Fail::Refused(refusal)) if refusal.kind != Kind::Overloaded => "refused",
        Err(_) => "failed",
    };
    metrics::counter!("ward_uploads_total", "outcome" => outcome).increment(1);
    received
}

async fn take(
    house: &House,
    ctx: &Ctx,
    purpose: Purpose,
    announced: Option<u64>,
    file: Incoming,
) -> Result<Received, Fail> {
    let uploads = &house.uploads;
    let permit = uploads.begin().await?;
    let name = file.name.as_deref().and_then(FileName::read);
    let name =
        name.ok_or_else(|| Refusal::field(purpose.field, "This file has no name that can be shown."))?;
    let scan = uploads.scanner.begin().await.map_err(no_verdict)?;
    let scanned = scan.is_some();
    let sent = Sent { name: name.clone(), declared: file.declared.clone() };
    let recogniser = purpose.allowed.map(|allowed| Recogniser::new(purpose.field, allowed, sent));
    let within = Duration::from_secs(u64::try_from(uploads.settings.minutes).unwrap_or(1).saturating_mul(60));

    let id = house.new_id()?;
    let max_bytes = purpose.max_bytes.unwrap_or(uploads.settings.max_bytes);
    let begin = StorageCommand::Begin {
        id,
        kind: purpose.kind,
        bytes: announced.unwrap_or(max_bytes).min(max_bytes),
        limit: uploads.settings.hospital_bytes,
        due: house.env.now().plus(uploads.patience()),
    };
    house.actors.storage(&ctx.scope, begin, ctx.deadline).await?;

    let (body, known) = Passing::of(file, recogniser, scan, within);
    let key = ObjectKey { kind: purpose.kind, id };
    let put = put(house, ctx, key, body, max_bytes, permit).await;
    let known = std::mem::take(&mut *lock(&known));
    match (put, known) {
        (Some(Ok(kept)), Known { media: Some(media), .. }) => {
            Ok(Received { id, name, media, bytes: kept.bytes, sha256: kept.sha256, scanned })
        }
        (_, Known { stopped: Some(fail), .. }) => Err(fail),
        (Some(Err(error)), _) => Err(refused(&error, purpose.field)),
        _ => Err(Fail::Fault("an upload ended in neither a file nor an error".to_owned())),
    }
}

/// Puts an object beside the request, so that it ends well or is given up even where its sender has gone.
async fn put(
    house: &House,
    ctx: &Ctx,
    key: ObjectKey,
    body: ObjectBody,
    max_bytes: u64,
    permit: OwnedSemaphorePermit,
) -> Option<Result<Kept, ObjectError>> {
    let (env, actors, scope) = (house.env.clone(), house.actors.clone(), ctx.scope);
    let (tell, told) = oneshot::channel();
    house.env.tasks.spawn(async move {
        let put = env.objects.put(&scope, key, body, Expected { max_bytes, sha256: None }).await;
        drop(permit);
        let kept = put.is_ok();
        // Nothing of it is wanted: it was stopped, or nobody waits for it any more.
        if tell.send(put).is_err() || !kept {
            lapse(&actors, scope, key.id);
        }
    });
    told.await.ok()
}

fn lock(known: &Mutex<Known>) -> std::sync::MutexGuard<'_, Known> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the place of objects says, for the sender.
fn refused(error: &ObjectError, field: &'static str) -> Fail {
    match error {
        ObjectError::TooLarge { limit } => {
            let message = format!("Must have at most {} MB.", limit >> 20);
            Refusal::new(Kind::TooLarge, "body_too_large", "The file is over the limit of this operation.")
                .and_field(field, message)
                .into()
        }
        error => {
            tracing::error!(%error, "a file could not be kept");
            Refusal {
                retry_after_seconds: Some(30),
                ..Refusal::new(
                    Kind::Overloaded,
                    "objects_unavailable",
                    "Files cannot be kept now: try again later.",
                )
            }
            .into()
        }
    }
}

impl Uploads {
    /// A place among those under way. Nothing is read of who waits for one: chunks of many recordings that come at once are
    /// short, and the next place is free in a moment.
    pub(crate) async fn begin(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        let place = tokio::time::timeout(PLACE_WITHIN, self.permits.clone().acquire_owned()).await;
        let overloaded = || Refusal::overloaded("Too many files are on their way. Try again in a moment.");
        place.ok().and_then(Result::ok).ok_or_else(overloaded)
    }
}
