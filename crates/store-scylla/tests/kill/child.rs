//! The process that is killed: several writers, each on an aggregate of its own, until the end.

use crate::plan::{self, Log};
use crate::server::{self, SystemClock};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use ward_domain::time::{Clock, MINUTE, Time};
use ward_store::{CommitError, Store};
use ward_store_scylla::{Options, ScyllaStore};

pub const LOG: &str = "WARD_KILL_LOG";
pub const KEYSPACE: &str = "WARD_KILL_KEYSPACE";
pub const REALM: &str = "WARD_KILL_REALM";
pub const AHEAD: &str = "WARD_KILL_AHEAD";
pub const POINT: &str = "WARD_KILL_POINT";
pub const NTH: &str = "WARD_KILL_NTH";

/// A clock so many minutes ahead.
pub struct Ahead(pub i64);

impl Clock for Ahead {
    fn now(&self) -> Time {
        SystemClock.now().plus(self.0 * MINUTE)
    }
}

fn told(name: &str) -> String {
    std::env::var(name).unwrap()
}

pub fn run(log: &Path) {
    let point = told(POINT);
    let left = AtomicU32::new(told(NTH).parse().unwrap());
    let hook = move |reached: &'static str| {
        if reached == point && left.fetch_sub(1, Ordering::Relaxed) == 1 {
            eprintln!("aborting at {reached}");
            std::process::abort();
        }
    };
    let options = Options {
        keyspace: told(KEYSPACE),
        realm: told(REALM).into_bytes(),
        clock: Arc::new(Ahead(told(AHEAD).parse().unwrap())),
        break_points: Some(Arc::new(hook)),
        ..server::options()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Arc::new(ScyllaStore::open(options).await.unwrap());
        let log = Arc::new(Log::open(log));
        let writers: Vec<_> = (0..plan::WRITERS)
            .map(|writer| tokio::spawn(write(store.clone(), log.clone(), writer)))
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
    });
}

async fn write(store: Arc<ScyllaStore>, log: Arc<Log>, writer: u64) {
    let scope = plan::scope();
    let version = store.version(&scope, plan::aggregate(writer)).await.unwrap();
    for step in version + 1.. {
        if plan::wants(step) {
            log.line("try", writer, step);
            match store.commit(&scope, plan::commit(writer, step, true)).await {
                Ok(done) => {
                    assert_eq!(done.version, step);
                    log.line("won", writer, step);
                    continue;
                }
                Err(CommitError::ClaimTaken { key, .. }) => assert_eq!(key, plan::wanted(step)),
                Err(other) => panic!("{other}"),
            }
        }
        log.line("try", writer, step);
        let done = store.commit(&scope, plan::commit(writer, step, false)).await.unwrap();
        assert_eq!(done.version, step);
        log.line("ack", writer, step);
    }
}
