//! The suite that every back end passes, on this one: with chunks so small that every list has several.

use ward_store_embedded::{EmbeddedStore, Options};

#[allow(
    clippy::unused_async,
    clippy::unwrap_used,
    reason = "the suite wants an async factory; a test panics to report"
)]
async fn open() -> (EmbeddedStore, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { chunk_rows: 4, ..Options::default() };
    (EmbeddedStore::open(folder.path(), options).unwrap(), folder)
}

ward_store::conformance!(embedded, open);
