//! What is alike is found by vectors.

use super::{Subject, encounter, id, removal};
use crate::{
    DocumentKind, Filter, Invalid, NearQuery, NumberField, SearchDocument, SearchError, TextField, To,
};
use ward_domain::vector::{DIMENSIONS, Vector};

/// No document.
const NONE: [u64; 0] = [];

/// A direction between two axes: 0 along the first, 90 along the second.
fn towards(axis: usize, degrees: f32) -> Vector {
    let mut components = [0.0; DIMENSIONS];
    // Spread over more than one component each, as real ones are.
    for at in 0..8 {
        components[(axis + 2 * at) % DIMENSIONS] = degrees.to_radians().cos();
        components[(axis + 2 * at + 1) % DIMENSIONS] = degrees.to_radians().sin();
    }
    Vector::of(&components).expect("a direction")
}

fn turned(number: u64, degrees: f32) -> SearchDocument {
    encounter(number).about(Some(towards(0, degrees)))
}

fn near(degrees: f32) -> NearQuery {
    let to = vec![To::Vector(towards(0, degrees))];
    NearQuery { kind: DocumentKind::Encounter, to, filters: Vec::new(), least: 0.5, limit: 100 }
}

async fn found(hospital: &super::Hospital<'_>, query: NearQuery) -> Vec<u64> {
    let mut all = found_to_each(hospital, query).await;
    assert_eq!(all.len(), 1);
    all.remove(0)
}

async fn found_to_each(hospital: &super::Hospital<'_>, query: NearQuery) -> Vec<Vec<u64>> {
    let page = hospital.index.nearest(&hospital.scope, &query).await.expect("answered");
    for near in &page.near {
        let ordered = near.windows(2).all(|pair| pair[0].likeness >= pair[1].likeness);
        assert!(ordered, "best first");
        assert!(near.iter().all(|near| near.likeness >= query.least && near.likeness <= 1.0));
    }
    page.near.iter().map(|near| near.iter().map(|near| near.id.get()).collect()).collect()
}

/// Best first, down to the least likeness; those that tie newest first; those without a vector not at all.
pub async fn the_most_alike_are_found_best_first(subject: &Subject) {
    let hospital = subject.hospital(0);
    hospital.put([turned(1, 50.0), turned(2, 10.0), turned(3, 0.0), turned(4, 30.0), turned(5, 70.0)]).await;
    hospital.put([turned(6, 10.0), encounter(7).text(TextField::Plan, "rest"), turned(8, 180.0)]).await;
    assert_eq!(found(&hospital, near(0.0)).await, [3, 6, 2, 4, 1]);
    assert_eq!(found(&hospital, NearQuery { limit: 2, ..near(0.0) }).await, [3, 6]);
    assert_eq!(found(&hospital, NearQuery { least: 0.95, ..near(0.0) }).await, [3, 6, 2]);
    assert_eq!(found(&hospital, NearQuery { limit: 0, ..near(0.0) }).await, NONE);
    let page = hospital.index.nearest(&hospital.scope, &near(0.0)).await.expect("answered");
    let fourth = page.near[0][3];
    assert!((fourth.likeness - 30.0_f32.to_radians().cos()).abs() < 0.01, "{fourth:?}");
    assert!(!page.complete);
}

/// Of a document that is there; it is not found itself.
pub async fn what_is_like_a_document(subject: &Subject) {
    let hospital = subject.hospital(0);
    hospital.put([turned(1, 0.0), turned(2, 20.0), turned(3, 50.0), encounter(4)]).await;
    let like = |number| NearQuery { to: vec![To::Document(id(number))], ..near(0.0) };
    assert_eq!(found(&hospital, like(1)).await, [2, 3]);
    assert_eq!(found(&hospital, like(3)).await, [2, 1]);
    assert_eq!(found(&hospital, like(4)).await, NONE, "it says nothing");
    assert_eq!(found(&hospital, like(9)).await, NONE, "it is not there");
}

