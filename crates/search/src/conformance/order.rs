//! Orders are total, and pages are cut from them.

use super::{Subject, account, accounts, encounter, encounters};
use crate::{Direction, DocumentKind, Invalid, NumberField, SearchError, SearchQuery, Sort, TextField};

use Direction::{Ascending, Descending};

/// Up and down, for every field, negative numbers too.
pub async fn every_number_sorts(subject: &Subject) {
    let hospital = subject.hospital(0);
    let with = |number, value: i64| {
        NumberField::ALL.iter().fold(encounter(number), |document, field| document.number(*field, value))
    };
    hospital.put([with(1, 30), with(2, -10), with(3, 1 << 52), with(4, 20)]).await;
    for &field in NumberField::ALL {
        assert_eq!(hospital.ids(encounters().sorted(Sort::Number(field, Ascending))).await, [2, 4, 1, 3]);
        assert_eq!(hospital.ids(encounters().sorted(Sort::Number(field, Descending))).await, [3, 1, 4, 2]);
    }
}

/// In either direction.
pub async fn what_has_no_value_comes_last(subject: &Subject) {
    let hospital = subject.hospital(0);
    let dated = |number, date| encounter(number).number(NumberField::Date, date);
    hospital.put([encounter(1), dated(2, -1), dated(3, 1), encounter(4)]).await;
    let by_date = |direction| encounters().sorted(Sort::Number(NumberField::Date, direction));
    assert_eq!(hospital.ids(by_date(Ascending)).await, [2, 3, 1, 4]);
    assert_eq!(hospital.ids(by_date(Descending)).await, [3, 2, 4, 1]);

    let named = |number, name| encounter(number).text(TextField::PatientName, name);
    hospital.put([named(2, "b"), named(3, "a")]).await;
    let by_name = |direction| encounters().sorted(Sort::Name(TextField::PatientName, direction));
    assert_eq!(hospital.ids(by_name(Ascending)).await, [3, 2, 1, 4]);
    assert_eq!(hospital.ids(by_name(Descending)).await, [2, 3, 4, 1]);
}

/// Persian by its own alphabet, then Latin; accents and capitals decide only between names that are else the same.
pub async fn names_sort_as_in_a_register(subject: &Subject) {
    let hospital = subject.hospital(0);
    let names = [
        "آرش", "پویا", "كاوه", "گلی", "وحید", "هدی", "یاسر", "anna", "Anna", "Émile", "Emin", "šimek",
        "Smith", "Zoe",
    ];
    // Fed backwards and in two batches, so that neither ids nor arrival give the order away.
    let feed = |(at, name): (usize, &&str)| account(at as u64 + 1).text(TextField::LastName, *name);
    hospital.put(names.iter().enumerate().skip(6).map(feed).rev()).await;
    hospital.put(names.iter().enumerate().take(6).map(feed).rev()).await;
    let up: Vec<u64> = (1..=names.len() as u64).collect();
    let down: Vec<u64> = up.iter().rev().copied().collect();
    let by_name = |direction| accounts().sorted(Sort::Name(TextField::LastName, direction));
    assert_eq!(hospital.ids(by_name(Ascending)).await, up);
    assert_eq!(hospital.ids(by_name(Descending)).await, down);
}

/// Every field that says it is sortable; the others are refused.
pub async fn a_name_order_of_every_sortable_field(subject: &Subject) {
    let hospital = subject.hospital(0);
    for &kind in DocumentKind::ALL {
        for &field in kind.text_fields() {
            let query = SearchQuery::new(kind).sorted(Sort::Name(field, Ascending));
            if !field.is_sortable() {
                let refusal = SearchError::Invalid(Invalid::NotSortable(field.name()));
                assert_eq!(hospital.refused(query).await, refusal);
                continue;
            }
            let with =
                |number, text| crate::SearchDocument::new(kind, super::id(number), 1).text(field, text);
            hospital.put([with(1, "Čapek"), with(2, "cap"), with(3, "Capp")]).await;
            assert_eq!(hospital.ids(query).await, [2, 1, 3], "{field:?}");
        }
    }
    let strange = encounters().sorted(Sort::Name(TextField::LastName, Ascending));
    assert_eq!(hospital.refused(strange).await, SearchError::Invalid(Invalid::NoSuchField("last_name")));
}

/// In the direction of the order; by relevance the newest first.
pub async fn ties_stand_by_id(subject: &Subject) {
    let hospital = subject.hospital(0);
    let same =
        |number: u64| encounter(number).number(NumberField::Age, 40).text(TextField::PatientName, "Same");
    hospital.put([5, 1, 4].map(same)).await;
    hospital.put([2, 3].map(same)).await;
    for (sort, expected) in [
        (Sort::Number(NumberField::Age, Ascending), [1, 2, 3, 4, 5]),
        (Sort::Number(NumberField::Age, Descending), [5, 4, 3, 2, 1]),
        (Sort::Name(TextField::PatientName, Ascending), [1, 2, 3, 4, 5]),
        (Sort::Name(TextField::PatientName, Descending), [5, 4, 3, 2, 1]),
        (Sort::Relevance, [5, 4, 3, 2, 1]),
    ] {
        assert_eq!(hospital.ids(encounters().sorted(sort)).await, expected, "{sort:?}");
    }
}

