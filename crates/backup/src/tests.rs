//! What comes out of a file is what went in, and a file that is not whole is found out.

mod moment;

use crate::chunks::{Opener, Sealer};
use crate::header::Unproven;
use crate::*;
use std::io::Cursor;
use std::sync::Arc;
use ward_domain::id::Id;
use ward_domain::record::{IndexRow, Key, List, RecordKind};
use ward_domain::secret::Key32;
use ward_domain::tenancy::TenantId;
use ward_domain::time::Time;
use ward_store::conformance::Model;
use ward_store::conformance::fixture::{SLOT, account, at, calendar, claim, day, draft, slot_row, tenant};
use ward_store::moving::{Item, Part};
use ward_store::{DynStore, ImportState, Moving, Store, StoreError};
use ward_store_embedded::{EmbeddedStore, Options};

const HOSPITALS: [u64; 2] = [41, 42];
/// Commits of each hospital.
const VERSIONS: u64 = 8;

fn scope_of(of: TenantId) -> TenantScope {
    tenant(of.get())
}

fn secrets() -> Secrets {
    Secrets::new(Key32::new([1; 32]), Vec::new())
}

/// A house of two hospitals, and a third that its register does not name.
async fn house() -> DynStore {
    let store: DynStore = Arc::new(Model::new());
    let mut register = draft(account(1), 0);
    for number in HOSPITALS {
        let row = IndexRow { list: List::Hospitals, eq: Key::all(), sort: number };
        register = register.put(RecordKind::Hospital, number, "a hospital", &[row]);
    }
    store.commit(&tenant(0), register.0).await.unwrap();
    for number in [41, 42, 43] {
        for version in 0..VERSIONS {
            let mut commit = draft(calendar(1), version)
                .take(claim(u8::try_from(version).unwrap()), "held", Some(at(5)))
                .take_span(day(version), 0, 10)
                .event(version + 1);
            for slot in 0..20 {
                let text = "x".repeat(usize::try_from(slot * 300).unwrap());
                commit = commit.put(SLOT, version * 20 + slot, &text, &[slot_row(slot)]);
            }
            store.commit(&tenant(number), commit.0).await.unwrap();
        }
    }
    store
}

