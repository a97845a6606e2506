//! Filters let through what fits them, and nothing else.

use super::{Subject, encounter, encounters};
use crate::{
    Filter, Invalid, MAX_FILTER_VALUES, MAX_FILTERS, MAX_LIMIT, NumberField, SearchError, TermField,
    TextField,
};

const NONE: [u64; 0] = [];

/// Equal and any-of, for every field; values of a field that has several.
pub async fn every_term_filters(subject: &Subject) {
    let hospital = subject.hospital(0);
    let with = |number, codes: &[&str]| {
        let documents = encounter(number);
        TermField::ALL.iter().fold(documents, |document, field| {
            codes
                .iter()
                .fold(document, |document, code| document.term(*field, format!("{}-{code}", field.name())))
        })
    };
    hospital.put([with(1, &["a"]), with(2, &["a", "b"]), with(3, &["c"]), encounter(4)]).await;
    for field in TermField::ALL {
        let code = |code: &str| format!("{}-{code}", field.name());
        let found = async |codes: Vec<String>| {
            let mut ids = hospital.ids(encounters().filter(Filter::Term(*field, codes))).await;
            ids.sort_unstable();
            ids
        };
        assert_eq!(found(vec![code("a")]).await, [1, 2], "{field:?}");
        assert_eq!(found(vec![code("b")]).await, [2]);
        assert_eq!(found(vec![code("b"), code("c"), code("b")]).await, [2, 3]);
        // A part of a code is another code, and so is another field's.
        assert_eq!(found(vec!["a".into(), field.name().into(), "other-a".into()]).await, NONE);
    }
}

/// Equal, any-of and ranges, for every field, negative numbers and the largest ids too.
pub async fn every_number_filters(subject: &Subject) {
    let hospital = subject.hospital(0);
    let largest = ward_domain::id::MAX.cast_signed();
    let with = |number, value: i64| {
        NumberField::ALL.iter().fold(encounter(number), |document, field| document.number(*field, value))
    };
    hospital.put([with(1, -5), with(2, 7), with(3, largest), with(4, 7), encounter(5)]).await;
    for &field in NumberField::ALL {
        let found = async |filter: Filter| {
            let mut ids = hospital.ids(encounters().filter(filter)).await;
            ids.sort_unstable();
            ids
        };
        assert_eq!(found(Filter::number(field, 7)).await, [2, 4], "{field:?}");
        assert_eq!(found(Filter::number(field, largest)).await, [3]);
        assert_eq!(found(Filter::Number(field, vec![-5, largest, 8])).await, [1, 3]);
        assert_eq!(found(Filter::number(field, largest - 1)).await, NONE);
        assert_eq!(found(Filter::Range { field, from: Some(0), until: None }).await, [2, 3, 4]);
    }
}

/// Both ends belong; an end may be open; without a number nothing lies within.
pub async fn ranges_hold_their_bounds(subject: &Subject) {
    let hospital = subject.hospital(0);
    let aged = |number: u64, age| encounter(number).number(NumberField::Age, age);
    hospital.put([aged(1, 19), aged(2, 20), aged(3, 35), aged(4, 50), aged(5, 51), encounter(6)]).await;
    for (from, until, expected) in [
        (Some(20), Some(50), vec![2, 3, 4]),
        (None, Some(20), vec![1, 2]),
        (Some(50), None, vec![4, 5]),
        (None, None, vec![1, 2, 3, 4, 5]),
        (Some(35), Some(35), vec![3]),
        (Some(36), Some(35), vec![]),
        (Some(i64::MIN), Some(i64::MAX), vec![1, 2, 3, 4, 5]),
    ] {
        let range = Filter::Range { field: NumberField::Age, from, until };
        let mut ids = hospital.ids(encounters().filter(range)).await;
        ids.sort_unstable();
        assert_eq!(ids, expected, "{from:?} {until:?}");
    }
}

