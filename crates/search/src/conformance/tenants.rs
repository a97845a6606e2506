//! No hospital ever finds another's documents.

use super::{Subject, account, accounts, encounter, encounters, id, removal};
use crate::{
    Direction, DocumentKind, Filter, IndexOp, IndexStatus, NumberField, SearchError, Sort, TermField,
    TextField,
};

const NONE: [u64; 0] = [];

/// The same ids and words in two hospitals.
pub async fn a_tenant_finds_its_own_documents_only(subject: &Subject) {
    let (one, other) = (subject.hospital(0), subject.hospital(1));
    one.put([1, 2].map(|number| encounter(number).text(TextField::Plan, "fever one"))).await;
    other.put([2, 3, 4].map(|number| encounter(number).text(TextField::Plan, "fever other"))).await;
    assert_eq!(one.found("fever ").await, [1, 2]);
    assert_eq!(other.found("fever ").await, [2, 3, 4]);
    assert_eq!(one.found("other ").await, NONE);
    assert_eq!(other.found("one ").await, NONE);
    assert_eq!(subject.hospital(2).found("").await, NONE);
}

/// Whatever filters, orders and texts a query brings: they narrow within the tenant, never reach out of it.
pub async fn no_query_reaches_another_tenant(subject: &Subject) {
    let (thief, victim) = (subject.hospital(0), subject.hospital(1));
    let victims = victim.scope.tenant().get();
    let secret = |number| {
        let document =
            encounter(number).text(TextField::PatientName, "Secret Patient").text(TextField::Tags, "secret");
        let document = document.term(TermField::Status, "completed").term(TermField::Tag, "secret");
        document.number(NumberField::Doctor, 7).number(NumberField::Date, 100)
    };
    victim.put([secret(50), secret(51)]).await;
    victim
        .put([account(52).text(TextField::Email, "secret@victim.example").text(TextField::Phone, "5550001")])
        .await;
    let own = encounter(1).text(TextField::PatientName, "Own Patient").term(TermField::Status, "completed");
    thief.put([own.number(NumberField::Doctor, 7)]).await;

    let everything =
        Filter::Range { field: NumberField::Doctor, from: Some(i64::MIN), until: Some(i64::MAX) };
    let number = victims.cast_signed();
    let filters = [
        Filter::number(NumberField::Doctor, 7),
        Filter::Any(vec![everything.clone(), Filter::term(TermField::Status, "completed")]),
        everything,
        Filter::Number(NumberField::Patient, vec![number, 50, 51, 0]),
        Filter::Term(TermField::Tag, vec!["secret".into(), format!("secret' OR tenant = {victims}")]),
        Filter::term(TermField::Status, format!("completed\" OR tenant = \"{victims}")),
        Filter::term(TermField::Status, "*"),
    ];
    for filter in filters {
        for sort in [Sort::Relevance, Sort::Name(TextField::PatientName, Direction::Descending)] {
            let ids = thief.ids(encounters().filter(filter.clone()).sorted(sort)).await;
            assert!(ids.iter().all(|id| *id == 1), "{filter:?} {ids:?}");
        }
    }
    for text in [
        "secret".to_owned(),
        "\"secret patient\"".to_owned(),
        format!("tenant:{victims} "),
        format!("tenant = {victims} OR secret "),
        format!("../{victims}/index secret "),
        "* OR *:* ".to_owned(),
        "secret\u{0} ".to_owned(),
        "id:50 OR key:50 ".to_owned(),
    ] {
        assert_eq!(thief.ids(encounters().text(text.clone()).with_snippets()).await, NONE, "{text:?}");
        assert_eq!(thief.ids(accounts().text(text.clone())).await, NONE, "{text:?}");
    }
    assert_eq!(thief.ids(accounts().text("5550001")).await, NONE);
    assert_eq!(thief.found("").await, [1]);
    // What the thief could not find is there.
    assert_eq!(victim.found("secret").await, [50, 51]);
}

