//! Live sessions, kept in memory and forgotten with every commit to their account: log-out and deactivation take
//! effect on the next request.

use crate::house::read;
use crate::{Fail, House};
use std::sync::Arc;
use std::time::Duration;
use ward_actors::env::Watcher;
use ward_domain::account::{Account, Session};
use ward_domain::id::{Id, UserId};
use ward_domain::policy::Role;
use ward_domain::record::{AggregateKind, Document as _, Key, List};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;
use ward_store::ListQuery;

/// Accounts kept at most.
const MAX_KEPT: u64 = 200_000;
/// How long an account is kept where it alone is written by this process.
const KEEP: Duration = Duration::from_mins(10);
/// And where others write too: what they do takes effect within a second.
const KEEP_SHARED: Duration = Duration::from_millis(900);

/// What a request must know of its account.
#[derive(Debug)]
pub(crate) struct Live {
    pub active: bool,
    pub role: Role,
    pub sessions: Vec<(Id, Time)>,
}

/// The accounts whose sessions were asked for lately.
pub struct Sessions {
    kept: moka::sync::Cache<(TenantId, UserId), Arc<Live>>,
}

impl Sessions {
    /// None yet. `shared` says that other processes write too.
    pub fn new(shared: bool) -> Arc<Self> {
        let keep = if shared { KEEP_SHARED } else { KEEP };
        Arc::new(Self {
            kept: moka::sync::Cache::builder().max_capacity(MAX_KEPT).time_to_live(keep).build(),
        })
    }

    /// Forgets an account with every commit to it.
    pub fn watcher(self: &Arc<Self>) -> Watcher {
        let sessions = Arc::clone(self);
        Arc::new(move |scope, aggregate| {
            if aggregate.kind == AggregateKind::Account {
                sessions.kept.invalidate(&(scope.tenant(), aggregate.id.into()));
            }
        })
    }

    pub(crate) async fn live(
        &self,
        house: &House,
        scope: &TenantScope,
        user: UserId,
    ) -> Result<Option<Arc<Live>>, Fail> {
        let key = (scope.tenant(), user);
        if let Some(live) = self.kept.get(&key) {
            return Ok(Some(live));
        }
        // A commit between the reads and the insert would be missed: the version says whether there was one.
        let aggregate = ward_store::AggregateRef { kind: AggregateKind::Account, id: user.id() };
        let before = house.env.store.version(scope, aggregate).await?;
        let Some(account) = house.find::<Account>(scope, user.id()).await? else { return Ok(None) };
        let page =
            house.env.store.list(scope, &ListQuery::all(List::SessionsByUser, Key::of(user.get()))).await?;
        let ids: Vec<Id> = page.rows.iter().map(|row| row.id).collect();
        let mut sessions = Vec::with_capacity(ids.len());
        for stored in house.env.store.get_many(scope, Session::KIND, &ids).await? {
            let session = read::<Session>(stored)?.document;
            sessions.push((session.id.id(), session.expires_at));
        }
        let live = Arc::new(Live { active: account.document.active, role: account.document.role, sessions });
        self.kept.insert(key, Arc::clone(&live));
        if house.env.store.version(scope, aggregate).await? != before {
            self.kept.invalidate(&key);
        }
        Ok(Some(live))
    }
}
