//! The store on a CQL server, and what keeps it tended.

use super::SystemClock;
use crate::settings::Settings;
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::Duration;
use ward_store::StoreError;
use ward_store_scylla::{Options, ScyllaStore, Tls};

/// How often what dead processes left is looked for, and counts are rolled up.
const TEND_EVERY: Duration = Duration::from_secs(5);

/// The back end's options from the settings.
pub fn options(settings: &Settings) -> Options {
    let scylla = &settings.store.scylla;
    let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let file = |path: &Path| Some(path.to_owned()).filter(|path| !path.as_os_str().is_empty());
    Options {
        nodes: scylla.nodes.clone(),
        keyspace: scylla.keyspace.clone(),
        datacenter: given(&scylla.datacenter),
        replication: scylla.replication,
        username: given(&scylla.username),
        password: given(&scylla.password),
        tls: file(&scylla.tls.ca_file).map(|ca_file| Tls {
            ca_file,
            cert_file: file(&scylla.tls.cert_file),
            key_file: file(&scylla.tls.key_file),
        }),
        request_timeout: Duration::from_millis(scylla.request_timeout_ms),
        ..Options::new(Arc::new(SystemClock))
    }
}

/// Opens the store and tends it for as long as it is in use.
pub(super) async fn open(settings: &Settings) -> Result<Arc<ScyllaStore>, StoreError> {
    let store = Arc::new(ScyllaStore::open(options(settings)).await?);
    tracing::info!(server = store.server().await?, keyspace = settings.store.scylla.keyspace, "store opened");
    for warning in store.warnings().await? {
        tracing::warn!("{warning}");
    }
    tokio::task::spawn(tend(Arc::downgrade(&store)));
    Ok(store)
}

async fn tend(store: Weak<ScyllaStore>) {
    loop {
        tokio::time::sleep(TEND_EVERY).await;
        let Some(store) = store.upgrade().filter(|store| !store.is_closed()) else { return };
        match store.tend().await {
            Ok(tended) if tended.finished > 0 => {
                tracing::warn!(commits = tended.finished, "finished what another process had left");
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "the store could not be tended; it is tried again"),
        }
    }
}