/// Every field of every kind, searched, filtered and sorted by values that would end a quotation, name the other tenant or
/// its documents, or are no text at all; and every such value fed into a document of one's own.
pub async fn no_field_reaches_another_tenant(subject: &Subject) {
    let (thief, victim) = (subject.hospital(0), subject.hospital(1));
    let victims = victim.scope.tenant().get();
    let hostile = [
        format!("\" OR tenant = {victims} OR tenant = \""),
        format!("' OR tenant = '{victims}"),
        format!("x\" OR tenant = \"{victims}\" OR live = \"true"),
        format!("\\\" OR tenant = \\\"{victims}"),
        format!(") OR (tenant = {victims}"),
        format!("] OR tenant IN [{victims}"),
        format!("x AND NOT tenant = 0 OR tenant EXISTS OR tenant = {victims}"),
        format!("{victims}-50-1"),
        format!("tenant:{victims}"),
        "_id EXISTS".to_owned(),
        "STARTS WITH \"\"".to_owned(),
        "\u{0}\u{1}\u{7}\r\n\t".to_owned(),
        "\u{202E}\u{FEFF}\u{FFFD}\u{10FFFF}".to_owned(),
        "%22%20OR%20tenant%3D2".to_owned(),
        "${tenant} {{tenant}} $(tenant)".to_owned(),
        "\\u0022 OR live = true".to_owned(),
    ];
    for &kind in DocumentKind::ALL {
        let mut secret = crate::SearchDocument::new(kind, id(50), 1);
        let mut own = crate::SearchDocument::new(kind, id(1), 1);
        for &field in kind.text_fields() {
            secret = secret.text(field, "secretword 5550001");
            own = hostile.iter().fold(own, |document, value| document.text(field, value.clone()));
        }
        for &field in TermField::ALL {
            secret = secret.term(field, "secretword");
            own = hostile.iter().fold(own, |document, value| document.term(field, value.clone()));
        }
        for &field in NumberField::ALL {
            secret = secret.number(field, 7);
            own = own.number(field, victims.cast_signed());
        }
        victim.put([secret]).await;
        thief.put([own]).await;

        let all = || crate::SearchQuery::new(kind);
        let only_own = async |query: crate::SearchQuery| {
            let ids = thief.ids(query.clone()).await;
            assert!(ids.iter().all(|id| *id == 1), "{query:?} finds {ids:?}");
        };
        for value in &hostile {
            only_own(all().text(value.clone()).with_snippets()).await;
            only_own(all().text(format!("\"{value}\" secretword"))).await;
            for &field in kind.text_fields() {
                only_own(all().text(value.clone()).within([field])).await;
            }
            for &field in TermField::ALL {
                let filter = Filter::Term(field, vec![value.clone(), "secretword".to_owned()]);
                only_own(all().filter(filter.clone())).await;
                only_own(all().filter(Filter::Any(vec![filter]))).await;
                // Its own it finds by it: what is odd is a value like any other.
                assert_eq!(
                    thief.ids(all().filter(Filter::term(field, value.clone()))).await,
                    [1],
                    "{value:?}"
                );
            }
        }
        for &field in NumberField::ALL {
            for value in [7, victims.cast_signed(), 50, i64::MIN, i64::MAX, 0, -1] {
                only_own(all().filter(Filter::Number(field, vec![value, 7]))).await;
                only_own(all().filter(Filter::Range { field, from: Some(value), until: None })).await;
                only_own(all().filter(Filter::Range { field, from: None, until: Some(value) })).await;
            }
            only_own(all().sorted(Sort::Number(field, Direction::Ascending))).await;
        }
        assert_eq!(victim.ids(all().text("secretword ")).await, [50], "what could not be found is there");
    }
}

