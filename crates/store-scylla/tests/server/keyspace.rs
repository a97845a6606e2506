//! The keyspace of a run of tests, and its end. A test process has no last moment of its own; so it starts itself again
//! as a sweeper that waits until the first one is gone, however it went, and then drops its keyspace.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use tokio::runtime::Runtime;
use ward_store_scylla::{Options, migrations};

const SWEEP: &str = "WARD_SWEEP_KEYSPACE";

/// Starts the sweeper. It waits for the end of its input, which it shares with this process alone.
pub fn drop_when_this_process_ends(options: &Options) {
    static SWEEPER: OnceLock<Child> = OnceLock::new();
    SWEEPER.get_or_init(|| {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "server::keyspace::the_keyspace_of_a_run_is_dropped", "--test-threads=1"])
            .env(SWEEP, &options.keyspace)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    });
}

/// As a sweeper: waits and drops. As a test: makes a keyspace, sweeps it, and looks.
#[allow(clippy::disallowed_methods, reason = "a test reads its own settings")]
#[test]
fn the_keyspace_of_a_run_is_dropped() {
    let runtime = Runtime::new().unwrap();
    let swept = std::env::var(SWEEP).ok();
    if swept.is_some() {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
    }
    let options = super::options();
    let keyspace = swept.clone().unwrap_or_else(|| format!("{}_swept", options.keyspace));
    let options = Options { keyspace, ..options };
    runtime.block_on(async {
        if swept.is_none() {
            migrations::migrate(&options, 1).await.unwrap();
            assert!(migrations::plan(&options).await.unwrap().is_empty());
        }
        migrations::drop_keyspace(&options).await.unwrap();
        if swept.is_none() {
            assert!(migrations::plan(&options).await.unwrap().keyspace.is_some());
        }
    });
}
