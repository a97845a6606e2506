//! The suite that every back end passes, on this one: with chunks so small that every list has several.

use ward_store_embedded::{EmbeddedStore, Options};

#[allow(clippy::unused_async, reason = "the suite wants an async factory")]
async fn open() -> (EmbeddedStore, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { chunk_rows: 4, ..Options::default() };
    (EmbeddedStore::open(folder.path(), options).unwrap(), folder)
}

ward_store::conformance!(embedded, open);