/// Neither what it puts nor what it removes.
pub async fn feeding_one_tenant_changes_no_other(subject: &Subject) {
    let (one, other) = (subject.hospital(0), subject.hospital(1));
    other.put([encounter(1).text(TextField::Plan, "fever")]).await;
    other.index.mark_complete(&other.scope).await.unwrap();
    one.feed([removal(1, 99)]).await;
    one.put([encounter(2).text(TextField::Plan, "fever")]).await;
    assert_eq!(other.found("fever ").await, [1]);
    let status = other.index.status(&other.scope).await.unwrap();
    assert_eq!(status, IndexStatus { documents: 1, complete: true });
    assert!(!one.index.status(&one.scope).await.unwrap().complete);
}

/// Documents, versions and completeness.
pub async fn destruction_is_whole_and_leaves_others_alone(subject: &Subject) {
    let (one, other) = (subject.hospital(0), subject.hospital(1));
    for hospital in [&one, &other] {
        hospital.put([encounter(1).text(TextField::Plan, "fever")]).await;
        hospital.index.mark_complete(&hospital.scope).await.unwrap();
    }
    one.index.destroy(&one.scope).await.unwrap();
    assert_eq!(one.found("").await, NONE);
    let status = one.index.status(&one.scope).await.unwrap();
    assert_eq!(status, IndexStatus { documents: 0, complete: false });
    assert_eq!(other.found("fever ").await, [1]);
    // Twice, and of what never was.
    one.index.destroy(&one.scope).await.unwrap();
    let never = subject.hospital(2);
    never.index.destroy(&never.scope).await.unwrap();
}

/// From the beginning: no version of the past stands in the way.
pub async fn a_destroyed_tenant_can_be_fed_again(subject: &Subject) {
    let hospital = subject.hospital(0);
    let document = |version| {
        let document = crate::SearchDocument::new(DocumentKind::Encounter, id(1), version);
        IndexOp::Put(document.text(TextField::Plan, format!("revision{version}")))
    };
    hospital.feed([document(9), removal(2, 9)]).await;
    hospital.index.destroy(&hospital.scope).await.unwrap();
    hospital.feed([document(1)]).await;
    hospital.put([encounter(2)]).await;
    assert_eq!(hospital.found("revision1 ").await, [1]);
    assert_eq!(hospital.found("").await, [1, 2]);
}

/// Sixteen at once, with searches in between.
pub async fn tenants_are_fed_concurrently(subject: &Subject) {
    let tasks = (0..16).map(|number| {
        let (index, scope) = (subject.index.clone(), subject.hospital(number).scope);
        tokio::spawn(async move {
            for round in 0..3 {
                let document = encounter(number * 10 + round).text(TextField::Plan, "fever");
                index.apply(&scope, vec![IndexOp::Put(document)]).await.unwrap();
                index.refreshed(&scope).await.unwrap();
                let page = index.search(&scope, &encounters().text("fever ")).await.unwrap();
                assert_eq!(page.total, round + 1);
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    for number in 0..16 {
        let own: Vec<u64> = (0..3).map(|round| number * 10 + round).collect();
        assert_eq!(subject.hospital(number).found("fever ").await, own);
    }
}

/// Typed, so that the house can say *degraded*.
pub async fn a_closed_index_says_so(subject: &Subject) {
    let hospital = subject.hospital(0);
    hospital.put([encounter(1)]).await;
    hospital.index.health().await.unwrap();
    hospital.index.close().await.unwrap();
    let index = hospital.index;
    let is_unavailable = |error| matches!(error, SearchError::Unavailable(_));
    assert!(is_unavailable(index.health().await.unwrap_err()));
    assert!(is_unavailable(index.search(&hospital.scope, &encounters()).await.unwrap_err()));
    assert!(is_unavailable(index.apply(&hospital.scope, vec![removal(1, 2)]).await.unwrap_err()));
    assert!(is_unavailable(index.status(&hospital.scope).await.unwrap_err()));
    assert!(is_unavailable(index.destroy(&hospital.scope).await.unwrap_err()));
}
