use super::*;
use crate::decision::Decision;
use crate::refusal::Refusal;
use proptest::prelude::*;

fn id(number: u64) -> Id {
    Id::new(number).unwrap()
}

fn at(ms: i64) -> Time {
    Time::from_millis(1_700_000_000_000 + ms)
}

const DOCTOR: u64 = 900;

/// A hospital that has begun.
fn begun() -> SpecialtiesView {
    let mut view = SpecialtiesView::default();
    let mut number = 0;
    let first = defaults(at(0), || {
        number += 1;
        Ok::<_, ()>(id(number))
    });
    run(&mut view, 0, &SpecialtiesCommand::Begin(first.unwrap())).unwrap();
    view
}

/// Decides a command and takes on what it decided, as store and actor do.
fn run(
    view: &mut SpecialtiesView,
    ms: i64,
    command: &SpecialtiesCommand,
) -> Result<SpecialtyAnswer, Refusal> {
    let (decision, answer, _) = view.decide(at(ms), command)?;
    take(view, &decision);
    Ok(answer)
}

fn take(view: &mut SpecialtiesView, decision: &Decision) {
    for change in &decision.changes {
        match (change.kind, &change.body) {
            (RecordKind::Specialty, Some(body)) => {
                let new: Specialty = serde_json::from_slice(body).unwrap();
                view.specialties.insert(new.id, (new, 1));
            }
            (RecordKind::DoctorSpecialty, Some(body)) => {
                let new: DoctorSpecialty = serde_json::from_slice(body).unwrap();
                view.of_doctor.insert(new.id, (new, 1));
            }
            (RecordKind::DoctorSpecialty, None) => {
                view.of_doctor.remove(&change.id.into());
            }
            other => panic!("{other:?}"),
        }
    }
}

fn assign(number: u64, specialty: u64, primary: Option<bool>) -> SpecialtiesCommand {
    SpecialtiesCommand::Assign {
        id: id(number).into(),
        doctor: id(DOCTOR).into(),
        specialty: id(specialty).into(),
        with: Assignment { primary, ..Assignment::default() },
        claims: Vec::new(),
    }
}

fn revise(number: u64, primary: bool) -> SpecialtiesCommand {
    let with = Assignment { primary: Some(primary), ..Assignment::default() };
    SpecialtiesCommand::Revise { id: id(number).into(), doctor: id(DOCTOR).into(), with, if_version: None }
}

fn remove(number: u64) -> SpecialtiesCommand {
    SpecialtiesCommand::Remove { id: id(number).into(), doctor: id(DOCTOR).into() }
}

fn primaries(view: &SpecialtiesView) -> Vec<u64> {
    view.of_doctor.values().filter(|(one, _)| one.primary).map(|(one, _)| one.id.get()).collect()
}

#[test]
fn a_hospital_begins_once_and_with_names_that_are_used_once() {
    let mut view = begun();
    let count = view.specialties.len();
    assert!(view.specialties.values().any(|(one, _)| one.name == "Neurology"));
    let (decision, _, _) = view.decide(at(1), &SpecialtiesCommand::Begin(Vec::new())).unwrap();
    assert!(decision.is_empty());
    let named = |name: &str| SpecialtiesCommand::Create {
        id: id(500).into(),
        text: SpecialtyText { name: Some(name.into()), ..SpecialtyText::default() },
        claims: Vec::new(),
    };
    let refusal = run(&mut view, 1, &named("  neurOLogy ")).unwrap_err();
    assert_eq!((refusal.reason, refusal.fields[0].field.as_ref()), ("specialty_exists", "name"));
    run(&mut view, 1, &named("Neuro-Oncology")).unwrap();
    assert_eq!(view.specialties.len(), count + 1);
}

