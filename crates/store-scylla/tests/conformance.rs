//! The suite that every back end passes, on a real server, with chunks so small that every list has several.

mod server;

use ward_store_scylla::ScyllaStore;

#[allow(clippy::unused_async, reason = "the suite wants an async factory")]
async fn open() -> (ScyllaStore, ()) {
    (server::fresh(), ())
}

ward_store::conformance!(scylla, open);
