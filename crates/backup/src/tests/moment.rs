//! A store that cannot show one moment.

use super::{VERSIONS, checked, house, scope_of, secrets};
use crate::{BackupError, backup};
use async_trait::async_trait;
use std::sync::Mutex;
use ward_domain::tenancy::TenantScope;
use ward_domain::time::Time;
use ward_store::conformance::fixture::{SLOT, at, calendar, draft, tenant};
use ward_store::moving::{Cursor, Exported, Part};
use ward_store::{DynStore, Snapshot, StoreError};

/// A store's pages as they come, each of its own moment.
struct Live {
    store: DynStore,
    /// What is committed once the first page of a part was read.
    meanwhile: Mutex<Option<(Part, u64)>>,
}

#[async_trait]
impl Snapshot for Live {
    fn is_one_moment(&self) -> bool {
        false
    }

    async fn floor(&self) -> Result<Time, StoreError> {
        self.store.snapshot().await?.floor().await
    }

    async fn export(
        &self,
        scope: &TenantScope,
        part: Part,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Exported, StoreError> {
        let page = self.store.snapshot().await?.export(scope, part, after, limit).await;
        let due =
            self.meanwhile.lock().unwrap().take_if(|(when, _)| *when == part && scope.tenant().get() == 42);
        if let Some((_, of)) = due {
            let next = draft(calendar(1), VERSIONS).put(SLOT, 9, "meanwhile", &[]);
            self.store.commit(&tenant(of), next.0).await.unwrap();
        }
        page
    }
}

#[tokio::test]
async fn a_store_that_cannot_be_held_still_is_backed_up_only_while_nobody_writes() {
    for (meanwhile, refused) in [
        (None, None),
        (Some((Part::Rows, 42)), Some(42)),
        (Some((Part::Events, 41)), Some(41)),
        (Some((Part::Documents, 42)), Some(42)),
    ] {
        let live = Live { store: house().await, meanwhile: meanwhile.into() };
        let made = backup(&live, &scope_of, &secrets(), at(7), Vec::new(), &mut |_| {}).await;
        match refused {
            None => {
                let (file, summary) = made.unwrap();
                assert_eq!(checked(&file, &secrets()).await.unwrap(), summary);
            }
            Some(of) => {
                let error = made.expect_err("somebody wrote");
                assert!(matches!(error, BackupError::Changed { tenant } if tenant == of), "{error:?}");
            }
        }
    }
}