async fn everything(store: &dyn Store) -> Vec<Item> {
    let snapshot = store.snapshot().await.unwrap();
    let mut items = Vec::new();
    for number in [0, 41, 42, 43] {
        for part in Part::ALL {
            let mut after = None;
            loop {
                let page = snapshot.export(&tenant(number), part, after.as_ref(), 1000).await.unwrap();
                items.extend(page.items);
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
    }
    items.sort_by_cached_key(|item| format!("{item:?}"));
    items
}

async fn written(store: &dyn Store, secrets: &Secrets) -> (Vec<u8>, Summary) {
    let snapshot = store.snapshot().await.unwrap();
    backup(&*snapshot, &scope_of, secrets, at(7), Vec::new(), &mut |_| {}).await.unwrap()
}

async fn checked(file: &[u8], secrets: &Secrets) -> Result<Summary, BackupError> {
    verify(Cursor::new(file), secrets, &mut |_| {}).await
}

#[tokio::test]
async fn what_went_in_comes_out_in_another_kind_of_store() {
    let house = house().await;
    house.lease_node(1, at(0), at(90_000)).await.unwrap();
    let mut words = Vec::new();
    let snapshot = house.snapshot().await.unwrap();
    let (file, summary) =
        backup(&*snapshot, &scope_of, &secrets(), at(7), Vec::new(), &mut |progress| words.push(progress))
            .await
            .unwrap();
    assert_eq!(summary.tenants.iter().map(|(of, _)| of.get()).collect::<Vec<_>>(), [0, 41, 42]);
    assert_eq!(words.last().unwrap().items, summary.total.total());
    assert_eq!(checked(&file, &secrets()).await.unwrap(), summary);

    let folder = tempfile::tempdir().unwrap();
    let new = EmbeddedStore::open(folder.path(), Options::default()).unwrap();
    let back = restore(&new, &scope_of, &secrets(), &mut Cursor::new(&file), &mut |_| {}).await.unwrap();
    assert_eq!(back, summary);
    // Whom the register does not name stays behind.
    house.destroy(&tenant(43)).await.unwrap();
    assert_eq!(everything(&new).await, everything(&*house).await);
    assert_eq!(new.lease_node(2, at(0), at(1)).await.unwrap().floor, at(90_000));
    let next = draft(calendar(1), VERSIONS).put(SLOT, 9, "on", &[]);
    new.commit(&tenant(41), next.0).await.unwrap();

    // And on into a third.
    let (again, _) = written(&new, &secrets()).await;
    let third = Model::new();
    restore(&third, &scope_of, &secrets(), &mut Cursor::new(&again), &mut |_| {}).await.unwrap();
    assert_eq!(everything(&third).await, everything(&new).await);
}

#[tokio::test]
async fn every_altered_byte_and_every_cut_is_named() {
    let (file, _) = written(&*house().await, &secrets()).await;
    assert!(file.len() > 3 * chunks::CHUNK, "several chunks: {}", file.len());
    let middle = (200..file.len()).step_by(49_999);
    let ends = (0..72).chain((72..200).step_by(9)).chain((file.len() - 40..file.len()).step_by(3));
    for position in ends.chain(middle) {
        let mut altered = file.clone();
        altered[position] ^= 0x40;
        let error = checked(&altered, &secrets()).await.expect_err("an altered byte");
        let right = match position {
            0..8 => matches!(error, BackupError::NotABackup),
            8..10 => matches!(error, BackupError::Newer { .. }),
            10..68 => matches!(error, BackupError::NotABackup | BackupError::WrongMaster),
            _ => matches!(error, BackupError::Altered { .. } | BackupError::Truncated { .. }),
        };
        assert!(right, "byte {position}: {error:?}");
    }
    for length in (0..100).chain((100..file.len()).step_by(59_973)).chain([file.len() - 1]) {
        let error = checked(&file[..length], &secrets()).await.expect_err("a cut");
        assert!(
            matches!(error, BackupError::NotABackup | BackupError::Truncated { .. }),
            "{length}: {error:?}"
        );
        assert_eq!(error.exit_status(), 4);
    }
    let longer = [file.as_slice(), b"x"].concat();
    assert!(matches!(checked(&longer, &secrets()).await, Err(BackupError::Trailing)));
}

#[tokio::test]
async fn chunks_out_of_order_left_out_or_of_another_file_are_found() {
    let house = house().await;
    let (file, _) = written(&*house, &secrets()).await;
    let (other, _) = written(&*house, &secrets()).await;
    let head = header::LENGTH;
    let chunks = |file: &[u8]| {
        let (mut chunks, mut rest) = (Vec::new(), &file[head..]);
        while !rest.is_empty() {
            let length = u32::from_be_bytes([rest[0] & 0x7f, rest[1], rest[2], rest[3]]) as usize + 20;
            chunks.push(rest[..length].to_vec());
            rest = &rest[length..];
        }
        chunks
    };
    let (own, strange) = (chunks(&file), chunks(&other));
    let joined = |chunks: &[Vec<u8>]| [&file[..head], &chunks.concat()].concat();
    assert_eq!(joined(&own), file);
    let mut swapped = own.clone();
    swapped.swap(0, 1);
    let mut missing = own.clone();
    missing.remove(1);
    let mut twice = own.clone();
    twice.insert(1, own[1].clone());
    let mut mixed = own.clone();
    mixed[1].clone_from(&strange[1]);
    // A chunk that says it is the last one, though it is not.
    let mut last = own[..2].to_vec();
    last[1][0] |= 0x80;
    for wrong in [swapped, missing, twice, mixed, last] {
        let error = checked(&joined(&wrong), &secrets()).await.expect_err("another order");
        assert!(matches!(error, BackupError::Altered { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_wrong_key_is_told_from_damage() {
    let house = house().await;
    let (file, _) = written(&*house, &secrets()).await;
    let other = Secrets::new(Key32::new([2; 32]), Vec::new());
    let error = checked(&file, &other).await.unwrap_err();
    assert!(matches!(error, BackupError::WrongMaster) && error.exit_status() == 3, "{error:?}");
    let rotated = Secrets::new(Key32::new([2; 32]), vec![Key32::new([1; 32])]);
    checked(&file, &rotated).await.unwrap();
    let phrase = |words: &str, master: u8| {
        Secrets::new(Key32::new([master; 32]), Vec::new()).with_passphrase(words).unwrap()
    };
    let needless = checked(&file, &phrase("not needed here", 1)).await;
    assert!(matches!(needless, Err(BackupError::NeedsMaster)));

    let (file, summary) = written(&*house, &phrase("correct horse battery", 1)).await;
    assert!(matches!(checked(&file, &secrets()).await, Err(BackupError::NeedsPassphrase)));
    let wrong = checked(&file, &phrase("correct horse batterie", 1)).await;
    assert!(matches!(wrong, Err(BackupError::WrongPassphrase)));
    assert_eq!(checked(&file, &phrase(" correct horse battery\n", 1)).await.unwrap(), summary);
    // The file opens without the house's master key. The house does not, and that is said before anything is written.
    let (stranger, store) = (phrase("correct horse battery", 9), Model::new());
    checked(&file, &stranger).await.unwrap();
    let refused = restore(&store, &scope_of, &stranger, &mut Cursor::new(&file), &mut |_| {}).await;
    assert!(matches!(refused, Err(BackupError::OtherMaster)), "{refused:?}");
    assert_eq!(store.import_state().await.unwrap(), ImportState::Empty);
    assert!(matches!(secrets().with_passphrase("too short"), Err(BackupError::ShortPassphrase)));
}

#[tokio::test]
async fn a_store_in_use_is_left_alone_and_a_bad_file_touches_none() {
    let house = house().await;
    let (file, _) = written(&*house, &secrets()).await;
    let before = everything(&*house).await;
    let refused = restore(&*house, &scope_of, &secrets(), &mut Cursor::new(&file), &mut |_| {}).await;
    assert!(matches!(refused, Err(BackupError::NotEmpty)), "{refused:?}");
    assert_eq!(everything(&*house).await, before);

    let empty = Model::new();
    let mut altered = file.clone();
    let late = altered.len() - 30;
    altered[late] ^= 1;
    let refused = restore(&empty, &scope_of, &secrets(), &mut Cursor::new(&altered), &mut |_| {}).await;
    assert!(matches!(refused, Err(BackupError::Altered { .. })), "{refused:?}");
    assert_eq!(empty.import_state().await.unwrap(), ImportState::Empty);
}

#[tokio::test]
async fn a_restore_that_is_cut_off_leaves_a_store_that_serves_nothing_until_it_is_done_again() {
    let house = house().await;
    let (file, summary) = written(&*house, &secrets()).await;
    let folder = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(folder.path(), Options::default()).unwrap();
    {
        // Cut off in the second walk, in the middle of the second hospital.
        let (heard, waits) = tokio::sync::mpsc::unbounded_channel();
        let mut told = waits;
        let (mut cursor, locked) = (Cursor::new(&file), secrets());
        let mut listener = move |progress: Progress| {
            if progress.what == "restored" && progress.tenants == 2 {
                let _ = heard.send(());
                panic!("killed here");
            }
        };
        let walk = restore(&store, &scope_of, &locked, &mut cursor, &mut listener);
        let outcome = until_it_dies(walk).await;
        assert!(outcome.is_err(), "the walk was to be cut off");
        told.try_recv().unwrap();
    }
    drop(store);
    let store = EmbeddedStore::open(folder.path(), Options::default()).unwrap();
    assert_eq!(store.import_state().await.unwrap(), ImportState::Unfinished);
    assert!(matches!(store.ping().await, Err(StoreError::Unusable(why)) if why.contains("restore")));
    store.lease_node(1, at(0), at(1)).await.unwrap_err();
    assert!(!everything(&store).await.is_empty(), "it was cut off half way");

    restore(&store, &scope_of, &secrets(), &mut Cursor::new(&file), &mut |_| {}).await.unwrap();
    assert_eq!(everything(&store).await.len() as u64, summary.total.total());
    store.ping().await.unwrap();
}

/// Ends where a panic ends it, as a kill would.
async fn until_it_dies<T>(walk: impl Future<Output = T>) -> std::thread::Result<T> {
    let mut walk = std::pin::pin!(walk);
    std::future::poll_fn(|cx| {
        let polled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| walk.as_mut().poll(cx)));
        match polled {
            Ok(std::task::Poll::Ready(value)) => std::task::Poll::Ready(Ok(value)),
            Ok(std::task::Poll::Pending) => std::task::Poll::Pending,
            Err(panic) => std::task::Poll::Ready(Err(panic)),
        }
    })
    .await
}

#[test]
fn a_newer_format_says_which() {
    let (header, key) = secrets().lock().unwrap();
    let mut file = Sealer::new(Vec::new(), header, &key).unwrap().finish().unwrap();
    file[8..10].copy_from_slice(&(FORMAT + 1).to_be_bytes());
    let error = Unproven::from(&mut Cursor::new(&file)).unwrap_err();
    assert!(error.to_string().contains(&format!("format {}", FORMAT + 1)), "{error}");
    assert_eq!(error.exit_status(), 5);
}

#[test]
fn chunks_hold_whole_records_and_the_last_one_may_be_empty() {
    for sizes in [vec![], vec![1], vec![chunks::CHUNK + 5, 1], vec![100_000; 9]] {
        let (header, key) = secrets().lock().unwrap();
        let mut sealer = Sealer::new(Vec::new(), header, &key).unwrap();
        for (number, size) in (0_u8..).zip(&sizes) {
            sealer.push(&vec![number; *size]).unwrap();
        }
        let file = sealer.finish().unwrap();
        let mut file = Cursor::new(file);
        let unproven = Unproven::from(&mut file).unwrap();
        let mut opener = Opener::new(file, &unproven, &secrets().unlock(&unproven).unwrap());
        let (mut all, mut chunk) = (Vec::new(), Vec::new());
        while opener.next(&mut chunk).unwrap() {
            all.extend_from_slice(&chunk);
        }
        let expected: Vec<u8> = (0_u8..).zip(&sizes).flat_map(|(number, size)| vec![number; *size]).collect();
        assert!(all == expected, "{sizes:?}");
    }
}

#[test]
fn ids_and_times_at_their_ends_read_back() {
    use crate::record::{Record, record, take};
    let (id, far) = (Id::new(ward_domain::id::MAX).unwrap(), Time::from_millis(i64::MAX));
    let records = [
        Record::Opening {
            made_at: far,
            floor: Time::from_millis(i64::MIN),
            master: [7; 16],
            program: "1".into(),
        },
        Record::Tenant(TenantId::from_number(u64::MAX)),
        Record::Item(Item::Row { row: slot_row(u64::MAX), id }),
        Record::End(u64::MAX, 0),
    ];
    let mut bytes = Vec::new();
    for one in &records {
        record(one, &mut bytes);
    }
    let mut rest = bytes.as_slice();
    for one in &records {
        assert_eq!(take(&mut rest).unwrap().0, *one);
    }
    assert!(rest.is_empty());
    assert!(take(&mut &bytes[..20]).is_none(), "a cut record");
}
