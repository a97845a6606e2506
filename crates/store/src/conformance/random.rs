//! Random walks: a store and the reference take the same calls and must give the same answers, step after step.
//!
//! Behind [`crate::Faulty`] the walk talks to the store as a program has to: what is unavailable it asks again, and of
//! a commit whose outcome is unknown it asks what became of it and sends it again under its own id. A store is right
//! where all the faults then leave no trace.

mod client;
mod compare;
mod draw;
mod walker;

use super::Subject;
use super::fixture::{SLOT, calendar, draft, id, tenant};
use crate::commit::REMEMBERED_COMMITS;
use crate::{CommitError, DynStore};
use tokio::task::JoinSet;
use walker::Walker;

/// The walks that every enrolled back end takes. A failure names its seed and step, and happens again with them.
pub const SEEDS: [u64; 4] = [1, 2, 3, 4];
/// Steps of each of them.
pub const STEPS: u64 = 300;

/// How often the walk stops to compare everything there is.
const REST: u64 = 75;

/// Takes so many random steps. A soak test may call it with seeds and steps of its own, on an empty store.
pub async fn walk(subject: &Subject, seed: u64, steps: u64) {
    let mut walker = Walker::new(subject, seed);
    for step in 1..=steps {
        walker.step(step).await;
        if step % REST == 0 || step == steps {
            walker.compare_everything().await;
        }
    }
    walker.compare_spans().await;
    walker.must_have_met_everything(steps);
    if let Some(faults) = &subject.faults {
        let injected = faults.injected();
        assert!(steps < STEPS || injected.faults() > steps / 20, "too calm a walk: {injected:?}");
    }
}

/// Several clients raise one number, each by load, decide, commit. No rise is lost and none counts twice.
pub async fn counting_together(subject: &Subject) {
    const CLIENTS: u64 = 4;
    // All of them together commit no oftener than a store is bound to remember: then an outcome can always be told.
    const RISES: u64 = REMEMBERED_COMMITS as u64 / CLIENTS;

    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        let store = subject.store.clone();
        clients.spawn(async move {
            for _ in 0..RISES {
                rise(&store).await;
            }
        });
    }
    clients.join_all().await;
    let stored = client::get(&subject.store, &tenant(1), SLOT, id(1)).await.expect("the number");
    assert_eq!(*stored.body, *(CLIENTS * RISES).to_string().as_bytes());
    assert_eq!(stored.version, CLIENTS * RISES);
}

async fn rise(store: &DynStore) {
    loop {
        let stored = client::get(store, &tenant(1), SLOT, id(1)).await;
        let (version, number) = stored.map_or((0, 0), |stored| {
            let text = String::from_utf8(stored.body.to_vec()).expect("a text");
            (stored.version, text.parse::<u64>().expect("a number"))
        });
        let next = draft(calendar(1), version).put(SLOT, 1, &(number + 1).to_string(), &[]);
        match client::commit(store, &tenant(1), &next.0).await {
            Ok(_) => return,
            Err(CommitError::Version { actual }) => assert!(actual > version, "refused at its own version"),
            Err(error) => panic!("{error}"),
        }
    }
}
