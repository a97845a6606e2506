//! The process that is traced.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use ward_domain::decision::Change;
use ward_domain::id::Id;
use ward_domain::record::{AggregateKind, RecordKind};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;
use ward_store::{AggregateRef, Commit, CommitError, Store, StoreError};
use ward_store_embedded::{EmbeddedStore, Options};

pub const FOLDER: &str = "WARD_TRACED_FOLDER";
pub const MODE: &str = "WARD_TRACED_MODE";
pub const MANY: &str = "many writers";
pub const ONE: &str = "one writer";

pub const WRITERS: usize = 8;
pub const STEPS: usize = 20;

pub fn scope() -> TenantScope {
    TenantScope::mint(TenantId::from_number(1))
}

pub fn aggregate(writer: u64) -> AggregateRef {
    AggregateRef { kind: AggregateKind::Calendar, id: Id::new(writer + 1).unwrap() }
}

/// A commit whose record says, in bytes that the trace shows as they are, which one it is.
pub fn commit(writer: u64, step: u64) -> Commit {
    let id = Id::new(writer * 1000 + step).unwrap();
    Commit {
        id: id.into(),
        at: Time::default(),
        aggregate: aggregate(writer),
        expected: step - 1,
        changes: vec![Change {
            kind: RecordKind::Slot,
            id,
            body: Some(format!("<commit {writer}-{step}>").into_bytes()),
            put_rows: Vec::new(),
            drop_rows: Vec::new(),
        }],
        claims: Vec::new(),
        events: Vec::new(),
    }
}

pub fn run(folder: &Path, mode: &str) {
    let acks = OpenOptions::new().create(true).append(true).open(folder.join("acks")).unwrap();
    let store = EmbeddedStore::open(folder.join("store"), Options::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(async {
        match mode {
            MANY => many(store, acks).await,
            ONE => one(store, acks).await,
            other => panic!("{other}"),
        }
    });
}

async fn many(store: EmbeddedStore, acks: File) {
    let (store, acks) = (Arc::new(store), Arc::new(acks));
    let writers: Vec<_> = (0..WRITERS as u64)
        .map(|writer| {
            let (store, acks) = (store.clone(), acks.clone());
            tokio::spawn(async move {
                for step in 1..=STEPS as u64 {
                    store.commit(&scope(), commit(writer, step)).await.unwrap();
                    say(&acks, &format!("<ack {writer}-{step}>"));
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
}

async fn one(store: EmbeddedStore, acks: File) {
    for step in 1..=5 {
        let answer = match store.commit(&scope(), commit(0, step)).await {
            Ok(_) => "acknowledged".to_owned(),
            Err(CommitError::Unknown(reason)) => format!("unknown: {reason}"),
            Err(CommitError::Unavailable(reason)) => format!("unavailable: {reason}"),
            Err(other) => other.to_string(),
        };
        say(&acks, &format!("0-{step} {answer}"));
    }
    let ping = store.ping().await;
    say(&acks, &format!("ping {}", words(ping)));
    let outcome = store.outcome(&scope(), aggregate(0), commit(0, 4).id).await;
    say(&acks, &format!("outcome {}", words(outcome)));
    let version = store.version(&scope(), aggregate(0)).await.unwrap();
    say(&acks, &format!("read {version}"));
}

fn words<T: std::fmt::Debug>(result: Result<T, StoreError>) -> String {
    match result {
        Err(StoreError::Unavailable(reason)) => format!("unavailable: {reason}"),
        other => format!("{other:?}"),
    }
}

/// One line with one call to the system.
fn say(mut file: &File, line: &str) {
    file.write_all(format!("{line}\n").as_bytes()).unwrap();
}
