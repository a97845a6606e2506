//! One suite, on a folder and on a real S3 server on loopback.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so")]

mod bucket;
mod cases;
mod failures;

use bucket::Server;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use ward_objects::{Vault, folder, s3};
use ward_store::conformance::Keys;

/// A vault, its keys, and where it keeps the sealed bytes.
struct Subject {
    vault: Vault,
    keys: Arc<Keys>,
    /// Where objects lie as files: the folder itself, or the bucket's behind the server.
    files: PathBuf,
    /// Lives as long as the subject.
    _folder: TempDir,
    server: Option<Server>,
}

fn on_a_folder() -> Subject {
    let place = tempfile::tempdir().unwrap();
    let keys = Arc::new(Keys::new());
    let vault = Vault::new(folder(place.path()).unwrap(), Arc::<Keys>::clone(&keys));
    Subject { vault, keys, files: place.path().to_owned(), _folder: place, server: None }
}

async fn on_s3() -> Subject {
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path()).await;
    let keys = Arc::new(Keys::new());
    let vault = Vault::new(s3(&server.settings("ward")).unwrap(), Arc::<Keys>::clone(&keys));
    Subject { vault, keys, files: place.path().join("ward"), _folder: place, server: Some(server) }
}

macro_rules! suite {
    ($($case:ident),+ $(,)?) => {
        mod folder_objects {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    crate::cases::$case(&crate::on_a_folder()).await;
                }
            )+
        }

        mod s3_objects {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    crate::cases::$case(&crate::on_s3().await).await;
                }
            )+
        }
    };
}

suite! {
    what_was_put_comes_back_whole_and_in_ranges,
    a_large_object_goes_in_parts,
    nothing_over_its_limit_or_with_another_digest_stands,
    a_sender_who_breaks_off_leaves_nothing,
    the_same_key_of_another_tenant_is_another_object,
    what_is_deleted_is_gone_and_goes_twice,
    a_tenant_goes_with_all_its_objects,
    another_object_takes_the_place_of_one_as_a_whole,
    what_lies_there_is_sealed_and_named_by_numbers,
    every_altered_moved_or_cut_byte_is_found,
    without_its_key_an_object_stays_shut,
    a_healthy_place_is_checked_and_left_clean,
}
