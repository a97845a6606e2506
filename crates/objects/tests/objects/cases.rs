//! What holds of objects wherever they are kept.

use crate::Subject;
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use sha2::{Digest as _, Sha256};
use std::path::PathBuf;
use ward_domain::id::Id;
use ward_domain::tenancy::TenantScope;
use ward_gateways::objects::{
    ByteRange, Expected, Kept, ObjectBody, ObjectError, ObjectKey, ObjectKind, Objects as _,
};
use ward_store::conformance::fixture::tenant;

const CHUNK: usize = 64 << 10;

pub fn key(number: u64) -> ObjectKey {
    ObjectKey { kind: ObjectKind::Audio, id: Id::new(number).unwrap() }
}

/// Bytes that follow from their number.
pub fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed | 1;
    let next = std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    });
    next.take(length).collect()
}

/// In pieces of an odd size, as they come from a socket.
pub fn body(bytes: &[u8]) -> ObjectBody {
    let pieces: Vec<_> = bytes.chunks(10_007).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces).boxed()
}

pub const ANY: Expected = Expected { max_bytes: 1 << 30, sha256: None };

async fn put(subject: &Subject, scope: &TenantScope, at: ObjectKey, bytes: &[u8]) -> Kept {
    subject.vault.put(scope, at, body(bytes), ANY).await.unwrap()
}

pub async fn get(
    subject: &Subject,
    scope: &TenantScope,
    at: ObjectKey,
    range: Option<ByteRange>,
) -> Result<Vec<u8>, ObjectError> {
    let object = subject.vault.get(scope, at, range).await?;
    let length = object.range.end - object.range.start;
    let pieces: Vec<Bytes> = object.body.try_collect().await?;
    let bytes = pieces.concat();
    assert_eq!(bytes.len() as u64, length, "as many bytes as were said");
    Ok(bytes)
}

fn files(subject: &Subject) -> Vec<PathBuf> {
    fn walk(folder: PathBuf, into: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(path, into);
            } else {
                into.push(path);
            }
        }
    }
    let mut files = Vec::new();
    walk(subject.files.clone(), &mut files);
    files.sort();
    files
}

pub async fn what_was_put_comes_back_whole_and_in_ranges(subject: &Subject) {
    let scope = tenant(1);
    for (number, length) in (1..).zip([0, 1, 100, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 777]) {
        let bytes = noise(number, length);
        let kept = put(subject, &scope, key(number), &bytes).await;
        let sha256: [u8; 32] = Sha256::digest(&bytes).into();
        assert_eq!(kept, Kept { bytes: length as u64, sha256 });
        assert!(get(subject, &scope, key(number), None).await.unwrap() == bytes, "{length}");
        let total = length as u64;
        for range in [
            ByteRange::From(0),
            ByteRange::From(total.saturating_sub(1)),
            ByteRange::Span(0, 0),
            ByteRange::Span(5, 20),
            ByteRange::Span(CHUNK as u64 - 3, CHUNK as u64 + 3),
            ByteRange::Span(CHUNK as u64, 2 * CHUNK as u64),
            ByteRange::Span(3, u64::MAX),
            ByteRange::Last(1),
            ByteRange::Last(CHUNK as u64 + 1),
            ByteRange::From(total),
            ByteRange::Last(0),
        ] {
            let found = get(subject, &scope, key(number), Some(range)).await;
            match range.of(total) {
                None => assert_eq!(found, Err(ObjectError::Range { total }), "{range:?} of {length}"),
                Some(part) => {
                    let part = usize::try_from(part.start).unwrap()..usize::try_from(part.end).unwrap();
                    assert!(found.unwrap() == bytes[part], "{range:?} of {length}");
                }
            }
        }
    }
    assert_eq!(get(subject, &scope, key(99), None).await, Err(ObjectError::NotFound));
}

