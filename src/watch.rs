//! What a running server looks after by itself: whether the place of objects serves, and whether a store that failed can
//! be opened anew.

use crate::settings::Settings;
use crate::wiring::store_room;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use ward_gateways::Objects;
use ward_store::DynStore;

/// How often a place of objects that serves is asked, and one that does not.
const WHILE_GOOD: Duration = Duration::from_secs(10);
const WHILE_BAD: Duration = Duration::from_secs(2);
/// How long one asking may take: a place that takes longer does not serve.
const WITHIN: Duration = Duration::from_secs(10);
/// How often the store is asked whether it still writes.
const STORE: Duration = Duration::from_secs(2);

/// The place of objects, as it was found last.
pub struct ObjectsWatch {
    objects: Arc<dyn Objects>,
    /// Why it does not serve.
    wrong: Mutex<Option<String>>,
}

impl ObjectsWatch {
    /// Asks the place for the first time.
    pub(crate) async fn begin(objects: Arc<dyn Objects>) -> Arc<Self> {
        let watch = Arc::new(Self { objects, wrong: Mutex::default() });
        watch.ask().await;
        watch
    }

    /// Why objects cannot be put and read now, and what to do.
    pub fn wrong(&self) -> Option<String> {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks again and again.
    pub(crate) async fn run(&self) {
        loop {
            let pause = if self.wrong().is_none() { WHILE_GOOD } else { WHILE_BAD };
            tokio::time::sleep(pause).await;
            self.ask().await;
        }
    }

    async fn ask(&self) {
        let found = match tokio::time::timeout(WITHIN, self.objects.check()).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some(format!("the place of objects did not answer within {} s", WITHIN.as_secs())),
        };
        let before =
            std::mem::replace(&mut *self.wrong.lock().unwrap_or_else(PoisonError::into_inner), found.clone());
        metrics::gauge!("ward_objects_up").set(f64::from(u8::from(found.is_none())));
        match (before, found) {
            (None, Some(why)) => tracing::error!(why, "objects cannot be put or read"),
            (Some(_), None) => tracing::info!("objects can be put and read again"),
            _ => {}
        }
    }
}

/// Waits until the store has stopped writing (its disk failed: the embedded store takes nothing more until it is opened
/// anew) and its disk takes writes again. A store that mends itself is never waited for.
pub(crate) async fn until_worth_opening_anew(settings: &Settings, store: DynStore) {
    loop {
        tokio::time::sleep(STORE).await;
        if store.ping().await.is_ok() {
            continue;
        }
        let asked = settings.clone();
        match tokio::task::spawn_blocking(move || store_room(&asked)).await {
            // Whoever serves it elsewhere sees to it.
            Ok(None) => {}
            Ok(Some(Ok(_))) => {
                // Between the two it may have been closed, or mended by whoever runs it.
                if store.ping().await.is_err() {
                    return;
                }
            }
            Ok(Some(Err(error))) => tracing::warn!(%error, "the store waits for its disk"),
            Err(error) => tracing::error!(%error, "the store's disk could not be looked at"),
        }
    }
}
