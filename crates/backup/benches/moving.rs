//! Prints how large a backup is and how long it takes to write, check and restore, on files of this machine's disk.
//!
//! `cargo bench -p ward-backup`; `WARD_BENCH_ROWS` sets the appointments (200 000), each a document of its own with its
//! index rows.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a bench: it prints, stops at the first error, and has no tenants crate to ask for a scope"
)]

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;
use std::time::Instant;
use ward_backup::{Secrets, Summary, backup, restore, verify};
use ward_domain::decision::Change;
use ward_domain::id::{CommitId, Id};
use ward_domain::record::{AggregateKind, IndexRow, Key, List, RecordKind};
use ward_domain::secret::Key32;
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;
use ward_store::{AggregateRef, Commit, Moving as _, Store};
use ward_store_embedded::load::{Shape, fill};
use ward_store_embedded::{EmbeddedStore, Options};

const HOSPITAL: u64 = 1;

fn scope_of(tenant: TenantId) -> TenantScope {
    TenantScope::mint(tenant)
}

fn secrets() -> Secrets {
    Secrets::new(Key32::new([1; 32]), Vec::new())
}

fn open(path: &Path) -> EmbeddedStore {
    EmbeddedStore::open(path, Options::default()).unwrap()
}

/// The platform's register names the hospital.
async fn register(store: &dyn Store) {
    let id = Id::new(HOSPITAL).unwrap();
    let rows = vec![IndexRow { list: List::Hospitals, eq: Key::all(), sort: 1 }];
    let body = Some(b"a hospital".to_vec());
    let change = Change { kind: RecordKind::Hospital, id, body, put_rows: rows, drop_rows: Vec::new() };
    let commit = Commit {
        id: CommitId::from(id),
        at: Time::default(),
        aggregate: AggregateRef { kind: AggregateKind::Hospital, id },
        expected: 0,
        changes: vec![change],
        claims: Vec::new(),
        events: Vec::new(),
    };
    store.commit(&scope_of(TenantId::PLATFORM), commit).await.unwrap();
}

fn told(what: &str, began: Instant, summary: &Summary, bytes: u64) {
    let (seconds, items) = (began.elapsed().as_secs_f64(), summary.total.total() as f64);
    let mib = bytes as f64 / f64::from(1 << 20);
    println!("{what}: {seconds:.2} s, {:.0} items/s, {:.1} MiB/s", items / seconds, mib / seconds);
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let rows: u64 = std::env::var("WARD_BENCH_ROWS").map_or(200_000, |rows| rows.parse().unwrap());
    runtime.block_on(moving(rows));
}

async fn moving(rows: u64) {
    let folder = tempfile::tempdir().unwrap();
    let (old, new, path) = (folder.path().join("old"), folder.path().join("new"), folder.path().join("file"));
    let store = std::sync::Arc::new(open(&old));
    register(&*store).await;
    let filled: std::sync::Arc<dyn Store> = store.clone();
    fill(&filled, scope_of(TenantId::from_number(HOSPITAL)), Shape::default(), 1, rows + 1).await.unwrap();

    let began = Instant::now();
    let snapshot = store.snapshot().await.unwrap();
    let file = BufWriter::new(File::create(&path).unwrap());
    let (file, summary) =
        backup(&*snapshot, &scope_of, &secrets(), Time::default(), file, &mut |_| {}).await.unwrap();
    file.into_inner().unwrap().sync_all().unwrap();
    let bytes = std::fs::metadata(&path).unwrap().len();
    println!("{}; {:.1} MiB in the file", summary.total, bytes as f64 / f64::from(1 << 20));
    told("written", began, &summary, bytes);

    let began = Instant::now();
    let file = BufReader::new(File::open(&path).unwrap());
    assert_eq!(verify(file, &secrets(), &mut |_| {}).await.unwrap(), summary);
    told("checked", began, &summary, bytes);

    let began = Instant::now();
    let mut file = BufReader::new(File::open(&path).unwrap());
    let empty = open(&new);
    let restored = restore(&empty, &scope_of, &secrets(), &mut file, &mut |_| {}).await.unwrap();
    assert_eq!(restored, summary);
    told("restored (checked, written, read back)", began, &summary, bytes);
}
