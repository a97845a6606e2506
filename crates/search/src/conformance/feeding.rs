//! What is applied stands, once and in the right order.

use super::{Subject, accounts, encounter, encounters, id, removal};
use crate::{
    DocumentKind, Filter, IndexOp, IndexStatus, Invalid, MAX_OPS, MAX_TEXT_BYTES, NumberField,
    SearchDocument, SearchError, TextField,
};

fn plan(number: u64, version: u64, text: &str) -> IndexOp {
    let document = SearchDocument::new(DocumentKind::Encounter, id(number), version);
    IndexOp::Put(document.text(TextField::Plan, text))
}

/// Applied, then refreshed: found.
pub async fn a_document_is_found_as_soon_as_it_is_seen(subject: &Subject) {
    let hospital = subject.hospital(0);
    assert_eq!(hospital.found("fever").await, [] as [u64; 0]);
    hospital.feed([plan(1, 1, "fever"), plan(2, 1, "cough")]).await;
    assert_eq!(hospital.found("fever").await, [1]);
    assert_eq!(hospital.found("cough").await, [2]);
    // Nothing to do is nothing wrong.
    hospital.feed([]).await;
    assert_eq!(hospital.found("").await, [1, 2]);
}

/// Nothing of the older version is left.
pub async fn a_newer_version_replaces_an_older_one(subject: &Subject) {
    let hospital = subject.hospital(0);
    hospital.feed([plan(1, 1, "fever")]).await;
    hospital.feed([plan(1, 2, "cough")]).await;
    assert_eq!(hospital.found("fever").await, [] as [u64; 0]);
    assert_eq!(hospital.found("cough").await, [1]);
    assert_eq!(hospital.found("").await, [1]);
}

/// Neither in a later call nor later within one.
pub async fn an_older_version_never_overwrites_a_newer_one(subject: &Subject) {
    let hospital = subject.hospital(0);
    hospital.feed([plan(1, 7, "newest"), plan(1, 3, "older")]).await;
    hospital.feed([plan(1, 6, "older")]).await;
    hospital.feed([removal(1, 6)]).await;
    assert_eq!(hospital.found("newest").await, [1]);
    assert_eq!(hospital.found("older").await, [] as [u64; 0]);
}

/// What a filter let through before is no answer to the same question now.
pub async fn a_filter_lets_through_what_is_true_now(subject: &Subject) {
    let hospital = subject.hospital(0);
    let of = |number, version, doctor| {
        let document = SearchDocument::new(DocumentKind::Encounter, id(number), version);
        IndexOp::Put(document.text(TextField::Plan, "fever").number(NumberField::Doctor, doctor))
    };
    let asked = async |text: &str| {
        let mut ids =
            hospital.ids(encounters().text(text).filter(Filter::number(NumberField::Doctor, 7))).await;
        ids.sort_unstable();
        ids
    };
    hospital.feed([of(1, 1, 7), of(2, 1, 8), of(3, 1, 7)]).await;
    for text in ["fever", ""] {
        assert_eq!(asked(text).await, [1, 3]);
    }
    hospital.feed([of(1, 2, 8), of(2, 2, 7), removal(3, 2), of(4, 1, 7)]).await;
    for text in ["fever", ""] {
        assert_eq!(asked(text).await, [2, 4]);
    }
}

/// A document that comes late does not come back; one that is newer does.
pub async fn a_removal_stands_against_what_is_older(subject: &Subject) {
    let hospital = subject.hospital(0);
    hospital.feed([plan(1, 1, "fever"), plan(2, 1, "fever")]).await;
    hospital.feed([removal(1, 2), removal(3, 5)]).await;
    assert_eq!(hospital.found("fever").await, [2]);
    // Late, in the same version, and for a document that was never seen alive.
    hospital.feed([plan(1, 1, "fever"), plan(1, 2, "fever"), plan(3, 4, "fever")]).await;
    assert_eq!(hospital.found("fever").await, [2]);
    assert_eq!(hospital.found("").await, [2]);
    hospital.feed([plan(1, 3, "fever")]).await;
    assert_eq!(hospital.found("fever").await, [1, 2]);
}

