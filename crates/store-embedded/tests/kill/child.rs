//! The process that is killed: many writers, each on an aggregate of its own, until the end.

use crate::log::Log;
use crate::plan;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use ward_store::{CommitError, Store};
use ward_store_embedded::{EmbeddedStore, Options};

pub const FOLDER: &str = "WARD_KILL_FOLDER";
pub const POINT: &str = "WARD_KILL_POINT";
pub const NTH: &str = "WARD_KILL_NTH";

pub fn options() -> Options {
    // So small that chunks split, tables are written out and compacted while the test runs.
    Options { chunk_rows: 8, memtable_bytes: 1 << 20, ..Options::default() }
}

pub fn run(folder: &Path) {
    let point = std::env::var(POINT).unwrap();
    let left = AtomicU32::new(std::env::var(NTH).unwrap().parse().unwrap());
    let hook = move |reached: &'static str| {
        if reached == point && left.fetch_sub(1, Ordering::Relaxed) == 1 {
            std::process::abort();
        }
    };
    let options = Options { break_points: Some(Arc::new(hook)), ..options() };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(async {
        let store = Arc::new(EmbeddedStore::open(folder.join("store"), options).unwrap());
        let log = Arc::new(Log::open(folder));
        let writers: Vec<_> = (0..plan::WRITERS)
            .map(|writer| tokio::spawn(write(store.clone(), log.clone(), writer)))
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
    });
}

async fn write(store: Arc<EmbeddedStore>, log: Arc<Log>, writer: u64) {
    let scope = plan::scope(writer);
    let version = store.version(&scope, plan::aggregate(writer)).await.unwrap();
    for step in version + 1.. {
        if plan::wants(step) {
            log.trying(writer, step, true);
            match store.commit(&scope, plan::commit(writer, step, true)).await {
                Ok(done) => {
                    assert_eq!(done.version, step);
                    log.acknowledged(writer, step, true);
                    continue;
                }
                Err(CommitError::ClaimTaken { key, .. }) => assert_eq!(key, plan::wanted(step)),
                Err(other) => panic!("{other}"),
            }
        }
        log.trying(writer, step, false);
        store.commit(&scope, plan::commit(writer, step, false)).await.unwrap();
        log.acknowledged(writer, step, false);
        if step.is_multiple_of(2) {
            log.settling(writer, step);
            store.settle_events(&scope, &[plan::event(writer, step)]).await.unwrap();
        }
    }
}
