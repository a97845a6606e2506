//! Holds a store against the log of the processes that died on it.

use crate::plan::{self, WRITERS};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use ward_domain::record::{ClaimOp, Key, List, RecordKind};
use ward_domain::time::Time;
use ward_store::{Bounds, Commit, CommitError, ListQuery, Store};
use ward_store_scylla::ScyllaStore;

#[derive(Default)]
struct Told {
    acknowledged: u64,
    tried: u64,
    won: BTreeSet<u64>,
}

fn read(log: &Path) -> BTreeMap<u64, Told> {
    let mut writers = BTreeMap::<u64, Told>::new();
    for line in std::fs::read_to_string(log).unwrap_or_default().lines() {
        let words: Vec<_> = line.split(' ').collect();
        let [what, writer, step] = words[..] else { panic!("a torn line: {line}") };
        let (writer, step) = (writer.parse().unwrap(), step.parse().unwrap());
        let told = writers.entry(writer).or_default();
        match what {
            "try" => told.tried = step,
            "won" | "ack" => {
                told.acknowledged = step;
                if what == "won" {
                    told.won.insert(step);
                }
            }
            other => panic!("{other}"),
        }
    }
    writers
}

async fn rows(store: &ScyllaStore, list: List, eq: Key) -> Vec<(u64, u64)> {
    let page = store.list(&plan::scope(), &ListQuery::all(list, eq)).await.unwrap();
    assert_eq!(page.total, page.rows.len() as u64, "{list:?}: its total");
    page.rows.iter().map(|row| (row.sort, row.id.get())).collect()
}

/// Checks everything; gives the number of acknowledged commits.
pub async fn check(store: &ScyllaStore, log: &Path) -> u64 {
    let (scope, told) = (plan::scope(), read(log));
    let events: BTreeSet<_> =
        store.pending_events(&scope, 100_000).await.unwrap().iter().map(|stored| stored.event.id).collect();
    let (mut all, mut acknowledged, mut wanted) = (BTreeSet::new(), 0, BTreeMap::<u64, u64>::new());
    let mut expected_events = BTreeSet::new();
    for writer in 0..WRITERS {
        let told =
            told.get(&writer).map_or_else(Told::default, |told| Told { won: told.won.clone(), ..*told });
        acknowledged += told.acknowledged;
        // Records and rows first: to ask for the version would finish the commit that they may be short of.
        let mut there = Vec::new();
        for step in 1..=told.tried + 1 {
            let record = store.get(&scope, RecordKind::Slot, plan::made(writer, step)).await.unwrap();
            if let Some(record) = record {
                assert_eq!(
                    (record.version, record.body.to_vec()),
                    (step, plan::body(writer, step)),
                    "{writer} {step}"
                );
                there.push(step);
            }
        }
        let listed = rows(store, List::SlotsByDoctor, plan::by_doctor(writer)).await;
        let version = store.version(&scope, plan::aggregate(writer)).await.unwrap();
        assert!((told.acknowledged..=told.tried).contains(&version), "writer {writer}: version {version}");
        let kept: Vec<u64> = (version.saturating_sub(1).max(1)..=version).collect();
        assert_eq!(there, kept, "writer {writer}: its records at version {version}");
        let place = |step: u64| (step, plan::made(writer, step).get());
        assert_eq!(
            listed,
            kept.iter().map(|step| place(*step)).collect::<Vec<_>>(),
            "writer {writer}: its rows"
        );
        all.extend(kept.iter().map(|step| place(*step)));
        expected_events.extend((1..=version).map(|step| plan::event(writer, step)));
        claims(store, writer, version, &told).await;
        for step in told.won {
            assert_eq!(
                wanted.insert(step, writer),
                None,
                "two were told that they have the claim of step {step}"
            );
        }
    }
    assert_eq!(rows(store, List::Slots, Key::all()).await, all.iter().copied().collect::<Vec<_>>());
    let wide = store.platform_list(List::MessagesDue, &Key::all(), Bounds::ALL, 100_000).await.unwrap();
    assert_eq!(wide.iter().map(|row| (row.sort, row.id.get())).collect::<BTreeSet<_>>(), all);
    assert_eq!(events, expected_events);
    for (step, writer) in wanted {
        let holder = store.claim(&scope, &plan::wanted(step), Time::default()).await.unwrap();
        assert_eq!(
            holder.map(|claim| claim.owner),
            Some(plan::aggregate(writer)),
            "the claim of step {step}"
        );
    }
    acknowledged
}

/// What a writer holds, and that it holds nothing of a step that never came.
async fn claims(store: &ScyllaStore, writer: u64, version: u64, told: &Told) {
    let scope = plan::scope();
    for step in 1..=told.tried + 1 {
        let holder = store.claim(&scope, &plan::claim(writer, step), Time::default()).await.unwrap();
        let held = step <= version && step + 2 > version;
        assert_eq!(holder.is_some(), held, "writer {writer} at {version}: the claim of step {step}");
    }
    for (step, free) in [(version, version == 0), (version + 1, true), (version.saturating_sub(2), true)] {
        let (start, end) = plan::span(writer, step);
        let prober = ward_store::AggregateRef { id: plan::id(900), ..plan::aggregate(writer) };
        let key = plan::day();
        let expected = store.version(&scope, prober).await.unwrap();
        let probe = Commit {
            id: plan::id(expected + 1).into(),
            at: Time::default(),
            aggregate: prober,
            expected,
            changes: vec![],
            claims: vec![
                ClaimOp::TakeSpan { key: key.clone(), start, end },
                ClaimOp::ReleaseSpan { key, start },
            ],
            events: vec![],
        };
        let answer = store.commit(&scope, probe).await;
        let was_free = !matches!(answer, Err(CommitError::ClaimTaken { .. }));
        assert!(answer.is_ok() || !was_free, "{answer:?}");
        assert_eq!(was_free, free, "writer {writer} at {version}: the span of step {step}");
    }
}
