//! New keys while the hospital works.

use super::{House, damaged, house};
use crate::commit::MAX_COMMIT_BYTES;
use crate::conformance::fixture::{APPOINTMENT, SLOT, at, calendar, claim, draft, id, tenant};
use crate::{Place, Resealed, Sealed, Store, StoreError};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use ward_domain::tenancy::TenantScope;

/// Walks to the end; how many bodies were re-sealed.
async fn reseal_all<S: Store>(sealed: &Sealed<S>, scope: &TenantScope, limit: usize) -> usize {
    let (mut after, mut resealed) = (None, 0);
    loop {
        let part = sealed.reseal(scope, after, limit).await.unwrap();
        assert!(part.scanned <= limit);
        assert_eq!(part.damaged, []);
        resealed += part.resealed;
        if part.next.is_none() {
            return resealed;
        }
        assert!(part.next > after, "the walk does not go on");
        after = part.next;
    }
}

/// The ids of the keys that bodies below lie under.
async fn keys_below(house: &House, scope: &TenantScope) -> Vec<u32> {
    let bodies = house.below.bodies(scope, None, 10_000).await.unwrap();
    let mut keys: Vec<u32> = bodies.iter().filter_map(|body| crate::seal::key_id(&body.body)).collect();
    assert_eq!(keys.len(), bodies.len());
    keys.sort_unstable();
    keys.dedup();
    keys
}

#[tokio::test]
async fn a_rotation_brings_every_document_under_the_new_key() {
    let (house, scope) = (house(), tenant(1));
    let mut commit = draft(calendar(1), 0);
    for number in 1..=50 {
        commit = commit.put(SLOT, number, &format!("slot {number}"), &[]);
    }
    house.sealed.commit(&scope, commit.0).await.unwrap();
    house.sealed.commit(&tenant(2), draft(calendar(1), 0).put(SLOT, 1, "other", &[]).0).await.unwrap();

    house.keys.rotate(&scope);
    house.sealed.commit(&scope, draft(calendar(1), 1).put(SLOT, 51, "slot 51", &[]).0).await.unwrap();
    assert_eq!(keys_below(&house, &scope).await, [1, 2]);
    assert_eq!(reseal_all(&house.sealed, &scope, 7).await, 50);
    assert_eq!(keys_below(&house, &scope).await, [2]);
    assert_eq!(reseal_all(&house.sealed, &scope, 50).await, 0, "a second round finds nothing to do");
    assert_eq!(keys_below(&house, &tenant(2)).await, [1], "another tenant was touched");

    house.keys.destroy(&scope, 1);
    for number in 1..=51 {
        let text = house.read(&scope, SLOT, number).await.unwrap();
        assert_eq!(text, format!("slot {number}").into_bytes());
    }
    // The version is the document's ETag: a new seal is no new version.
    assert_eq!(house.sealed.get(&scope, SLOT, id(1)).await.unwrap().unwrap().version, 1);
}

#[tokio::test]
async fn claims_and_events_stay_under_their_key_until_they_are_written_anew() {
    let (house, scope) = (house(), tenant(1));
    let commit = draft(calendar(1), 0).take(claim(1), "one", None).take(claim(2), "two", None).event(1);
    house.sealed.commit(&scope, commit.0).await.unwrap();
    house.keys.rotate(&scope);
    reseal_all(&house.sealed, &scope, 10).await;
    assert_eq!(house.sealed.claim(&scope, &claim(1), at(0)).await.unwrap().unwrap().body, b"one");
    assert_eq!(house.sealed.pending_events(&scope, 1).await.unwrap()[0].event.body, b"event 1");

    // The owner takes the first one again, which seals it under the new key.
    house.sealed.commit(&scope, draft(calendar(1), 1).take(claim(1), "one", None).0).await.unwrap();
    house.keys.destroy(&scope, 1);
    assert_eq!(house.sealed.claim(&scope, &claim(1), at(0)).await.unwrap().unwrap().body, b"one");
    damaged(house.sealed.claim(&scope, &claim(2), at(0)).await);
    damaged(house.sealed.pending_events(&scope, 1).await);
}

