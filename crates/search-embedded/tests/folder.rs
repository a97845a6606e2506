//! What lies on disk: restarts, crashes, torn files, other processes, room.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use ward_search::conformance::{Hospital, Subject, encounter, encounters, removal};
use ward_search::{DynSearchIndex, IndexStatus, SearchDocument, SearchError, SearchIndex, TextField};
use ward_search_embedded::{EmbeddedSearch, Limits};

async fn open(folder: &TempDir) -> Subject {
    let index = EmbeddedSearch::open(folder.path(), Limits::default()).await.unwrap();
    Subject { index: Arc::new(index), first_tenant: 7, keep: Box::new(()) }
}

async fn status(hospital: &Hospital<'_>) -> IndexStatus {
    hospital.index.status(&hospital.scope).await.unwrap()
}

/// An index of a hundred complete documents; the tenant's folder.
async fn fed(folder: &TempDir) -> (Subject, PathBuf) {
    let subject = open(folder).await;
    let hospital = subject.hospital(0);
    hospital.put((0..100).map(|number| encounter(number).text(TextField::Plan, "fever and rest"))).await;
    hospital.index.mark_complete(&hospital.scope).await.unwrap();
    (subject, folder.path().join("7"))
}

/// A large batch is indexed by more threads than a small one, and what they write is one index.
#[tokio::test]
async fn large_and_small_batches_make_one_index() {
    const LARGE: u64 = 2_500;
    let folder = tempfile::tempdir().unwrap();
    let subject = open(&folder).await;
    let hospital = subject.hospital(0);
    let told = |version: u64, numbers: std::ops::Range<u64>, word: &str| {
        let one = |number| {
            let known = encounter(number);
            SearchDocument::new(known.kind, known.id, version).text(TextField::Plan, word)
        };
        numbers.map(one).collect::<Vec<_>>()
    };
    hospital.put(told(1, 0..3, "small")).await;
    // Documents of the small batch are among them: an older and an equal version are replaced, a newer one is not.
    hospital.put(told(3, 1..2, "newer")).await;
    hospital.put(told(2, 0..LARGE, "large")).await;
    hospital.put(told(2, LARGE..LARGE + 3, "small")).await;
    hospital.index.mark_complete(&hospital.scope).await.unwrap();
    hospital.put(told(3, 5..6, "newer")).await;
    hospital.put(told(4, 0..LARGE, "again")).await;
    assert_eq!(status(&hospital).await, IndexStatus { documents: LARGE + 3, complete: true });
    assert_eq!(hospital.page(encounters().text("again ")).await.total, LARGE);
    assert_eq!(hospital.found("large ").await, [0_u64; 0]);
    assert_eq!(hospital.found("newer ").await, [0_u64; 0]);
    assert_eq!(hospital.found("small ").await, [LARGE, LARGE + 1, LARGE + 2]);
    subject.index.close().await.unwrap();
    drop(subject);
    let subject = open(&folder).await;
    assert_eq!(subject.hospital(0).page(encounters().text("again ")).await.total, LARGE);
}

/// A search looks into each segment, and each thread takes one: after a large load there are as many as threads.
#[tokio::test]
async fn a_large_load_leaves_few_segments_of_about_the_same_size() {
    let folder = tempfile::tempdir().unwrap();
    let subject = open(&folder).await;
    let hospital = subject.hospital(0);
    let segments = || -> Vec<u64> {
        let files = fs::read_dir(folder.path().join("7/index")).unwrap().map(|entry| entry.unwrap().path());
        let stored = files.filter(|path| path.extension().is_some_and(|each| each == "store"));
        stored.map(|path| path.metadata().unwrap().len()).collect()
    };
    for batch in 0..12 {
        let numbers = batch * 1_000..(batch + 1) * 1_000;
        hospital.put(numbers.map(|number| encounter(number).text(TextField::Plan, "rest"))).await;
    }
    let threads = std::thread::available_parallelism().unwrap().get();
    let before = segments().len();
    hospital.index.mark_complete(&hospital.scope).await.unwrap();
    let left = segments();
    // Where there are nearly as many threads as segments they are left as they are.
    assert!(left.len() <= before, "{before} segments, then {left:?}");
    if before > 2 * threads {
        assert!(left.len() <= threads, "{before} segments, then {left:?}");
        assert!(*left.iter().max().unwrap() < 2 * left.iter().min().unwrap(), "{left:?}");
    }
    assert_eq!(hospital.page(encounters().text("rest ")).await.total, 12_000);
    assert_eq!(status(&hospital).await, IndexStatus { documents: 12_000, complete: true });
}

