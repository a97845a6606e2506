//! Ping and close.

use super::Subject;
use super::fixture::{SLOT, SLOTS, at, calendar, claim, draft, id, slot_row, tenant};
use crate::{Bounds, CommitError, ListQuery, StoreError};
use ward_domain::record::{Key, List};

/// "Answers if a commit could be made durable now."
pub async fn a_healthy_store_answers_a_ping(subject: &Subject) {
    subject.store.ping().await.expect("ping");
    subject.stands(&tenant(1), draft(calendar(1), 0)).await;
    subject.store.ping().await.expect("ping");
}

/// "After it every call answers unavailable": every one.
pub async fn after_close_every_call_is_unavailable(subject: &Subject) {
    let (scope, store) = (tenant(1), &subject.store);
    let commit = draft(calendar(1), 0).put(SLOT, 1, "x", &[slot_row(1)]).take(claim(1), "x", None).event(1);
    subject.stands(&scope, commit.clone()).await;
    store.close().await.expect("close");

    for draft in [commit.clone(), draft(calendar(1), 1)] {
        let refusal = subject.commit(&scope, draft).await;
        assert!(matches!(refusal, Err(CommitError::Unavailable(_))), "commit: {refusal:?}");
    }
    let (eq, events) = (Key::all(), [id(1).into()]);
    closed("outcome", &store.outcome(&scope, calendar(1), commit.0.id).await);
    closed("version", &store.version(&scope, calendar(1)).await);
    closed("get", &store.get(&scope, SLOT, id(1)).await);
    closed("get_many", &store.get_many(&scope, SLOT, &[id(1)]).await);
    closed("list", &store.list(&scope, &ListQuery::all(SLOTS, Key::all())).await);
    closed("count", &store.count(&scope, SLOTS, &eq, Bounds::ALL).await);
    closed("claim", &store.claim(&scope, &claim(1), at(0)).await);
    closed("pending_events", &store.pending_events(&scope, 10).await);
    closed("settle_events", &store.settle_events(&scope, &events).await);
    closed("tenants_with_events", &store.tenants_with_events(None, 10).await);
    closed("platform_list", &store.platform_list(List::RemindersDue, &eq, Bounds::ALL, 10).await);
    closed("bodies", &store.bodies(&scope, None, 10).await);
    closed("swap_bodies", &store.swap_bodies(&scope, Vec::new()).await);
    closed("destroy", &store.destroy(&scope).await);
    closed("lease_node", &store.lease_node(1, at(0), at(1)).await);
    closed("ping", &store.ping().await);
    closed("snapshot", &store.snapshot().await.map(|_| ()));
    closed("import_state", &store.import_state().await);
    closed("begin_import", &store.begin_import(at(0)).await);
    closed("import", &store.import(&scope, Vec::new()).await);
    closed("end_import", &store.end_import().await);
}

fn closed<T: std::fmt::Debug>(call: &str, answer: &Result<T, StoreError>) {
    assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{call} after close: {answer:?}");
}
