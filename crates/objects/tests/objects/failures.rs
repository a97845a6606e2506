//! Places that do not serve: what is wrong and what to do stands in the error, and no secret.

use crate::bucket::{SECRET_KEY, Server};
use crate::cases::{ANY, body, key};
use std::sync::Arc;
use ward_gateways::objects::{ObjectError, Objects as _};
use ward_objects::{Encryption, S3Settings, Vault, folder, s3};
use ward_store::conformance::Keys;
use ward_store::conformance::fixture::tenant;

fn vault(settings: &S3Settings) -> Vault {
    Vault::new(s3(settings).unwrap(), Arc::new(Keys::new()))
}

#[tokio::test]
async fn a_denied_bucket_a_wrong_key_and_a_missing_bucket_say_what_to_do() {
    let root = tempfile::tempdir().unwrap();
    let server = Server::start(root.path()).await;
    let good = server.settings("ward");
    vault(&good).check().await.unwrap();
    let denied = vault(&server.settings("denied")).check().await.unwrap_err();
    let wrong_secret = S3Settings { secret_key: "another".to_owned(), ..good.clone() };
    let wrong_secret = vault(&wrong_secret).check().await.unwrap_err();
    let wrong_access = S3Settings { access_key: "nobody".to_owned(), ..good.clone() };
    let wrong_access = vault(&wrong_access).check().await.unwrap_err();
    for error in [&denied, &wrong_secret, &wrong_access] {
        assert!(matches!(error, ObjectError::Denied(why) if why.contains("access_key")), "{error:?}");
    }
    let missing = vault(&server.settings("nowhere")).check().await.unwrap_err();
    assert!(matches!(&missing, ObjectError::Unusable(why) if why.contains("bucket nowhere")), "{missing:?}");
    for error in [denied, wrong_secret, wrong_access, missing] {
        assert!(!error.to_string().contains(SECRET_KEY));
    }
    let open = vault(&good);
    open.put(&tenant(1), key(2), body(b"two"), ANY).await.unwrap();
    server.close(true);
    let refused = open.get(&tenant(1), key(2), None).await.map(|_| ());
    assert!(matches!(refused, Err(ObjectError::Denied(_))), "{refused:?}");
    server.close(false);
    open.get(&tenant(1), key(2), None).await.map(|_| ()).unwrap();
    let put = vault(&server.settings("denied")).put(&tenant(1), key(1), body(b"one"), ANY).await;
    assert!(matches!(put, Err(ObjectError::Denied(_))), "{put:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let root = tempfile::tempdir().unwrap();
    let settings = Server::start(root.path()).await.settings("ward");
    // The server went with its value: nobody listens there any more.
    let began = std::time::Instant::now();
    let error = vault(&settings).check().await.unwrap_err();
    assert!(matches!(error, ObjectError::Unavailable(_)), "{error:?}");
    assert!(began.elapsed() < std::time::Duration::from_secs(30), "it gives up");
}

#[tokio::test]
async fn the_encryption_that_was_asked_for_is_asked_of_the_bucket() {
    let root = tempfile::tempdir().unwrap();
    let server = Server::start(root.path()).await;
    let large = vec![7; 9 << 20];
    for (encryption, header) in [
        (Encryption::Bucket, None),
        (Encryption::Aes256, Some("AES256")),
        (Encryption::AwsKms, Some("aws:kms")),
    ] {
        let settings = S3Settings { encryption, kms_key: "key-1".to_owned(), ..server.settings("ward") };
        let before = server.seen().len();
        let vault = vault(&settings);
        // The server here may refuse what it does not know; what counts is what it was asked for.
        let _ = vault.put(&tenant(1), key(1), body(b"one"), ANY).await;
        let _ = vault.put(&tenant(1), key(2), body(&large), ANY).await;
        let asked: Vec<_> = server.seen().split_off(before);
        let writes: Vec<_> = asked
            .iter()
            .filter(|seen| {
                (seen.method == "PUT" && seen.query.is_empty()) || seen.query.starts_with("uploads")
            })
            .collect();
        assert!(writes.len() >= 2, "{asked:?}");
        for seen in writes {
            assert_eq!(seen.encryption.as_deref(), header, "{seen:?}");
            assert_eq!(seen.kms_key.is_some(), encryption == Encryption::AwsKms);
        }
    }
}

#[test]
fn settings_that_cannot_work_name_what_is_missing() {
    let good = S3Settings {
        bucket: "b".into(),
        region: "r".into(),
        endpoint: String::new(),
        path_style: false,
        access_key: "a".into(),
        secret_key: "SECRET".into(),
        encryption: Encryption::Bucket,
        kms_key: String::new(),
        timeout_seconds: 1,
    };
    s3(&good).unwrap();
    for (settings, word) in [
        (S3Settings { bucket: String::new(), ..good.clone() }, "bucket"),
        (S3Settings { access_key: String::new(), ..good.clone() }, "access_key"),
        (S3Settings { secret_key: String::new(), ..good.clone() }, "secret_key"),
        (S3Settings { encryption: Encryption::AwsKms, ..good.clone() }, "kms_key"),
    ] {
        let error = s3(&settings).err().unwrap().to_string();
        assert!(error.contains(word), "{error}");
    }
    assert!(!format!("{good:?}").contains("SECRET"));
}

#[tokio::test]
async fn a_folder_that_is_a_file_cannot_be_used() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("objects");
    std::fs::write(&path, "a file").unwrap();
    assert!(matches!(folder(&path).err(), Some(ObjectError::Unusable(why)) if why.contains("objects")));
}