#[tokio::test]
async fn everything_survives_a_restart_and_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let (subject, tenant) = fed(&folder).await;
    subject.hospital(0).feed([removal(0, 2)]).await;
    subject.index.close().await.unwrap();
    assert!(!tenant.join("in-use").exists(), "closed well");
    drop(subject);

    let subject = open(&folder).await;
    let whole = IndexStatus { documents: 99, complete: true };
    assert_eq!(status(&subject.hospital(0)).await, whole);
    // Dropped without a close is what a crash leaves: the mark stays, and the checksums are read.
    drop(subject);
    assert!(tenant.join("in-use").exists());
    let subject = open(&folder).await;
    let hospital = subject.hospital(0);
    assert_eq!(status(&hospital).await, whole);
    assert_eq!(hospital.found("fever ").await.len(), 99);
    // What was removed does not come back: its trace is on disk too.
    hospital.put([encounter(0)]).await;
    assert_eq!(status(&hospital).await, whole);
    assert!(!tenant.join("damaged").exists());
}

fn largest(index: &Path, ending: &str) -> PathBuf {
    let files = fs::read_dir(index).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|each| each == ending));
    files.max_by_key(|path| path.metadata().unwrap().len()).unwrap()
}

fn flip_a_byte(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 3;
    bytes[middle] ^= 0x40;
    fs::write(path, bytes).unwrap();
}

fn truncate(path: &Path) {
    let file = fs::OpenOptions::new().write(true).open(path).unwrap();
    file.set_len(file.metadata().unwrap().len() / 2).unwrap();
}

