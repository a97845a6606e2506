//! Single documents and several.

use super::Subject;
use super::fixture::{APPOINTMENT, SLOT, calendar, draft, id, tenant};
use ward_domain::decision::Change;
use ward_domain::record::RecordKind;

/// `None`, not an error.
pub async fn a_document_that_is_not_there(subject: &Subject) {
    assert_eq!(subject.get(&tenant(1), SLOT, id(1)).await, None);
    let none = subject.store.get_many(&tenant(1), SLOT, &[id(1), id(2)]).await.expect("get many");
    assert!(none.is_empty());
}

/// An id is "unique among its kind".
pub async fn kinds_do_not_share_ids(subject: &Subject) {
    let scope = tenant(1);
    let mut commit = draft(calendar(1), 0);
    for kind in RecordKind::ALL {
        commit = commit.put(*kind, 1, &format!("{kind:?}"), &[]);
    }
    subject.stands(&scope, commit).await;
    subject.stands(&scope, draft(calendar(1), 1).remove(APPOINTMENT, 1, &[])).await;
    for kind in RecordKind::ALL {
        let expected = (*kind != APPOINTMENT).then(|| format!("{kind:?}"));
        assert_eq!(subject.text(&scope, *kind, id(1)).await, expected);
    }
}

/// "In the order asked; those that are not there are left out."
pub async fn many_come_in_the_order_asked(subject: &Subject) {
    let scope = tenant(1);
    let mut commit = draft(calendar(1), 0).put(APPOINTMENT, 4, "of another kind", &[]);
    for number in [1, 2, 3, 5, 300] {
        commit = commit.put(SLOT, number, &format!("slot {number}"), &[]);
    }
    subject.stands(&scope, commit).await;
    let asked = [5, 1, 4, 300, 99, 2].map(id);
    let many = subject.store.get_many(&scope, SLOT, &asked).await.expect("get many");
    let found: Vec<_> = many.iter().map(|stored| (stored.id.get(), stored.body.to_vec())).collect();
    let expected: Vec<_> =
        [5, 1, 300, 2].map(|number| (number, format!("slot {number}").into_bytes())).into();
    assert_eq!(found, expected);
    assert!(many.iter().all(|stored| stored.version == 1 && stored.aggregate == calendar(1)));
    assert!(subject.store.get_many(&scope, SLOT, &[]).await.expect("get many").is_empty());
}

/// The store does not look into a body: none at all, every byte, and a large one come back as they went.
pub async fn bodies_are_bytes(subject: &Subject) {
    let scope = tenant(1);
    let bodies = [Vec::new(), (0..=u8::MAX).collect(), vec![0; 300_000], b"{\"a\":1}".to_vec()];
    let mut commit = draft(calendar(1), 0);
    for (number, body) in (1..).zip(&bodies) {
        commit = commit.change(Change {
            kind: SLOT,
            id: id(number),
            body: Some(body.clone()),
            put_rows: Vec::new(),
            drop_rows: Vec::new(),
        });
    }
    subject.stands(&scope, commit).await;
    for (number, body) in (1..).zip(bodies) {
        assert_eq!(
            subject.get(&scope, SLOT, id(number)).await.map(|stored| stored.body.to_vec()),
            Some(body)
        );
    }
}