/// At least once is enough.
pub async fn redelivery_changes_nothing(subject: &Subject) {
    let hospital = subject.hospital(0);
    for _ in 0..3 {
        hospital.feed([plan(1, 1, "fever"), plan(2, 4, "fever"), removal(3, 1), plan(2, 4, "fever")]).await;
    }
    assert_eq!(hospital.found("fever").await, [1, 2]);
    let status = hospital.index.status(&hospital.scope).await.unwrap();
    assert_eq!(status.documents, 2);
    // The same version, derived anew: a name that the document borrows has changed.
    hospital.feed([plan(2, 4, "cough")]).await;
    assert_eq!(hospital.found("fever").await, [1]);
    assert_eq!(hospital.found("cough").await, [2]);
}

/// One number may name an encounter and an account.
pub async fn kinds_do_not_mix(subject: &Subject) {
    let hospital = subject.hospital(0);
    let account = super::account(1).text(TextField::LastName, "Fever");
    hospital.feed([plan(1, 1, "fever"), IndexOp::Put(account)]).await;
    assert_eq!(hospital.found("fever").await, [1]);
    assert_eq!(hospital.ids(accounts().text("fever")).await, [1]);
    hospital.feed([removal(1, 2)]).await;
    assert_eq!(hospital.found("fever").await, [] as [u64; 0]);
    assert_eq!(hospital.ids(accounts()).await, [1]);
}

/// Typed refusals, and nothing of the call stands.
pub async fn what_no_index_can_take_is_refused(subject: &Subject) {
    let hospital = subject.hospital(0);
    let strange = encounter(1).text(TextField::Phone, "123");
    let refused =
        hospital.index.apply(&hospital.scope, vec![plan(2, 1, "fever"), IndexOp::Put(strange)]).await;
    assert_eq!(refused, Err(SearchError::Invalid(Invalid::NoSuchField("phone"))));
    let many = (0..=MAX_OPS as u64).map(|number| removal(number, 1)).collect();
    let refused = hospital.index.apply(&hospital.scope, many).await;
    assert_eq!(refused, Err(SearchError::Invalid(Invalid::TooManyOps)));
    hospital.index.refreshed(&hospital.scope).await.unwrap();
    assert_eq!(hospital.found("").await, [] as [u64; 0]);
}

/// A transcript without end is found by its beginning.
pub async fn long_texts_are_cut(subject: &Subject) {
    let hospital = subject.hospital(0);
    let text = format!("beginning {} ending", "یک ".repeat(MAX_TEXT_BYTES / 5));
    hospital.put([encounter(1).text(TextField::Transcript, text)]).await;
    assert_eq!(hospital.found("beginning").await, [1]);
    assert_eq!(hospital.found("ending").await, [] as [u64; 0]);
}

/// Pages say so until then.
pub async fn an_index_is_complete_once_it_is_said_to_be(subject: &Subject) {
    let hospital = subject.hospital(0);
    let status = async || hospital.index.status(&hospital.scope).await.unwrap();
    assert_eq!(status().await, IndexStatus { documents: 0, complete: false });
    hospital.feed([plan(1, 1, "fever"), plan(2, 1, "fever"), removal(3, 1)]).await;
    assert_eq!(status().await, IndexStatus { documents: 2, complete: false });
    assert!(!hospital.page(encounters()).await.complete);

    hospital.index.mark_complete(&hospital.scope).await.unwrap();
    assert_eq!(status().await, IndexStatus { documents: 2, complete: true });
    hospital.feed([removal(1, 2)]).await;
    assert_eq!(status().await, IndexStatus { documents: 1, complete: true });
    assert!(hospital.page(encounters()).await.complete);
}

/// Of many versions from many tasks in any order the newest stands.
pub async fn concurrent_feeding_loses_nothing(subject: &Subject) {
    const DOCUMENTS: u64 = 25;
    const VERSIONS: u64 = 8;
    let tasks = (1..=VERSIONS).map(|version| {
        let (index, scope) = (subject.index.clone(), subject.hospital(0).scope);
        tokio::spawn(async move {
            let ops =
                (0..DOCUMENTS).map(|number| plan(number, version, &format!("revision{version}"))).collect();
            index.apply(&scope, ops).await
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap().unwrap();
    }
    let hospital = subject.hospital(0);
    hospital.index.refreshed(&hospital.scope).await.unwrap();
    assert_eq!(hospital.found(&format!("revision{VERSIONS} ")).await, (0..DOCUMENTS).collect::<Vec<_>>());
    assert_eq!(hospital.found("").await.len() as u64, DOCUMENTS);
}