type Tear = (&'static str, fn(&Path));

const TEARS: &[Tear] = &[
    ("postings: a byte", |index| flip_a_byte(&largest(index, "idx"))),
    ("documents: a byte", |index| flip_a_byte(&largest(index, "store"))),
    ("terms: half is gone", |index| truncate(&largest(index, "term"))),
    ("numbers: empty", |index| fs::write(largest(index, "fast"), b"").unwrap()),
    ("positions: gone", |index| fs::remove_file(largest(index, "pos")).unwrap()),
    ("list of segments: half is gone", |index| truncate(&index.join("meta.json"))),
    ("list of segments: empty", |index| fs::write(index.join("meta.json"), b"").unwrap()),
    ("list of segments: gone", |index| fs::remove_file(index.join("meta.json")).unwrap()),
    ("list of files: no sense", |index| fs::write(index.join(".managed.json"), b"{\"x\"").unwrap()),
    ("all gone", |index| fs::remove_dir_all(index).unwrap()),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_torn_index_is_set_aside_and_can_be_fed_again() {
    for (what, tear) in TEARS {
        let folder = tempfile::tempdir().unwrap();
        let (subject, tenant) = fed(&folder).await;
        drop(subject);
        tear(&tenant.join("index"));

        let subject = open(&folder).await;
        let hospital = subject.hospital(0);
        assert_eq!(status(&hospital).await, IndexStatus { documents: 0, complete: false }, "{what}");
        assert!(!hospital.page(encounters().text("fever ")).await.complete, "{what}");
        hospital.put([encounter(1).text(TextField::Plan, "fever")]).await;
        hospital.index.mark_complete(&hospital.scope).await.unwrap();
        assert_eq!(hospital.found("fever ").await, [1], "{what}");
        drop(subject);
        // And only once.
        let subject = open(&folder).await;
        assert_eq!(
            status(&subject.hospital(0)).await,
            IndexStatus { documents: 1, complete: true },
            "{what}"
        );
    }
}

#[tokio::test]
async fn the_torn_index_is_kept_for_a_look_but_not_beyond_its_tenant() {
    let folder = tempfile::tempdir().unwrap();
    let (subject, tenant) = fed(&folder).await;
    drop(subject);
    flip_a_byte(&largest(&tenant.join("index"), "store"));
    let subject = open(&folder).await;
    let hospital = subject.hospital(0);
    status(&hospital).await;
    assert!(tenant.join("damaged/meta.json").exists());
    hospital.index.destroy(&hospital.scope).await.unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing of the tenant is left");
}

#[tokio::test]
async fn a_removal_that_a_crash_cut_short_is_finished() {
    let folder = tempfile::tempdir().unwrap();
    let (subject, tenant) = fed(&folder).await;
    drop(subject);
    fs::rename(&tenant, folder.path().join("7.destroyed")).unwrap();
    let subject = open(&folder).await;
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    assert_eq!(status(&subject.hospital(0)).await.documents, 0);
}

#[tokio::test]
async fn an_index_of_another_format_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (subject, tenant) = fed(&folder).await;
    subject.index.close().await.unwrap();
    drop(subject);
    let meta = tenant.join("index/meta.json");
    // A note begins with the number of the format, and these documents carry nobody's vectors.
    let note = fs::read_to_string(&meta).unwrap();
    let older = note.replace("\"2 0 complete\"", "\"1 0 complete\"");
    assert_ne!(older, note);
    fs::write(&meta, older).unwrap();
    let subject = open(&folder).await;
    assert_eq!(status(&subject.hospital(0)).await, IndexStatus { documents: 0, complete: false });
    assert!(!tenant.join("damaged").exists(), "nothing was wrong with it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_writer_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let (first, _) = fed(&folder).await;
    let second = open(&folder).await;
    let hospital = second.hospital(0);
    let refused = hospital.index.apply(&hospital.scope, vec![removal(1, 2)]).await.unwrap_err();
    assert!(
        matches!(&refused, SearchError::Unavailable(why) if why.contains("another process")),
        "{refused}"
    );
    // It may once the first has let go.
    first.index.close().await.unwrap();
    hospital.feed([removal(1, 2)]).await;
    assert_eq!(status(&hospital).await.documents, 99);
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_unavailable() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, b"").unwrap();
    let refused = EmbeddedSearch::open(&file, Limits::default()).await.err().unwrap();
    assert!(matches!(refused, SearchError::Unavailable(_)), "{refused}");
    let subject = open(&folder).await;
    fs::write(folder.path().join("7"), b"in the way").unwrap();
    let hospital = subject.hospital(0);
    let refused = hospital.index.status(&hospital.scope).await.unwrap_err();
    assert!(matches!(refused, SearchError::Unavailable(_)), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn open_indexes_and_writers_are_bounded_and_idle_writers_close() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits {
        open_indexes: 3,
        open_writers: 2,
        writer_idle: Duration::from_millis(200),
        ..Limits::default()
    };
    let index = Arc::new(EmbeddedSearch::open(folder.path(), limits).await.unwrap());
    let shared: DynSearchIndex = index.clone();
    let subject = Subject { index: shared, first_tenant: 1, keep: Box::new(()) };
    for number in 0..16 {
        subject.hospital(number).put([encounter(number).text(TextField::Plan, "fever")]).await;
        // One that the janitor looks after in this moment is closed when it is done.
        let deadline = Instant::now() + Duration::from_secs(20);
        while index.open_now().0 > 3 {
            assert!(Instant::now() < deadline, "{:?}", index.open_now());
            tokio::task::yield_now().await;
        }
    }
    let deadline = Instant::now() + Duration::from_secs(20);
    while index.open_now().1 > 0 {
        assert!(Instant::now() < deadline, "{:?}", index.open_now());
        tokio::task::yield_now().await;
    }
    for number in 0..16 {
        assert_eq!(subject.hospital(number).found("fever ").await, [number]);
    }
    index.close().await.unwrap();
    assert_eq!(index.open_now(), (0, 0));
}