/// Each for itself, in the order in which they were asked for, whatever stands beside it.
pub async fn several_are_compared_with_at_once(subject: &Subject) {
    let hospital = subject.hospital(0);
    hospital.put((0..12_u8).map(|number| turned(1 + u64::from(number), 8.0 * f32::from(number)))).await;
    // More than are looked at in one go, about something else.
    hospital.put((100..300).map(|number| turned(number, 180.0))).await;
    hospital.put([encounter(300)]).await;
    let to = vec![
        To::Document(id(1)),
        To::Document(id(300)),
        To::Vector(towards(0, 50.0)),
        To::Document(id(301)),
        To::Document(id(12)),
    ];
    let all = found_to_each(&hospital, NearQuery { to, limit: 3, ..near(0.0) }).await;
    assert_eq!(all, [vec![2, 3, 4], vec![], vec![7, 8, 6], vec![], vec![11, 10, 9]]);
    let none = NearQuery { to: Vec::new(), ..near(0.0) };
    assert_eq!(found_to_each(&hospital, none).await, Vec::<Vec<u64>>::new());
}

/// Filters hold; of a document only what it is about now counts.
pub async fn filters_and_newer_versions_hold(subject: &Subject) {
    let hospital = subject.hospital(0);
    let of = |number, doctor| turned(number, 5.0).number(NumberField::Doctor, doctor);
    hospital.put([of(1, 7), of(2, 8), of(3, 7)]).await;
    let narrowed = |filter| NearQuery { filters: vec![filter], ..near(0.0) };
    assert_eq!(found(&hospital, narrowed(Filter::number(NumberField::Doctor, 7))).await, [3, 1]);
    assert_eq!(found(&hospital, narrowed(Filter::Any(Vec::new()))).await, NONE);
    let mut newer = turned(1, 85.0);
    newer.version = 2;
    hospital.put([newer]).await;
    hospital.feed([removal(2, 2)]).await;
    assert_eq!(found(&hospital, near(0.0)).await, [3]);
    assert_eq!(found(&hospital, near(85.0)).await, [1]);
    // What a filter lets through may be kept, not beyond what it is true of.
    let mut handed_over = of(3, 8);
    handed_over.version = 2;
    hospital.put([handed_over, of(4, 7)]).await;
    assert_eq!(found(&hospital, narrowed(Filter::number(NumberField::Doctor, 7))).await, [4]);
    assert_eq!(found(&hospital, narrowed(Filter::number(NumberField::Doctor, 8))).await, [3]);
}

/// Whatever is asked, and however alike another's are.
pub async fn no_likeness_reaches_another_tenant(subject: &Subject) {
    let (one, other) = (subject.hospital(0), subject.hospital(1));
    one.put([turned(1, 0.0)]).await;
    other.put([turned(2, 0.0), turned(3, 10.0)]).await;
    assert_eq!(found(&one, near(0.0)).await, [1]);
    assert_eq!(found(&other, near(0.0)).await, [2, 3]);
    let like = NearQuery { to: vec![To::Document(id(2))], ..near(0.0) };
    assert_eq!(found(&one, like).await, NONE, "another's document is none");
}

/// Typed, and before anything is asked.
pub async fn what_cannot_be_alike_is_refused(subject: &Subject) {
    let hospital = subject.hospital(0);
    for (query, expected) in [
        (NearQuery { limit: crate::MAX_NEAR + 1, ..near(0.0) }, Invalid::PageTooLarge),
        (NearQuery { to: vec![To::Document(id(1)); crate::MAX_TO + 1], ..near(0.0) }, Invalid::TooManyTo),
        (NearQuery { least: 0.0, ..near(0.0) }, Invalid::NoSuchLikeness),
        (NearQuery { least: f32::NAN, ..near(0.0) }, Invalid::NoSuchLikeness),
        (NearQuery { least: 1.1, ..near(0.0) }, Invalid::NoSuchLikeness),
    ] {
        let refused = hospital.index.nearest(&hospital.scope, &query).await.expect_err("refused");
        assert_eq!(refused, SearchError::Invalid(expected));
    }
    let person = super::account(1).about(Some(towards(0, 0.0)));
    let refused = hospital.index.apply(&hospital.scope, vec![crate::IndexOp::Put(person)]).await;
    assert_eq!(refused.expect_err("refused"), SearchError::Invalid(Invalid::NoSuchField("vector")));
}