/// Longer than two parts: it is sent in parts and read in chunks, neither held whole.
pub async fn a_large_object_goes_in_parts(subject: &Subject) {
    let scope = tenant(1);
    let bytes = noise(7, (17 << 20) + 5);
    let sha256 = Some(Sha256::digest(&bytes).into());
    let kept = subject
        .vault
        .put(&scope, key(1), body(&bytes), Expected { max_bytes: bytes.len() as u64, sha256 })
        .await
        .unwrap();
    assert_eq!(kept.bytes, bytes.len() as u64);
    assert!(get(subject, &scope, key(1), None).await.unwrap() == bytes);
    let part = ByteRange::Span((8 << 20) - 10, (8 << 20) + 10);
    assert_eq!(
        get(subject, &scope, key(1), Some(part)).await.unwrap(),
        bytes[(8 << 20) - 10..=(8 << 20) + 10]
    );
    if let Some(server) = &subject.server {
        assert!(server.uploads() >= 3, "sent in {} parts", server.uploads());
    }
}

pub async fn nothing_over_its_limit_or_with_another_digest_stands(subject: &Subject) {
    let scope = tenant(1);
    for length in [1000, 9 << 20] {
        let bytes = noise(1, length);
        let limit = length as u64 - 1;
        let expected = Expected { max_bytes: limit, sha256: None };
        let over = subject.vault.put(&scope, key(1), body(&bytes), expected).await;
        assert_eq!(over, Err(ObjectError::TooLarge { limit }));
        let expected = Expected { max_bytes: length as u64, sha256: Some([7; 32]) };
        let other = subject.vault.put(&scope, key(1), body(&bytes), expected).await;
        assert_eq!(other, Err(ObjectError::WrongDigest));
        assert_eq!(get(subject, &scope, key(1), None).await, Err(ObjectError::NotFound));
    }
}

pub async fn a_sender_who_breaks_off_leaves_nothing(subject: &Subject) {
    let scope = tenant(1);
    for length in [1000, 20 << 20] {
        let broken = body(&noise(1, length)).chain(stream::once(async { Err(ObjectError::BrokenOff) }));
        let answer = subject.vault.put(&scope, key(1), broken.boxed(), ANY).await;
        assert_eq!(answer, Err(ObjectError::BrokenOff));
        assert_eq!(get(subject, &scope, key(1), None).await, Err(ObjectError::NotFound));
    }
    assert_eq!(files(subject).iter().filter(|path| path.ends_with("1")).count(), 0);
}

pub async fn the_same_key_of_another_tenant_is_another_object(subject: &Subject) {
    put(subject, &tenant(1), key(1), b"one").await;
    assert_eq!(get(subject, &tenant(2), key(1), None).await, Err(ObjectError::NotFound));
    put(subject, &tenant(2), key(1), b"two").await;
    subject.vault.delete(&tenant(2), key(1)).await.unwrap();
    assert_eq!(get(subject, &tenant(1), key(1), None).await.unwrap(), b"one");
    // A tenant whose number begins like another's.
    put(subject, &tenant(11), key(1), b"eleven").await;
    subject.vault.destroy(&tenant(1)).await.unwrap();
    assert_eq!(get(subject, &tenant(11), key(1), None).await.unwrap(), b"eleven");
}

pub async fn what_is_deleted_is_gone_and_goes_twice(subject: &Subject) {
    let scope = tenant(1);
    put(subject, &scope, key(1), b"one").await;
    for _ in 0..2 {
        subject.vault.delete(&scope, key(1)).await.unwrap();
        assert_eq!(get(subject, &scope, key(1), None).await, Err(ObjectError::NotFound));
    }
}

pub async fn a_tenant_goes_with_all_its_objects(subject: &Subject) {
    for number in 1..=7 {
        put(subject, &tenant(1), key(number), b"one").await;
    }
    let other = ObjectKey { kind: ObjectKind::Attachment, id: Id::new(1).unwrap() };
    put(subject, &tenant(1), other, b"a file").await;
    put(subject, &tenant(2), key(1), b"two").await;
    for _ in 0..2 {
        subject.vault.destroy(&tenant(1)).await.unwrap();
    }
    for at in [key(1), key(7), other] {
        assert_eq!(get(subject, &tenant(1), at, None).await, Err(ObjectError::NotFound));
    }
    assert_eq!(get(subject, &tenant(2), key(1), None).await.unwrap(), b"two");
}

pub async fn another_object_takes_the_place_of_one_as_a_whole(subject: &Subject) {
    let scope = tenant(1);
    let (first, second) = (noise(1, 3 * CHUNK), noise(2, CHUNK));
    put(subject, &scope, key(1), &first).await;
    put(subject, &scope, key(1), &second).await;
    assert!(get(subject, &scope, key(1), None).await.unwrap() == second);
}