/// All filters hold; of alternatives one is enough. So services keep a doctor to what they may see.
pub async fn filters_narrow_and_alternatives_widen(subject: &Subject) {
    let hospital = subject.hospital(0);
    let of = |number, doctor, patient, status: &str| {
        let document =
            encounter(number).number(NumberField::Doctor, doctor).number(NumberField::Patient, patient);
        document.term(TermField::Status, status)
    };
    hospital
        .put([
            of(1, 10, 100, "completed"),
            of(2, 10, 101, "pending"),
            of(3, 11, 100, "completed"),
            of(4, 12, 102, "x"),
        ])
        .await;
    let mine =
        Filter::Any(vec![Filter::number(NumberField::Doctor, 10), Filter::number(NumberField::Patient, 100)]);
    let mut ids = hospital.ids(encounters().filter(mine.clone())).await;
    ids.sort_unstable();
    assert_eq!(ids, [1, 2, 3]);
    let completed = encounters().filter(mine.clone()).filter(Filter::term(TermField::Status, "completed"));
    let mut ids = hospital.ids(completed).await;
    ids.sort_unstable();
    assert_eq!(ids, [1, 3]);
    let nobodys = encounters().filter(mine).filter(Filter::number(NumberField::Doctor, 12));
    assert_eq!(hospital.ids(nobodys).await, NONE);
}

/// Who may see nothing finds nothing.
pub async fn empty_choices_match_nothing(subject: &Subject) {
    let hospital = subject.hospital(0);
    hospital.put([encounter(1).number(NumberField::Doctor, 1).term(TermField::Status, "")]).await;
    for filter in [
        Filter::Term(TermField::Status, vec![]),
        Filter::Number(NumberField::Doctor, vec![]),
        Filter::Any(vec![]),
        Filter::Any(vec![Filter::Any(vec![]), Filter::Number(NumberField::Doctor, vec![])]),
    ] {
        assert_eq!(hospital.ids(encounters().filter(filter.clone())).await, NONE, "{filter:?}");
    }
    assert_eq!(hospital.ids(encounters()).await, [1]);
}

/// Labels are typed by people.
pub async fn terms_compare_folded(subject: &Subject) {
    let hospital = subject.hospital(0);
    hospital
        .put([encounter(1).term(TermField::Tag, "Neurología"), encounter(2).term(TermField::Tag, "قلبي ۲")])
        .await;
    assert_eq!(hospital.ids(encounters().filter(Filter::term(TermField::Tag, "NEUROLOGIA"))).await, [1]);
    assert_eq!(hospital.ids(encounters().filter(Filter::term(TermField::Tag, "قلبی 2"))).await, [2]);
    assert_eq!(hospital.ids(encounters().filter(Filter::term(TermField::Tag, "قلبی"))).await, NONE);
}

/// Neither stands in for the other.
pub async fn filters_and_words_hold_together(subject: &Subject) {
    let hospital = subject.hospital(0);
    let with = |number, text: &str, doctor| {
        encounter(number).text(TextField::Plan, text).number(NumberField::Doctor, doctor)
    };
    hospital.put([with(1, "fever", 1), with(2, "fever", 2), with(3, "cough", 1)]).await;
    let query = encounters().text("fever").filter(Filter::number(NumberField::Doctor, 1));
    assert_eq!(hospital.ids(query).await, [1]);
}

/// Typed, each with its own reason; what is at the limit is answered.
pub async fn what_is_over_a_limit_is_refused(subject: &Subject) {
    let hospital = subject.hospital(0);
    let any_doctor = || Filter::Range { field: NumberField::Doctor, from: None, until: None };
    let filtered = |count: usize| (0..count).fold(encounters(), |query, _| query.filter(any_doctor()));
    let values = |count: usize| encounters().filter(Filter::Number(NumberField::Doctor, vec![1; count]));
    assert_eq!(hospital.ids(filtered(MAX_FILTERS)).await, NONE);
    assert_eq!(hospital.ids(values(MAX_FILTER_VALUES)).await, NONE);
    for (query, reason) in [
        (filtered(MAX_FILTERS + 1), Invalid::TooManyFilters),
        (encounters().filter(Filter::Any(vec![any_doctor(); MAX_FILTERS])), Invalid::TooManyFilters),
        (values(MAX_FILTER_VALUES + 1), Invalid::TooManyValues),
        (encounters().page(0, MAX_LIMIT + 1), Invalid::PageTooLarge),
        (encounters().text("x".repeat(513)), Invalid::QueryTooLong),
        (encounters().text("word ".repeat(17)), Invalid::TooManyWords),
        (encounters().within([TextField::Phone]), Invalid::NoSuchField("phone")),
    ] {
        assert_eq!(hospital.refused(query).await, SearchError::Invalid(reason));
    }
}
