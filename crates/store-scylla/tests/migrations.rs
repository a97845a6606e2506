//! The schema on a real server: made once, by one at a time, and never guessed.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test panics to report")]

mod server;

use scylla::client::session_builder::SessionBuilder;
use ward_store::StoreError;
use ward_store_scylla::migrations::{self, MIGRATIONS, MigrationError};
use ward_store_scylla::{Options, ScyllaStore};

/// A keyspace of a test's own, made by nobody yet.
fn options(name: &str) -> Options {
    let shared = server::shared_options();
    Options { keyspace: format!("{}_{name}", shared.keyspace), ..shared }
}

/// Sends one statement as it is; `{}` is the keyspace.
async fn send(options: &Options, text: &str) {
    let session = SessionBuilder::new().known_nodes(&options.nodes).build().await.unwrap();
    session.query_unpaged(text.replace("{}", &options.keyspace), ()).await.unwrap();
}

async fn refusal(options: &Options) -> String {
    match ScyllaStore::open(options.clone()).await.map(|_| ()) {
        Err(StoreError::Unusable(words)) => words,
        other => panic!("the store should be unusable: {other:?}"),
    }
}

/// One keyspace for all of it: statements that change a schema take a server long.
#[tokio::test(flavor = "multi_thread")]
async fn a_schema_is_planned_made_gone_on_with_and_never_guessed() {
    let options = options("migrated");
    let (first, rest) = MIGRATIONS.split_first().unwrap();
    let names: Vec<_> = MIGRATIONS.iter().map(|file| file.name.to_owned()).collect();
    let plan = migrations::plan(&options).await.unwrap();
    assert!(plan.keyspace.unwrap().contains("NetworkTopologyStrategy"));
    assert_eq!(plan.files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>(), names);
    assert!(refusal(&options).await.contains("run `ward migrate`"));
    assert_eq!(migrations::migrate(&options, 1).await.unwrap(), names);
    assert!(migrations::plan(&options).await.unwrap().is_empty());
    assert_eq!(migrations::migrate(&options, 2).await.unwrap(), Vec::<String>::new());
    ScyllaStore::open(options.clone()).await.unwrap();

    // As if it had stopped near the end of a file, one statement carried out and not noted.
    let all = first.statements();
    let noted = all.len() - 2;
    send(
        &options,
        &format!("UPDATE {{}}.migrations SET statements={noted}, complete=false WHERE part=0 AND number=1"),
    )
    .await;
    assert_eq!(migrations::plan(&options).await.unwrap().files[0].1, all[noted..]);
    assert!(refusal(&options).await.contains("is at 0, and this program needs"));
    send(&options, "INSERT INTO {}.migration_lock (part, holder) VALUES (0, 77) IF NOT EXISTS").await;
    let refused = migrations::migrate(&options, 1).await.unwrap_err();
    assert!(matches!(refused, MigrationError::Locked { .. }), "{refused}");
    send(&options, "DELETE FROM {}.migration_lock WHERE part=0 IF EXISTS").await;
    assert_eq!(migrations::migrate(&options, 1).await.unwrap(), [first.name]);
    ScyllaStore::open(options.clone()).await.unwrap();

    send(&options, "INSERT INTO {}.migrations (part, number, name, checksum, statements, complete) VALUES (0, 999, 'later', '', 1, true)").await;
    assert!(refusal(&options).await.contains("run a newer Ward"));
    let refused = migrations::migrate(&options, 1).await.unwrap_err();
    assert!(
        matches!(refused, MigrationError::Newer { found: 999, known } if known == 1 + i32::try_from(rest.len()).unwrap()),
        "{refused}"
    );
    send(&options, "DELETE FROM {}.migrations WHERE part=0 AND number=999").await;
    send(&options, "UPDATE {}.migrations SET checksum='0' WHERE part=0 AND number=1").await;
    assert!(refusal(&options).await.contains("0001_store.cql was changed"));
    let refused = migrations::migrate(&options, 1).await.unwrap_err();
    assert!(matches!(refused, MigrationError::Changed { .. }), "{refused}");
    migrations::drop_keyspace(&options).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_does_not_answer_and_a_bad_name_are_named() {
    let options = options("nowhere");
    let elsewhere = Options { nodes: vec!["127.0.0.1:1".to_owned()], ..options.clone() };
    let refused = ScyllaStore::open(elsewhere).await.map(|_| ()).unwrap_err();
    assert!(matches!(&refused, StoreError::Unavailable(words) if words.contains("127.0.0.1:1")), "{refused}");
    for keyspace in ["", "9lives", "a; DROP", "a b", &"x".repeat(49)] {
        let named = Options { keyspace: keyspace.to_owned(), ..options.clone() };
        let refused = migrations::migrate(&named, 1).await.unwrap_err();
        assert!(matches!(refused, MigrationError::BadKeyspace), "{keyspace}: {refused}");
    }
}