pub async fn what_lies_there_is_sealed_and_named_by_numbers(subject: &Subject) {
    let text = b"a text that is long enough not to come about by chance".repeat(10);
    put(subject, &tenant(41), key(77), &text).await;
    let mut seen = 0;
    for path in files(subject) {
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(20).any(|window| window == &text[..20]), "{}", path.display());
        let name = path.strip_prefix(&subject.files).unwrap().to_str().unwrap();
        if name == "tenants/41/audio/77" {
            seen += 1;
            assert_eq!(bytes.len(), 37 + text.len() + 16);
            assert_eq!(bytes[..5], [1, 0, 0, 0, 1], "format 1, key 1");
        }
    }
    assert_eq!(seen, 1, "{:?}", files(subject));
}

fn file(subject: &Subject, of: u64, number: u64) -> PathBuf {
    subject.files.join(format!("tenants/{of}/audio/{number}"))
}

pub async fn every_altered_moved_or_cut_byte_is_found(subject: &Subject) {
    let scope = tenant(1);
    let whole = noise(1, 2 * CHUNK + 100);
    put(subject, &scope, key(1), &whole).await;
    put(subject, &scope, key(2), &noise(2, 2 * CHUNK + 100)).await;
    put(subject, &tenant(2), key(1), &whole).await;
    let path = file(subject, 1, 1);
    let sealed = std::fs::read(&path).unwrap();
    let damaged = async |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        let found = get(subject, &scope, key(1), None).await;
        assert!(
            matches!(found, Err(ObjectError::Damaged(_))),
            "{} bytes: {:?}",
            bytes.len(),
            found.map(|_| ())
        );
    };
    for position in
        [0, 1, 4, 5, 36, 37, 100, 37 + CHUNK, 37 + CHUNK + 16, sealed.len() - 17, sealed.len() - 1]
    {
        let mut altered = sealed.clone();
        altered[position] ^= 0x40;
        damaged(&altered).await;
    }
    let one = CHUNK + 16;
    for length in [0, 36, 37, 52, 53, 37 + one, 37 + 2 * one, sealed.len() - 1] {
        damaged(&sealed[..length]).await;
    }
    damaged(&[sealed.as_slice(), b"x"].concat()).await;
    let mut swapped = sealed.clone();
    swapped[37..37 + one].copy_from_slice(&sealed[37 + one..37 + 2 * one]);
    damaged(&swapped).await;
    for stranger in [file(subject, 1, 2), file(subject, 2, 1)] {
        damaged(&std::fs::read(stranger).unwrap()).await;
    }
    // The length is certain before the first byte: a cut at a chunk's end is found by a range that ends before it.
    std::fs::write(&path, &sealed[..37 + 2 * one]).unwrap();
    let range = Some(ByteRange::Span(0, 10));
    assert!(matches!(subject.vault.get(&scope, key(1), range).await, Err(ObjectError::Damaged(_))));
    std::fs::write(&path, &sealed).unwrap();
    assert!(get(subject, &scope, key(1), None).await.unwrap() == whole);
}

pub async fn without_its_key_an_object_stays_shut(subject: &Subject) {
    let scope = tenant(1);
    put(subject, &scope, key(1), b"one").await;
    subject.keys.rotate(&scope);
    put(subject, &scope, key(2), b"two").await;
    assert_eq!(get(subject, &scope, key(1), None).await.unwrap(), b"one", "under the key before");
    subject.keys.unavailable(true);
    assert!(matches!(get(subject, &scope, key(1), None).await, Err(ObjectError::Unavailable(_))));
    let refused = subject.vault.put(&scope, key(3), body(b"three"), ANY).await;
    assert!(matches!(refused, Err(ObjectError::Unavailable(_))), "{refused:?}");
    subject.keys.unavailable(false);
    subject.keys.destroy(&scope, u32::MAX);
    assert!(matches!(get(subject, &scope, key(2), None).await, Err(ObjectError::Damaged(_))));
}

pub async fn a_healthy_place_is_checked_and_left_clean(subject: &Subject) {
    subject.vault.check().await.unwrap();
    let left: Vec<_> =
        files(subject).into_iter().filter(|path| path.to_string_lossy().contains("checks/")).collect();
    assert_eq!(left, Vec::<PathBuf>::new());
}
