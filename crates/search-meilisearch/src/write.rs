//! Feeding the indexes.
//!
//! The server replaces a document by whatever comes later, and cannot be told *only if this is newer*. So each version
//! of a document has a key of its own, and three steps follow: what is older than what stands is dropped; the rest is
//! put, and what it supersedes is removed; then what stands is read again, and of several versions all but the newest
//! are removed. Of several writers, of this process or another, the one whose documents are put last sees those of all
//! others, so one version is left whatever the order. For the moment between the two tasks a search may meet two
//! versions of a document.

use crate::fault::Fault;
use crate::server::Server;
use crate::{document, filter, schema};
use meilisearch_sdk::task_info::TaskInfo;
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;
use ward_domain::tenancy::TenantId;
use ward_search::{DocumentKind, IndexOp, Version};

/// Documents of one request, at the most, and about how many bytes of text are in it.
const PUT: usize = 1_000;
const PUT_BYTES: usize = 4 << 20;
/// Ids in one filter.
const ASKED: usize = 1_000;

/// What stands in an index.
#[derive(Debug, Deserialize)]
struct Standing {
    key: String,
    id: u64,
    version: Version,
    #[serde(default)]
    gone: bool,
}

impl Standing {
    const fn rank(&self) -> (Version, bool) {
        (self.version, self.gone)
    }
}

/// Carries out those operations that are not older than what stands.
pub(crate) async fn apply(server: &Server, tenant: TenantId, ops: &[IndexOp]) -> Result<(), Fault> {
    let newest = IndexOp::newest(ops);
    for &kind in DocumentKind::ALL {
        let of_kind: Vec<&IndexOp> = newest.iter().copied().filter(|op| op.target().0 == kind).collect();
        for ops in of_kind.chunks(ASKED) {
            apply_to(server, tenant, kind, ops).await?;
        }
    }
    Ok(())
}

async fn apply_to(
    server: &Server,
    tenant: TenantId,
    kind: DocumentKind,
    ops: &[&IndexOp],
) -> Result<(), Fault> {
    let ids: Vec<u64> = ops.iter().map(|op| op.target().1.get()).collect();
    let before = standing(server, tenant, kind, &ids).await?;
    let (mut puts, mut superseded) = (Batches::default(), Vec::new());
    for op in ops {
        let stands = before.get(&op.target().1.get()).map_or(&[][..], Vec::as_slice);
        if stands.iter().any(|other| other.rank() > op.rank()) {
            continue;
        }
        let (key, written) = document::of(tenant, op);
        superseded.extend(stands.iter().filter(|other| other.key != key).map(|other| other.key.clone()));
        puts.add(written, op);
    }
    if puts.all.is_empty() {
        return Ok(());
    }
    let mut tasks = Vec::new();
    for batch in puts.all {
        tasks.push(server.put(kind, batch).await?);
    }
    remove(server, kind, superseded, &mut tasks).await?;
    finish(server, tasks).await?;
    let mut older = Vec::new();
    for stands in standing(server, tenant, kind, &ids).await?.into_values() {
        let highest = stands.iter().map(Standing::rank).max();
        older.extend(stands.into_iter().filter(|one| Some(one.rank()) != highest).map(|one| one.key));
    }
    let mut tasks = Vec::new();
    remove(server, kind, older, &mut tasks).await?;
    finish(server, tasks).await
}

/// Requests that are neither too many nor too large.
#[derive(Default)]
struct Batches {
    all: Vec<Vec<Value>>,
    bytes: usize,
}

impl Batches {
    fn add(&mut self, written: Value, op: &IndexOp) {
        let bytes = match op {
            IndexOp::Put(document) => document.texts.iter().map(|(_, text)| text.len()).sum(),
            IndexOp::Remove { .. } => 0,
        };
        let full = self.bytes + bytes > PUT_BYTES || self.all.last().is_none_or(|batch| batch.len() >= PUT);
        if full {
            self.all.push(Vec::new());
            self.bytes = 0;
        }
        self.bytes += bytes;
        if let Some(batch) = self.all.last_mut() {
            batch.push(written);
        }
    }
}

async fn standing(
    server: &Server,
    tenant: TenantId,
    kind: DocumentKind,
    ids: &[u64],
) -> Result<HashMap<u64, Vec<Standing>>, Fault> {
    let listed: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
    let filter = format!("{} AND {} IN [{}]", filter::of_tenant(tenant), schema::ID, listed.join(","));
    let fields = [schema::KEY, schema::ID, schema::VERSION, schema::GONE];
    let mut by_id: HashMap<u64, Vec<Standing>> = HashMap::new();
    for one in server.documents::<Standing>(kind, &filter, &fields).await? {
        by_id.entry(one.id).or_default().push(one);
    }
    Ok(by_id)
}

async fn remove(
    server: &Server,
    kind: DocumentKind,
    keys: Vec<String>,
    tasks: &mut Vec<TaskInfo>,
) -> Result<(), Fault> {
    if !keys.is_empty() {
        tasks.push(server.remove(kind, &keys).await?);
    }
    Ok(())
}

async fn finish(server: &Server, tasks: Vec<TaskInfo>) -> Result<(), Fault> {
    for task in tasks {
        server.done(task, |_| {}).await?;
    }
    Ok(())
}

/// Says that a tenant's index is complete.
pub(crate) async fn mark_complete(server: &Server, tenant: TenantId) -> Result<(), Fault> {
    let mut tasks = Vec::new();
    for &kind in DocumentKind::ALL {
        tasks.push(server.put(kind, vec![document::mark(tenant)]).await?);
    }
    finish(server, tasks).await
}

/// Removes everything of a tenant.
pub(crate) async fn destroy(server: &Server, tenant: TenantId) -> Result<(), Fault> {
    let mut tasks = Vec::new();
    for &kind in DocumentKind::ALL {
        tasks.push(server.remove_where(kind, &filter::of_tenant(tenant)).await?);
    }
    finish(server, tasks).await
}
