//! The audit trail is durable before the answer leaves, or the answer does not leave.

use futures::future::join_all;
use std::sync::Arc;
use ward_actors::Limits;
use ward_domain::audit::{AuditEntry, AuditLink, AuditOutcome, ChainHead};
use ward_domain::face::Face;
use ward_domain::record::{AggregateKind, Document as _, Key, List};
use ward_domain::tenancy::TenantScope;
use ward_store::{AggregateRef, ListQuery};
use ward_test_kit::{DEADLINE, Kit, Setup, reason};

fn entry(kit: &Kit, number: usize) -> AuditEntry {
    AuditEntry {
        id: kit.id(),
        at: kit.env.now(),
        actor: None,
        role: None,
        session: None,
        face: Face::Medcor,
        action: "read appointment".into(),
        resource: "appointment".into(),
        resource_id: None,
        patients: Vec::new(),
        outcome: AuditOutcome::Success,
        address: "127.0.0.1".into(),
        request_id: format!("r{number}"),
    }
}

async fn links(kit: &Kit, scope: &TenantScope) -> Vec<AuditLink> {
    let query = ListQuery::all(List::AuditChain, Key::of(kit.actors.chain().get()));
    let mut links = Vec::new();
    for row in kit.env.store.list(scope, &query).await.unwrap().rows {
        let stored = kit.env.store.get(scope, AuditLink::KIND, row.id).await.unwrap().unwrap();
        links.push(stored.document().unwrap());
    }
    links
}

#[tokio::test]
async fn an_entry_is_in_the_store_when_the_call_returns() {
    let kit = Kit::embedded().await;
    let city = kit.hospital("City").await;
    for number in 1..=3 {
        let entry = entry(&kit, number);
        kit.actors.audit(&city, entry.clone()).await.unwrap();
        let links = links(&kit, &city).await;
        assert_eq!((links.len(), links[number - 1].id), (number, entry.id));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn entries_are_committed_together_and_their_chain_verifies() {
    const ENTRIES: usize = 500;
    let kit = Arc::new(Kit::embedded().await);
    let city = kit.hospital("City").await;
    let kept = join_all((0..ENTRIES).map(|number| kit.actors.audit(&city, entry(&kit, number)))).await;
    assert!(kept.iter().all(Result::is_ok));

    let mut links = links(&kit, &city).await;
    assert_eq!(links.len(), ENTRIES);
    let mut head = ChainHead::new(kit.actors.chain());
    for link in &links {
        head.verify_next(link).unwrap();
    }
    let trail = AggregateRef { kind: AggregateKind::AuditTrail, id: kit.actors.chain() };
    let commits = kit.env.store.version(&city, trail).await.unwrap();
    assert!(commits < ENTRIES as u64 / 4, "{commits} commits for {ENTRIES} entries");

    links[7].content = links[7].content.replace("r7", "r8");
    let mut head = ChainHead::new(kit.actors.chain());
    assert!(links.iter().any(|link| head.verify_next(link).is_err()), "an altered entry shows");
}

/// Entries that never stop coming do not pile messages up before the trail, until it refuses them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_steady_stream_of_entries_is_kept_whole() {
    const STREAMS: usize = 8;
    const EACH: usize = 100;
    let limits = Limits { per_entity: 4, ..Limits::default() };
    let kit = Arc::new(Kit::start(Setup { limits, ..Setup::default() }).await);
    let city = kit.hospital("City").await;
    let streams = (0..STREAMS).map(async |_| {
        for number in 0..EACH {
            kit.actors.audit(&city, entry(&kit, number)).await?;
        }
        Ok::<_, ward_actors::Failure>(())
    });
    let kept = join_all(streams).await;
    assert!(kept.iter().all(Result::is_ok), "{kept:?}");
    let trail = AggregateRef { kind: AggregateKind::AuditTrail, id: kit.actors.chain() };
    let commits = kit.env.store.version(&city, trail).await.unwrap();
    assert!(commits < (STREAMS * EACH) as u64, "{commits} commits: none was of more than one entry");
    assert_eq!(links(&kit, &city).await.len(), STREAMS * EACH);
}

#[tokio::test]
async fn without_a_store_everyone_is_told_and_nobody_hangs() {
    let kit = Kit::new().await;
    let city = kit.hospital("City").await;
    kit.actors.audit(&city, entry(&kit, 0)).await.unwrap();
    // Ids and entries first: a store that is closed gives no ids either.
    let entries: Vec<_> = (0..600).map(|number| entry(&kit, number)).collect();
    kit.env.store.close().await.unwrap();

    let all = join_all(entries.into_iter().map(|entry| kit.actors.audit(&city, entry)));
    let told = tokio::time::timeout(DEADLINE, all).await.expect("someone hangs");

    assert_eq!(told.len(), 600);
    for result in told {
        assert_eq!(reason(&result.unwrap_err()), "overloaded");
    }
}
