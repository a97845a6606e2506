//! What the suite runs on.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::any::Any;
use std::sync::Arc;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use ward_search::conformance::Subject;
use ward_search_meilisearch::double::Double;
use ward_search_meilisearch::{MeiliSearch, Options};

/// The key that the double takes.
pub const KEY: &str = "a-master-key-of-the-double";

#[allow(clippy::disallowed_methods, reason = "the tests' own setting is not the program's")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

/// Options for a server, with indexes that nobody else uses.
pub fn options(url: String, key: String) -> Options {
    static SUBJECTS: AtomicU32 = AtomicU32::new(0);
    let number = SUBJECTS.fetch_add(1, Ordering::Relaxed);
    Options {
        vectors: 7,
        url,
        key,
        index_prefix: format!("ward-test-{}-{number}-", std::process::id()),
        timeout: Duration::from_secs(20),
        task_timeout: Duration::from_mins(2),
    }
}

/// Removes what a run left on a real server.
struct Sweep(Options);

impl Drop for Sweep {
    fn drop(&mut self) {
        let options = self.0.clone();
        // Not within the test's own runtime, which is ending.
        let swept = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async { MeiliSearch::new(&options).unwrap().remove_indexes().await })
        });
        if !matches!(swept.join(), Ok(Ok(()))) {
            say("the indexes of a test could not be removed from the server");
        }
    }
}

fn say(line: &str) {
    // Straight to the terminal: what a test prints is else shown only where it fails.
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// An index on the real server or on a double of its own.
pub async fn subject() -> Subject {
    static SAID: Once = Once::new();
    let (options, keep): (Options, Box<dyn Any + Send + Sync>) = if let Some(url) = variable("MEILI_URL") {
        let options = options(url, variable("MEILI_MASTER_KEY").unwrap_or_default());
        (options.clone(), Box::new(Sweep(options)))
    } else {
        let double = Double::start(KEY).await;
        (options(double.url(), KEY.to_owned()), Box::new(double))
    };
    let index = MeiliSearch::new(&options).unwrap();
    let version = index.look().await.unwrap().version;
    SAID.call_once(|| match variable("MEILI_URL") {
        Some(url) => say(&format!("search-meilisearch: on the real server, Meilisearch {version} at {url}")),
        None => say("search-meilisearch: on a double of the protocol; MEILI_URL names no real server"),
    });
    Subject { index: Arc::new(index), first_tenant: 1, keep }
}