#[tokio::test]
async fn a_damaged_body_is_reported_and_does_not_stop_the_walk() {
    let (house, scope) = (house(), tenant(1));
    let commit =
        draft(calendar(1), 0).put(SLOT, 1, "one", &[]).put(SLOT, 2, "two", &[]).put(SLOT, 3, "three", &[]);
    house.sealed.commit(&scope, commit.0).await.unwrap();
    house.plant(&scope, SLOT, 2, b"not sealed".to_vec()).await;
    house.keys.rotate(&scope);
    let damaged = vec![Place { kind: SLOT, id: id(2) }];
    let expected = Resealed { scanned: 3, resealed: 2, damaged, next: None };
    assert_eq!(house.sealed.reseal(&scope, None, 10).await.unwrap(), expected);
    assert_eq!(house.raw(&scope, SLOT, 2).await, b"not sealed");

    house.keys.rotate(&scope);
    house.keys.unavailable(true);
    let stopped = house.sealed.reseal(&scope, None, 10).await;
    assert!(matches!(stopped, Err(StoreError::Unavailable(_))), "{stopped:?}");
}

#[tokio::test]
async fn large_bodies_are_swapped_in_bounded_batches() {
    let (house, scope) = (house(), tenant(1));
    let large = "x".repeat(MAX_COMMIT_BYTES / 3);
    for version in 0..4 {
        let commit =
            draft(calendar(1), version).put(SLOT, version, &large, &[]).put(APPOINTMENT, version, "x", &[]);
        house.sealed.commit(&scope, commit.0).await.unwrap();
    }
    house.keys.rotate(&scope);
    assert_eq!(reseal_all(&house.sealed, &scope, 100).await, 8);
    assert_eq!(keys_below(&house, &scope).await, [2]);
    for number in 0..4 {
        assert_eq!(house.read(&scope, SLOT, number).await.unwrap(), large.as_bytes());
    }
}

/// Writers count, each on documents of its own, while keys rotate and bodies are re-sealed under them. Nothing that
/// was acknowledged is lost to a swap, and in the end everything lies under the last key.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rotation_under_load_loses_nothing() {
    const WRITERS: u64 = 6;
    const ROTATIONS: u32 = 15;
    /// Documents that no one writes to: each rotation has to re-seal these.
    const STILL: u64 = 10;
    let (house, scope) = (house(), tenant(1));
    let mut still = draft(calendar(99), 0);
    for number in 1..=STILL {
        still = still.put(APPOINTMENT, number, "still", &[]);
    }
    house.sealed.commit(&scope, still.0).await.unwrap();

    let (done, commits) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let mut writers = tokio::task::JoinSet::new();
    for writer in 1..=WRITERS {
        let (sealed, done, commits) = (Arc::clone(&house.sealed), Arc::clone(&done), Arc::clone(&commits));
        writers.spawn(async move {
            let mut version = 0;
            while !done.load(Ordering::Relaxed) || version < 5 {
                let number = writer + WRITERS * (version % 5);
                let commit = draft(calendar(writer), version).put(SLOT, number, &version.to_string(), &[]);
                sealed.commit(&tenant(1), commit.0).await.unwrap();
                // What was acknowledged is read back, whichever key it lies under by now.
                let stored = sealed.get(&tenant(1), SLOT, id(number)).await.unwrap().unwrap();
                assert_eq!(*stored.body, *version.to_string().as_bytes());
                version += 1;
                commits.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
            }
            (writer, version)
        });
    }
    let mut resealed = 0;
    for _ in 0..ROTATIONS {
        // Each rotation finds the writers at work.
        let seen = commits.load(Ordering::Relaxed);
        let at_work = async {
            while commits.load(Ordering::Relaxed) < seen + 2 * WRITERS {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), at_work).await.unwrap();
        house.keys.rotate(&scope);
        resealed += reseal_all(&house.sealed, &scope, 4).await as u64;
    }
    done.store(true, Ordering::Relaxed);
    let written = writers.join_all().await;
    while reseal_all(&house.sealed, &scope, 4).await > 0 {}

    assert!(resealed >= STILL * u64::from(ROTATIONS), "only {resealed} were re-sealed under load");
    assert_eq!(keys_below(&house, &scope).await, [ROTATIONS + 1]);
    house.keys.destroy(&scope, ROTATIONS);
    for (writer, versions) in written {
        for last in versions - 5..versions {
            let number = writer + WRITERS * (last % 5);
            let stored = house.sealed.get(&scope, SLOT, id(number)).await.unwrap().unwrap();
            assert_eq!((stored.version, &*stored.body), (last + 1, last.to_string().as_bytes()));
        }
    }
    for number in 1..=STILL {
        assert_eq!(house.read(&scope, APPOINTMENT, number).await.unwrap(), b"still");
    }
}
