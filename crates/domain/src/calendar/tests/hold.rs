//! Holds: whose a slot is for some minutes, and when it is not any more.

use super::*;
use crate::record::ClaimKey;

fn hold(number: u64, slot: u64, patient: u64, minutes: i64) -> CalendarCommand {
    let new = NewHold { id: id(number), slot: id(slot), patient: id(patient), minutes };
    CalendarCommand::Hold { new, claims: Vec::new() }
}

fn held(view: &CalendarView, slot: u64) -> Hold {
    view.slots[&id::<SlotId>(slot)].hold.unwrap()
}

fn listed(slot: &Slot) -> Vec<List> {
    crate::record::Document::index(slot).into_iter().map(|row| row.list).collect()
}

/// Two slots, and a patient with all their holds left.
fn two() -> CalendarView {
    CalendarView { seats: vec![0, 1, 2], ..view(&[slot(1, NINE), slot(2, "2026-03-03T09:00:00Z")]) }
}

#[test]
fn a_held_slot_is_the_holders_only_and_theirs_to_book() {
    let mut view = two();
    apply(&mut view, now(), &hold(50, 1, 7, 10)).unwrap();
    for other in [book(1, 8), hold(51, 1, 8, 10)] {
        assert_eq!(view.decide(now(), &other).unwrap_err().reason, "slot_held");
    }
    // It is not among the open ones, and someone is woken when it is over.
    let slot = view.slots[&id::<SlotId>(1)].clone();
    assert_eq!(listed(&slot), [List::Slots, List::SlotsByDoctor, List::SlotHoldsDue]);
    assert!(slot.is_free(now(), Some(id(7))) && !slot.is_free(now(), None));

    let (decision, _) = view.decide(now(), &book(1, 7)).unwrap();
    let key = ClaimKey::patient_hold(id(7), 0);
    assert!(decision.claims.contains(&ClaimOp::Release { key }), "it is used up");
    apply(&mut view, now(), &book(1, 7)).unwrap();
    assert_eq!(view.slots[&id::<SlotId>(1)].hold, None);
}

#[test]
fn a_hold_that_is_over_blocks_nothing_whoever_noticed() {
    let mut view = two();
    apply(&mut view, now(), &hold(50, 1, 7, 10)).unwrap();
    let end = now().plus(10 * MINUTE);
    assert_eq!(view.decide(end.plus(-1), &book(1, 8)).unwrap_err().reason, "slot_held");
    assert!(view.decide(end.plus(-1), &CalendarCommand::LapseHold(id(1))).unwrap().0.is_empty());
    // Nobody has noticed, and it blocks nothing.
    assert!(view.decide(end, &book(1, 8)).is_ok() && view.decide(end, &hold(51, 1, 8, 10)).is_ok());
    apply(&mut view, end, &CalendarCommand::LapseHold(id(1))).unwrap();
    assert!(listed(&view.slots[&id::<SlotId>(1)]).contains(&List::OpenSlotsByDoctor));
    assert!(view.decide(end, &CalendarCommand::LapseHold(id(1))).unwrap().0.is_empty(), "noticed once");
}

#[test]
fn a_hold_is_renewed_once_and_then_left_to_others() {
    let mut view = two();
    apply(&mut view, now(), &hold(50, 1, 7, 10)).unwrap();
    let later = now().plus(8 * MINUTE);
    apply(&mut view, later, &hold(51, 1, 7, 30)).unwrap();
    assert_eq!((held(&view, 1).until, held(&view, 1).times), (later.plus(30 * MINUTE), 2));
    assert_eq!(view.decide(later, &hold(52, 1, 7, 30)).unwrap_err().reason, "hold_renewed");
    // Letting it go, or its end, does not begin a new row.
    let mut given_back = view.clone();
    apply(&mut given_back, later, &CalendarCommand::Release(id(1))).unwrap();
    assert_eq!(given_back.decide(later, &hold(53, 1, 7, 10)).unwrap_err().reason, "hold_renewed");
    let end = later.plus(30 * MINUTE);
    apply(&mut view, end, &CalendarCommand::LapseHold(id(1))).unwrap();
    assert_eq!(view.decide(end, &hold(53, 1, 7, 10)).unwrap_err().reason, "hold_renewed");
    assert!(view.decide(end, &hold(53, 1, 8, 10)).is_ok(), "others may");
    assert!(view.decide(end.plus(30 * MINUTE), &hold(53, 1, 7, 10)).is_ok(), "after a while they may too");
}

#[test]
fn a_patient_holds_three_at_a_time_and_none_past_the_start() {
    let mut view = two();
    view.seats = vec![2];
    let (decision, _) = view.decide(now(), &hold(50, 1, 7, 10)).unwrap();
    assert!(matches!(&decision.claims[..], [ClaimOp::Take { key, expires, .. }]
        if *key == ClaimKey::patient_hold(id(7), 2) && *expires == Some(now().plus(10 * MINUTE))));
    view.seats.clear();
    assert_eq!(view.decide(now(), &hold(50, 1, 7, 10)).unwrap_err().reason, "too_many_holds");
    view.seats = vec![0];
    let late = time(NINE).plus(-5 * MINUTE);
    apply(&mut view, late, &hold(50, 1, 7, 10)).unwrap();
    assert_eq!(held(&view, 1).until, time(NINE));
}

#[test]
fn only_what_is_held_is_given_back() {
    let mut view = two();
    let release = CalendarCommand::Release(id(1));
    assert_eq!(view.decide(now(), &release).unwrap_err().kind, Kind::NotFound);
    apply(&mut view, now(), &hold(50, 1, 7, 10)).unwrap();
    apply(&mut view, now(), &release).unwrap();
    assert!(view.decide(now(), &book(1, 8)).is_ok());
    assert_eq!(view.decide(now(), &release).unwrap_err().kind, Kind::NotFound);
}

#[test]
fn a_slot_of_before_there_were_holds_reads() {
    let mut old = serde_json::to_value(slot(1, NINE)).unwrap();
    old.as_object_mut().unwrap().remove("hold");
    assert_eq!(serde_json::from_value::<Slot>(old).unwrap(), slot(1, NINE));
    let mut view = two();
    apply(&mut view, now(), &hold(50, 1, 7, 10)).unwrap();
    let held = &view.slots[&id::<SlotId>(1)];
    assert_eq!(serde_json::from_slice::<Slot>(&serde_json::to_vec(held).unwrap()).unwrap(), *held);
}
