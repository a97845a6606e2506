//! Carries merges of two accounts of one patient on, step by step, until everything that can move has moved.
//!
//! This is a saga, not an actor: it runs beside them, tells the duplicate's account how far it is, and each doctor's
//! calendar what to give to whom. The plan in the store says where to go on, every step may be done twice, and the
//! platform's clockwork begins again where nobody is at it: so it ends whatever dies.

use crate::shell::Failure;
use crate::{Actors, Env};
use dashmap::DashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use ward_domain::account::{Account, AccountCommand, MergePlan, MergeProgress, MergeStage, MergeStep, Moved};
use ward_domain::audit::{AuditEntry, AuditOutcome, Deed, resource_word};
use ward_domain::id::{Id, UserId};
use ward_domain::policy::{Resource, Role};
use ward_domain::record::Document;
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;

mod moving;

/// How long one step of it waits for an actor.
const DEADLINE: Duration = Duration::from_secs(30);
/// After a failure nobody tries again for so long, in milliseconds.
const PATIENCE_MS: i64 = 5_000;
/// Things looked at together.
const PAGE: usize = 128;
/// Merges that are followed from one survivor to the next.
const MAX_HOPS: usize = 16;

/// The merges that this process is at, or has just failed at.
#[derive(Debug, Default)]
pub(crate) struct Merging(DashMap<(TenantId, Id), Option<Time>>);

impl Actors {
    /// Carries a merge on beside the caller, unless this process is at it already.
    pub fn carry_merge_on(
        self: &Arc<Self>,
        scope: TenantScope,
        duplicate: Id,
    ) -> Option<JoinHandle<Result<(), Failure>>> {
        let (key, now) = ((scope.tenant(), duplicate), self.env().now());
        {
            let mut entry = self.merging.0.entry(key).or_insert(Some(now));
            // `None`: someone is at it. A time: not before that.
            if entry.value().is_none_or(|not_before| not_before > now) {
                return None;
            }
            *entry.value_mut() = None;
        }
        let tree = Arc::clone(self);
        Some(self.env().tasks.spawn(async move {
            let ended = carry_on(&tree, &scope, duplicate).await;
            match &ended {
                Ok(()) => {
                    tree.merging.0.remove(&key);
                }
                Err(failure) => {
                    tracing::warn!(tenant = scope.tenant().get(), %failure, "a merge is carried on later");
                    tree.merging.0.insert(key, Some(tree.env().now().plus(PATIENCE_MS)));
                }
            }
            ended
        }))
    }
}

/// Goes on from where the plan is, as far as it goes now.
async fn carry_on(tree: &Arc<Actors>, scope: &TenantScope, duplicate: Id) -> Result<(), Failure> {
    let env = tree.env();
    loop {
        let Some(plan) = find::<MergePlan>(env, scope, duplicate).await? else { return Ok(()) };
        let progress = match plan.stage {
            MergeStage::Prepared => prepared(tree, scope, &plan).await?,
            MergeStage::Moving => moved(tree, scope, &plan).await?,
            MergeStage::Moved if plan.due.is_some_and(|due| due <= env.now()) => {
                moved(tree, scope, &plan).await?
            }
            MergeStage::Moved | MergeStage::Settled => return Ok(()),
        };
        tree.accounts.ask(scope, duplicate, DEADLINE, AccountCommand::CarryMergeOn(progress)).await?;
    }
}

/// Both are claimed, so that nobody merges the survivor away: now it counts what it is.
async fn prepared(
    tree: &Arc<Actors>,
    scope: &TenantScope,
    plan: &MergePlan,
) -> Result<MergeProgress, Failure> {
    let survivor = find::<Account>(tree.env(), scope, plan.survivor.id()).await?;
    let good =
        survivor.is_some_and(|one| one.active && one.role == Role::Patient && one.merged_into.is_none());
    let (outcome, progress) = if good {
        (AuditOutcome::Success, MergeProgress::Go)
    } else {
        (AuditOutcome::Refused, MergeProgress::Drop)
    };
    // Before it is so: a trace too many after a crash is better than none.
    trace(tree, scope, plan, Resource::Patient, plan.duplicate.id(), outcome).await?;
    Ok(progress)
}

/// A merge that is being carried on.
struct Merge<'a> {
    tree: &'a Arc<Actors>,
    scope: &'a TenantScope,
    plan: &'a MergePlan,
    /// Who has what moves.
    to: UserId,
}

/// Every kind of thing moves.
async fn moved(tree: &Arc<Actors>, scope: &TenantScope, plan: &MergePlan) -> Result<MergeProgress, Failure> {
    let to = survivor(tree.env(), scope, plan.survivor).await?;
    let merge = Merge { tree, scope, plan, to };
    let mut moved = Moved::default();
    for step in MergeStep::ALL {
        match step {
            MergeStep::Appointments => merge.appointments(&mut moved).await?,
            MergeStep::Chart => {
                merge.allergies().await?;
                moved.documents += merge.chart().await?;
            }
        }
    }
    Ok(MergeProgress::Moved(moved))
}

/// Who it is today: the survivor may have been merged into another since.
async fn survivor(env: &Env, scope: &TenantScope, mut user: UserId) -> Result<UserId, Failure> {
    for _ in 0..MAX_HOPS {
        match find::<Account>(env, scope, user.id()).await?.and_then(|account| account.merged_into) {
            Some(next) => user = next,
            None => break,
        }
    }
    Ok(user)
}

async fn find<D: Document>(env: &Env, scope: &TenantScope, id: Id) -> Result<Option<D>, Failure> {
    match env.store.get(scope, D::KIND, id).await? {
        Some(stored) => Ok(Some(stored.document()?)),
        None => Ok(None),
    }
}

/// Says in the trail what was done on whose behalf.
async fn trace(
    tree: &Arc<Actors>,
    scope: &TenantScope,
    plan: &MergePlan,
    resource: Resource,
    id: Id,
    outcome: AuditOutcome,
) -> Result<(), Failure> {
    let behalf = plan.behalf.clone();
    let entry = AuditEntry {
        id: tree.env().ids.next()?,
        at: tree.env().now(),
        actor: Some(behalf.user),
        role: Some(behalf.role),
        session: Some(behalf.session),
        face: behalf.face,
        action: Deed::Merge.word().to_owned(),
        resource: resource_word(resource).to_owned(),
        resource_id: Some(id),
        patients: vec![plan.duplicate, plan.survivor],
        outcome,
        address: behalf.address,
        request_id: behalf.request_id,
    };
    tree.audit(scope, entry).await
}
