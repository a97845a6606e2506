//! What is needed to listen to recordings: an engine, places for who decodes and who asks the engine, how long both take,
//! and what was heard of recordings that still go on.

use crate::pace::NotePace;
use moka::ops::compute::Op;
use moka::sync::Cache;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use ward_domain::id::Id;
use ward_domain::tenancy::TenantId;
use ward_gateways::SpeechToText;

/// The most recordings of which partial texts are kept: those go first that have waited the longest for more.
const MAX_PARTIALS: u64 = 10_000;
/// How long one is kept of a recording of which nothing more comes.
const KEPT: Duration = Duration::from_hours(1);
/// The most characters of a partial text: its end.
const MAX_CHARS: usize = 4_000;

/// What is needed to listen to recordings.
pub struct Hearing {
    /// Who hears what is said.
    pub engine: Arc<dyn SpeechToText>,
    /// How long it takes to listen through a megabyte.
    pub audio_pace: NotePace,
    /// How long it takes to write down a minute.
    pub speech_pace: NotePace,
    decoders: Arc<Semaphore>,
    listeners: Arc<Semaphore>,
    partials: Cache<(TenantId, Id), Partial>,
}

/// What was heard of a recording that still goes on.
#[derive(Debug, Default, Clone)]
struct Partial {
    text: String,
    /// The chunk up to which it was heard.
    until: u32,
    /// True while somebody listens on.
    busy: bool,
}

/// A place among those who decode or ask.
#[derive(Debug)]
pub(crate) struct Place {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Hearing {
    /// With an engine, and places for so many who decode and who ask it at once.
    pub fn new(engine: Arc<dyn SpeechToText>, decoders: usize, listeners: usize) -> Self {
        let places = |count: usize| Arc::new(Semaphore::new(count.clamp(1, Semaphore::MAX_PERMITS)));
        Self {
            engine,
            audio_pace: NotePace::default(),
            speech_pace: NotePace::default(),
            decoders: places(decoders),
            listeners: places(listeners),
            partials: Cache::builder().max_capacity(MAX_PARTIALS).time_to_idle(KEPT).build(),
        }
    }

    /// True where there is an engine.
    pub fn has_engine(&self) -> bool {
        self.engine.engine().is_some()
    }

    /// A place to put a recording together and to decode.
    pub(crate) async fn decoder(&self) -> Place {
        Self::place(&self.decoders).await
    }

    /// A place to ask the engine.
    pub(crate) async fn listener(&self) -> Place {
        Self::place(&self.listeners).await
    }

    /// A place to ask the engine for a recording that goes on, if one is free: who waits would hear old news.
    pub(crate) fn listener_now(&self) -> Option<Place> {
        let permit = self.listeners.clone().try_acquire_owned().ok()?;
        Some(Place { _permit: Some(permit) })
    }

    async fn place(places: &Arc<Semaphore>) -> Place {
        // Never closed.
        let permit = places.clone().acquire_owned().await.ok();
        Place { _permit: permit }
    }

    /// What was heard so far of a recording that goes on; empty where nothing was.
    pub fn partial(&self, tenant: TenantId, encounter: Id) -> String {
        self.partials.get(&(tenant, encounter)).map(|partial| partial.text).unwrap_or_default()
    }

    /// Says what was heard so far: its end is kept.
    pub(crate) fn say(&self, tenant: TenantId, encounter: Id, text: &str) {
        let over = text.chars().count().saturating_sub(MAX_CHARS);
        let text: String = text.chars().skip(over).collect();
        self.change(tenant, encounter, |partial| partial.text = text);
    }

    /// Whether somebody should listen on, up to a chunk. Who is told so says [`Hearing::rests`] in the end.
    pub(crate) fn listens(&self, tenant: TenantId, encounter: Id, until: u32) -> bool {
        let mut begins = false;
        self.change(tenant, encounter, |partial| {
            begins = !partial.busy && partial.until < until;
            if begins {
                (partial.busy, partial.until) = (true, until);
            }
        });
        begins
    }

    /// Nobody listens on for now.
    pub(crate) fn rests(&self, tenant: TenantId, encounter: Id) {
        self.partials.entry((tenant, encounter)).and_compute_with(|entry| {
            entry.map_or(Op::Nop, |entry| Op::Put(Partial { busy: false, ..entry.into_value() }))
        });
    }

    /// The recording is written down.
    pub(crate) fn forget(&self, tenant: TenantId, encounter: Id) {
        self.partials.invalidate(&(tenant, encounter));
    }

    fn change(&self, tenant: TenantId, encounter: Id, change: impl FnOnce(&mut Partial)) {
        self.partials.entry((tenant, encounter)).and_upsert_with(|entry| {
            let mut partial = entry.map(moka::Entry::into_value).unwrap_or_default();
            change(&mut partial);
            partial
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ward_gateways::NoSpeech;

    #[test]
    fn one_listens_on_at_a_time_and_the_end_of_what_was_heard_is_kept() {
        let hearing = Hearing::new(Arc::new(NoSpeech), 1, 1);
        let (tenant, id) = (TenantId::from_number(1), Id::new(5).unwrap());
        assert!(!hearing.has_engine());
        assert!(hearing.listens(tenant, id, 1));
        assert!(!hearing.listens(tenant, id, 2), "somebody listens");
        hearing.rests(tenant, id);
        assert!(!hearing.listens(tenant, id, 1), "that was heard");
        assert!(hearing.listens(tenant, id, 2));
        hearing.say(tenant, id, &format!("x{}", "م".repeat(MAX_CHARS)));
        assert_eq!(hearing.partial(tenant, id).chars().count(), MAX_CHARS);
        hearing.forget(tenant, id);
        assert_eq!(hearing.partial(tenant, id), "");
    }
}