#[test]
fn a_name_or_code_that_another_has_is_refused_and_its_own_is_not() {
    let mut view = begun();
    let edit = |text: SpecialtyText| SpecialtiesCommand::Edit { id: id(4).into(), text, if_version: Some(1) };
    let text = |name: &str| SpecialtyText { name: Some(name.into()), ..SpecialtyText::default() };
    run(&mut view, 1, &edit(text("CARDIOLOGY"))).unwrap();
    assert_eq!(run(&mut view, 1, &edit(text("Neurology"))).unwrap_err().reason, "specialty_exists");
    let code = SpecialtyText { code: Some("Neurology".into()), ..SpecialtyText::default() };
    assert_eq!(run(&mut view, 1, &edit(code)).unwrap_err().fields[0].field, "code");
    let stale = SpecialtiesCommand::Edit { id: id(4).into(), text: text("Heart"), if_version: Some(9) };
    assert_eq!(run(&mut view, 1, &stale).unwrap_err().reason, "stale_version");
}

#[test]
fn the_first_is_primary_a_new_primary_takes_its_place_and_the_next_follows() {
    let mut view = begun();
    run(&mut view, 1, &assign(101, 4, Some(false))).unwrap();
    assert_eq!(primaries(&view), [101], "the first, whatever was said");
    run(&mut view, 2, &assign(102, 5, None)).unwrap();
    run(&mut view, 3, &assign(103, 6, Some(true))).unwrap();
    assert_eq!(primaries(&view), [103]);
    run(&mut view, 4, &revise(102, true)).unwrap();
    assert_eq!(primaries(&view), [102]);
    run(&mut view, 5, &remove(102)).unwrap();
    assert_eq!(primaries(&view), [101], "the one that the doctor was given first");
    run(&mut view, 6, &revise(101, false)).unwrap();
    assert_eq!(primaries(&view), [103]);
    run(&mut view, 7, &remove(101)).unwrap();
    assert_eq!(primaries(&view), [103]);
    let refusal = run(&mut view, 8, &revise(103, false)).unwrap_err();
    assert_eq!(refusal.fields[0].field, "is_primary");
    run(&mut view, 9, &remove(103)).unwrap();
    assert!(view.of_doctor.is_empty());
}

#[test]
fn what_a_doctor_has_or_nobody_has_or_is_not_active_is_refused() {
    let mut view = begun();
    run(&mut view, 1, &assign(101, 4, None)).unwrap();
    assert_eq!(run(&mut view, 2, &assign(102, 4, None)).unwrap_err().reason, "specialty_assigned");
    assert_eq!(run(&mut view, 2, &assign(102, 499, None)).unwrap_err().fields[0].field, "specialty");
    let off = SpecialtyText { active: Some(false), ..SpecialtyText::default() };
    run(&mut view, 3, &SpecialtiesCommand::Edit { id: id(5).into(), text: off, if_version: None }).unwrap();
    assert_eq!(run(&mut view, 4, &assign(102, 5, None)).unwrap_err().fields[0].field, "specialty");
    assert_eq!(run(&mut view, 4, &remove(499)).unwrap_err().kind, crate::refusal::Kind::NotFound);
}

proptest! {
    /// Whatever is done, a doctor with specialties has exactly one primary, and each specialty once.
    #[test]
    fn a_doctor_with_specialties_has_exactly_one_primary(
        steps in prop::collection::vec((0_u8..4, 0_u64..8, any::<bool>()), 1..60),
    ) {
        let mut view = begun();
        for (ms, (verb, number, primary)) in steps.into_iter().enumerate() {
            let command = match verb {
                0 | 1 => assign(101 + number, 1 + number, Some(primary)),
                2 => revise(101 + number, primary),
                _ => remove(101 + number),
            };
            let _ = run(&mut view, i64::try_from(ms).unwrap(), &command);
            prop_assert_eq!(primaries(&view).len(), usize::from(!view.of_doctor.is_empty()));
            let kinds: std::collections::BTreeSet<_> =
                view.of_doctor.values().map(|(one, _)| one.specialty).collect();
            prop_assert_eq!(kinds.len(), view.of_doctor.len());
        }
    }
}
