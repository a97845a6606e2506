//! The keyspace of a run of tests, and its end. A test process has no last moment of its own; so it starts itself again
//! as a sweeper that waits until the first one is gone, however it went, and then drops its keyspace.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use tokio::runtime::Runtime;
use ward_store_scylla::{Options, migrations};

const SWEEP: &str = "WARD_SWEEP_KEYSPACE";

/// The keyspace to be swept, where this process is a sweeper.
#[allow(clippy::disallowed_methods, reason = "a test reads its own settings")]
fn to_be_swept() -> Option<String> {
    std::env::var(SWEEP).ok()
}

/// Starts the sweeper. It waits for the end of its input, which it shares with this process alone.
pub fn drop_when_this_process_ends(options: &Options) {
    static SWEEPER: OnceLock<Child> = OnceLock::new();
    assert_eq!(to_be_swept(), None, "a sweeper needs no server of its own");
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

/// Where this process is a sweeper: waits for the other's end, drops its keyspace, and says so.
pub fn swept() -> bool {
    let Some(keyspace) = to_be_swept() else { return false };
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    let options = Options { keyspace, ..super::options() };
    Runtime::new().unwrap().block_on(migrations::drop_keyspace(&options)).unwrap();
    true
}

/// As a sweeper: waits and drops. As a test: makes a keyspace, drops it, and looks.
#[test]
fn the_keyspace_of_a_run_is_dropped() {
    if swept() {
        return;
    }
    let options = super::options();
    let options = Options { keyspace: format!("{}_swept", options.keyspace), ..options };
    Runtime::new().unwrap().block_on(async {
        migrations::migrate(&options, 1).await.unwrap();
        assert!(migrations::plan(&options).await.unwrap().is_empty());
        migrations::drop_keyspace(&options).await.unwrap();
        assert!(migrations::plan(&options).await.unwrap().keyspace.is_some());
    });
}
