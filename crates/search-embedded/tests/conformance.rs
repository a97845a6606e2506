//! The embedded index passes the port's suite.

use std::sync::Arc;
use ward_search::conformance::Subject;
use ward_search_embedded::{EmbeddedSearch, Limits};

async fn subject() -> Subject {
    let folder = tempfile::tempdir().unwrap();
    let index = EmbeddedSearch::open(folder.path(), Limits::default()).await.unwrap();
    Subject { index: Arc::new(index), first_tenant: 1, keep: Box::new(folder) }
}

/// Room for fewer indexes and writers than the cases use: everything is closed and opened all the time.
async fn cramped() -> Subject {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits {
        open_indexes: 2,
        open_writers: 1,
        writer_idle: std::time::Duration::from_millis(40),
        ..Limits::default()
    };
    let index = EmbeddedSearch::open(folder.path(), limits).await.unwrap();
    Subject { index: Arc::new(index), first_tenant: 1, keep: Box::new(folder) }
}

mod roomy {
    use super::subject;
    ward_search::conformance!(subject);
}

mod in_little_room {
    use super::cramped;
    ward_search::conformance!(cramped);
}