/// The word itself before a form of it, before a typing error; a weightier field before a lighter one; scores fall.
pub async fn relevance_is_best_first(subject: &Subject) {
    let hospital = subject.hospital(0);
    let filler = "nothing else of note was said today";
    let said = |number, text: &str| encounter(number).text(TextField::Transcript, format!("{text} {filler}"));
    hospital.put([said(1, "migrane"), said(2, "migraines"), said(3, "migraine"), said(4, "cough")]).await;
    hospital.put([encounter(5).text(TextField::ChiefComplaint, format!("migraine {filler}"))]).await;
    let page = hospital.page(encounters().text("migraine ")).await;
    let ids: Vec<u64> = page.hits.iter().map(|hit| hit.id.get()).collect();
    assert_eq!(ids, [5, 3, 2, 1]);
    let scores: Vec<f32> = page.hits.iter().map(|hit| hit.score).collect();
    assert!(scores.iter().all(|score| (0.0..=1.0).contains(score)), "{scores:?}");
    assert!(scores.windows(2).all(|pair| pair[0] > pair[1]), "{scores:?}");
    // A score belongs to the hit, not to the page.
    let second = hospital.page(encounters().text("migraine ").page(2, 1)).await;
    assert!((second.hits[0].score - scores[2]).abs() < 1e-6);
    let all = hospital.page(encounters()).await;
    assert!(all.hits.iter().all(|hit| (hit.score - 1.0).abs() < 1e-6));
}

/// Laid side by side, pages are the whole: no hit twice, none left out, whatever the order.
pub async fn pages_fit_together(subject: &Subject) {
    let hospital = subject.hospital(0);
    for batch in 0..4 {
        let document = |number: u64| {
            let name = ["Reza", "Ana", "Zoe"][usize::try_from(number % 3).unwrap()];
            let document = encounter(number * 4 + batch).text(TextField::PatientName, name);
            document.text(TextField::Plan, "rest").number(NumberField::Age, (number % 5).cast_signed())
        };
        hospital.put((0..25).map(document)).await;
    }
    for sort in [
        Sort::Relevance,
        Sort::Number(NumberField::Age, Ascending),
        Sort::Name(TextField::PatientName, Descending),
    ] {
        let query = || encounters().text("rest ").sorted(sort);
        let whole = hospital.ids(query()).await;
        assert_eq!(whole.len(), 100);
        let mut pieced = Vec::new();
        for offset in (0..100).step_by(7) {
            let page = hospital.page(query().page(offset, 7)).await;
            assert_eq!(page.total, 100);
            pieced.extend(page.hits.iter().map(|hit| hit.id.get()));
        }
        assert_eq!(pieced, whole, "{sort:?}");
    }
}

/// Ten thousand documents, the last page in every order, with exact totals.
pub async fn a_deep_page_of_ten_thousand(subject: &Subject) {
    const ALL: u64 = 10_000;
    let hospital = subject.hospital(0);
    let document = |number: u64| {
        let document = encounter(number).text(TextField::PatientName, format!("Patient {:05}", ALL - number));
        let document =
            document.text(TextField::Plan, if number.is_multiple_of(10) { "rest" } else { "exercise" });
        document.number(NumberField::Date, number.cast_signed() * 3)
    };
    for batch in 0..4 {
        hospital.put((batch * ALL / 4..(batch + 1) * ALL / 4).map(document)).await;
    }
    let last = async |query: SearchQuery| {
        let page = hospital.page(query.page(9_990, 20)).await;
        assert_eq!(page.total, ALL);
        page.hits.iter().map(|hit| hit.id.get()).collect::<Vec<_>>()
    };
    let up: Vec<u64> = (9_990..ALL).collect();
    let down: Vec<u64> = (0..10).rev().collect();
    assert_eq!(last(encounters().sorted(Sort::Number(NumberField::Date, Ascending))).await, up);
    assert_eq!(last(encounters().sorted(Sort::Number(NumberField::Date, Descending))).await, down);
    assert_eq!(last(encounters().sorted(Sort::Name(TextField::PatientName, Ascending))).await, down);
    assert_eq!(last(encounters().sorted(Sort::Name(TextField::PatientName, Descending))).await, up);
    assert_eq!(last(encounters()).await, down);
    let resting = hospital.page(encounters().text("rest ").page(990, 1000)).await;
    assert_eq!((resting.total, resting.hits.len()), (1_000, 10));
}

/// It still says how many there are.
pub async fn the_page_past_the_end_is_empty(subject: &Subject) {
    let hospital = subject.hospital(0);
    hospital.put((1..=3).map(encounter)).await;
    for (offset, limit) in [(3, 10), (usize::MAX, 1000), (0, 0), (1_000_000_000, 1)] {
        let page = hospital.page(encounters().page(offset, limit)).await;
        assert_eq!((page.total, page.hits.len()), (3, 0), "{offset}+{limit}");
    }
    assert_eq!(hospital.page(encounters().page(2, 1000)).await.hits.len(), 1);
}
