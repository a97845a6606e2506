//! Verifying a hospital's trail: every link of every chain, and every signed head.

use super::HeadSigner;
use crate::Fail;
use crate::house::read;
use std::collections::BTreeMap;
use ward_domain::audit::{AuditLink, ChainHead, SignedHead};
use ward_domain::id::Id;
use ward_domain::record::{Document as _, Key, List};
use ward_domain::tenancy::TenantScope;
use ward_store::{ListQuery, Slice, Store, Stored};

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditReport {
    /// Links that are sound.
    pub links: u64,
    /// Chains.
    pub chains: u64,
    /// Signed heads that hold.
    pub heads: u64,
    /// What is wrong, a line each; empty where all is well.
    pub faults: Vec<String>,
}

/// Walks the trail of one hospital. `progress` hears how many links were looked at.
pub async fn verify(
    store: &dyn Store,
    scope: &TenantScope,
    signer: &HeadSigner,
    mut progress: impl FnMut(u64) + Send,
) -> Result<AuditReport, Fail> {
    let mut report = AuditReport::default();
    let mut chains: BTreeMap<Id, Vec<AuditLink>> = BTreeMap::new();
    let mut listed = 0;
    // The rows by time name every link; a link without its row, or a row without its link, shows as a gap.
    let mut slice = Slice::Offset(0);
    loop {
        let page =
            store.list(scope, &ListQuery { slice, ..ListQuery::all(List::AuditByTime, Key::all()) }).await?;
        let Some(last) = page.rows.last() else { break };
        slice = Slice::After { sort: last.sort, id: last.id };
        for row in &page.rows {
            listed += 1;
            match one(store, scope, AuditLink::KIND, row.id).await {
                Ok(stored) => match read::<AuditLink>(stored) {
                    Ok(link) => chains.entry(link.document.chain).or_default().push(link.document),
                    Err(_) => report.faults.push(format!("entry {}: cannot be read", row.id)),
                },
                Err(fault) => report.faults.push(format!("entry {}: {fault}", row.id)),
            }
        }
        progress(listed);
    }
    let mut ends = BTreeMap::new();
    for (chain, mut links) in chains {
        links.sort_by_key(|link| link.sequence);
        let mut head = ChainHead::new(chain);
        let mut hashes = BTreeMap::new();
        for link in &links {
            if let Err(fault) = head.verify_next(link) {
                report.faults.push(fault.to_string());
                // Go on behind the fault: what follows may be sound, and a reader wants to know.
                head = ChainHead { chain, sequence: link.sequence, hash: link.hash.clone() };
            } else {
                report.links += 1;
            }
            hashes.insert(link.sequence, link.hash.clone());
        }
        report.chains += 1;
        ends.insert(chain, hashes);
    }
    check_heads(store, scope, signer, &ends, &mut report).await?;
    Ok(report)
}

async fn check_heads(
    store: &dyn Store,
    scope: &TenantScope,
    signer: &HeadSigner,
    ends: &BTreeMap<Id, BTreeMap<u64, String>>,
    report: &mut AuditReport,
) -> Result<(), Fail> {
    let mut slice = Slice::Offset(0);
    loop {
        let page =
            store.list(scope, &ListQuery { slice, ..ListQuery::all(List::AuditHeads, Key::all()) }).await?;
        let Some(last) = page.rows.last() else { return Ok(()) };
        slice = Slice::After { sort: last.sort, id: last.id };
        for row in &page.rows {
            let stored = one(store, scope, SignedHead::KIND, row.id).await;
            let head =
                stored.and_then(|stored| read::<SignedHead>(stored).map_err(|_| "cannot be read".to_owned()));
            let head = match head {
                Ok(head) => head.document,
                Err(fault) => {
                    report.faults.push(format!("signed head {}: {fault}", row.id));
                    continue;
                }
            };
            let stands =
                ends.get(&head.chain).and_then(|hashes| hashes.get(&head.sequence)) == Some(&head.hash);
            if !signer.is_good(&head) {
                report.faults.push(format!(
                    "chain {}: the signature of its head {} is not good",
                    head.chain, head.sequence
                ));
            } else if !stands {
                report.faults.push(format!(
                    "chain {}: link {} is not what was signed, or is missing",
                    head.chain, head.sequence
                ));
            } else {
                report.heads += 1;
            }
        }
    }
}

async fn one(
    store: &dyn Store,
    scope: &TenantScope,
    kind: ward_domain::record::RecordKind,
    id: Id,
) -> Result<Stored, String> {
    match store.get(scope, kind, id).await {
        Ok(Some(stored)) => Ok(stored),
        Ok(None) => Err("is missing".to_owned()),
        Err(ward_store::StoreError::Damaged(_)) => {
            Err("was altered: it does not open under its key".to_owned())
        }
        Err(other) => Err(other.to_string()),
    }
}
