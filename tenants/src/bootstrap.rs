//! The platform's first moment: what must stand before there are actors.

use crate::keys::random_key;
use crate::platform;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ward_domain::decision::Change;
use ward_domain::hospital::PlatformState;
use ward_domain::id::Id;
use ward_domain::record::{AggregateKind, Document as _};
use ward_domain::secret::Key32;
use ward_domain::time::Time;
use ward_store::{AggregateRef, Commit, CommitError, Store, StoreError, Stored};

/// The key of log-in hashes: drawn at the first start, read at every later one. This is the one commit that no actor
/// makes, because there is none yet; two processes that start at once agree by the fence like any others.
pub async fn log_in_key(store: &dyn Store, commit_id: Id, now: Time) -> Result<Key32, StoreError> {
    for _ in 0..3 {
        if let Some(stored) = store.get(&platform(), PlatformState::KIND, Id::default()).await? {
            return read(stored);
        }
        let state = PlatformState { log_in_key: STANDARD.encode(random_key().bytes()), created_at: now };
        let commit = Commit {
            id: commit_id.into(),
            at: now,
            aggregate: AggregateRef { kind: AggregateKind::Platform, id: Id::default() },
            expected: 0,
            changes: vec![Change::create(&state)],
            claims: Vec::new(),
            events: Vec::new(),
        };
        match store.commit(&platform(), commit).await {
            Ok(_) | Err(CommitError::Version { .. } | CommitError::Unknown(_)) => {}
            Err(error) => return Err(StoreError::Unavailable(error.to_string())),
        }
    }
    Err(StoreError::Unavailable("the platform's first record could not be written".to_owned()))
}

fn read(stored: Stored) -> Result<Key32, StoreError> {
    let damaged = || StoreError::Damaged("the platform's first record".to_owned());
    let state: PlatformState = stored.document()?;
    let bytes = STANDARD.decode(state.log_in_key).map_err(|_| damaged())?;
    Ok(Key32::new(bytes.try_into().map_err(|_| damaged())?))
}
