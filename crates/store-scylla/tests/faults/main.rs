//! A real server that fails: between the store and the server stands a proxy that answers with time-outs, unavailable
//! and overloaded in its stead, holds requests and answers up, loses answers and cuts connections. Behind a program that
//! follows the protocol the whole suite must pass, and no single fault at any statement of a commit may do harm.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test: it mints its scopes, and panics to report"
)]

mod proxy;
#[path = "../server/mod.rs"]
mod server;
mod single;
mod wire;

use ward_store::conformance::Patient;
use ward_store_scylla::ScyllaStore;

#[allow(clippy::unused_async, reason = "the suite wants an async factory")]
async fn open() -> (Patient<ScyllaStore>, ()) {
    (Patient::new(proxy::rough()), ())
}

ward_store::conformance_again!(rough, open);
