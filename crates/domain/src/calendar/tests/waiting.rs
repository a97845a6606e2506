//! The waiting list: who is offered what, in which order, and what becomes of an offer.

use super::*;
use crate::courier::Occasion;
use crate::decision::Happening;
use crate::id::WaitingEntryId;
use crate::time::DAY;

fn entry(number: u64, patient: u64, from: &str, until: &str) -> WaitingEntry {
    WaitingEntry {
        id: id(number),
        doctor: id(2),
        patient: id(patient),
        from: time(from),
        until: time(until),
        first_day: from.into(),
        last_day: until.into(),
        appointment_type: "consultation".into(),
        notes: String::new(),
        status: WaitingStatus::Waiting,
        offer: None,
        passed: Vec::new(),
        appointment: None,
        requested_by: id(patient),
        created_at: now().plus(i64::try_from(number).unwrap()),
        updated_at: now(),
    }
}

fn wait(view: &mut CalendarView, entry: WaitingEntry) {
    apply(view, now(), &CalendarCommand::Wait { entry: Box::new(entry), claims: Vec::new() }).unwrap();
}

/// Slot 1 at nine on the 2nd is booked by patient 7; patients 8 and 9 wait, in this order.
fn waited_for() -> CalendarView {
    let (mut view, _) = booked();
    wait(&mut view, entry(30, 8, "2026-03-01", "2026-03-10"));
    wait(&mut view, entry(31, 9, "2026-03-01", "2026-03-10"));
    view
}

fn cancel() -> CalendarCommand {
    CalendarCommand::Cancel { appointment: id(101), by: UserId::default(), reason: String::new() }
}

fn at(view: &CalendarView, number: u64) -> (WaitingStatus, Option<SlotId>) {
    let entry = &view.entries[&id::<WaitingEntryId>(number)];
    (entry.status, entry.offer.map(|offer| offer.slot))
}

const WAITING: (WaitingStatus, Option<SlotId>) = (WaitingStatus::Waiting, None);

fn offered(slot: u64) -> (WaitingStatus, Option<SlotId>) {
    (WaitingStatus::Offered, Some(id(slot)))
}

#[test]
fn a_freed_slot_is_offered_to_who_joined_first_in_the_commit_that_frees_it() {
    let mut view = waited_for();
    let (decision, _) = view.decide(now(), &cancel()).unwrap();
    let said: Vec<_> = decision
        .happenings
        .iter()
        .filter_map(|what| match what {
            Happening::MessageRequested { message } => Some((message.recipient, message.occasion.clone())),
            _ => None,
        })
        .collect();
    assert_eq!(said, [(Some(id(8)), Occasion::SlotOffered { entry: id(30), slot: id(1) })]);
    let kinds: Vec<_> = decision.changes.iter().map(|change| (change.kind, change.id)).collect();
    let mut once = kinds.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), kinds.len(), "each document changes once");

    apply(&mut view, now(), &cancel()).unwrap();
    assert_eq!((at(&view, 30), at(&view, 31)), (offered(1), WAITING));
    assert_eq!(view.decide(now(), &book(1, 9)).unwrap_err().reason, "slot_held");
    apply(&mut view, now(), &book(1, 8)).unwrap();
    let accepted = &view.entries[&id::<WaitingEntryId>(30)];
    assert_eq!((accepted.status, accepted.appointment), (WaitingStatus::Booked, Some(id(101))));
}

#[test]
fn what_is_declined_or_lapses_goes_to_the_next_and_then_stands_open() {
    for lapses in [false, true] {
        let mut view = waited_for();
        apply(&mut view, now(), &cancel()).unwrap();
        let mut at_ms = now();
        for (number, next) in [(30, Some(31)), (31, None)] {
            let (command, when) = if lapses {
                (CalendarCommand::LapseHold(id(1)), at_ms.plus(OFFER_MINUTES * MINUTE))
            } else {
                (CalendarCommand::DeclineOffer(id(number)), at_ms)
            };
            at_ms = when;
            apply(&mut view, at_ms, &command).unwrap();
            assert_eq!(at(&view, number), WAITING, "{lapses} {number}");
            if let Some(next) = next {
                assert_eq!(at(&view, next), offered(1), "{lapses} {number}");
            }
        }
        let slot = &view.slots[&id::<SlotId>(1)];
        assert!(slot.is_free(at_ms, None), "both let it go by");
        assert!(view.decide(at_ms, &book(1, 7)).is_ok());
        // The same slot is not offered to them again, another one is.
        let open = |number, start| CalendarCommand::OpenSlots {
            slots: vec![slot_of(number, start)],
            claims: Vec::new(),
        };
        apply(&mut view, at_ms, &open(5, "2026-03-04T09:00:00Z")).unwrap();
        assert_eq!((at(&view, 30), at(&view, 31)), (offered(5), WAITING));
    }
}

fn slot_of(number: u64, start: &str) -> Slot {
    slot(number, start)
}

#[test]
fn slots_that_open_together_are_offered_one_each() {
    let mut view = waited_for();
    let starts = ["2026-03-04T09:00:00Z", "2026-03-04T10:00:00Z", "2026-03-04T11:00:00Z"];
    let slots: Vec<_> = (5..).zip(starts).map(|(number, start)| slot(number, start)).collect();
    apply(&mut view, now(), &CalendarCommand::OpenSlots { slots, claims: Vec::new() }).unwrap();
    assert_eq!((at(&view, 30), at(&view, 31)), (offered(5), offered(6)));
    assert!(view.slots[&id::<SlotId>(7)].is_free(now(), None));
}

#[test]
fn who_lets_a_slot_go_is_not_offered_it_and_who_waits_for_other_days_neither() {
    let (mut view, appointment) = booked();
    wait(&mut view, entry(30, 7, "2026-03-01", "2026-03-10"));
    wait(&mut view, entry(31, 8, "2026-03-03", "2026-03-10"));
    wait(&mut view, entry(32, 9, "2026-03-01", "2026-03-10"));
    let edit = Edit { slot: Some(id(2)), ..Edit::default() };
    apply(&mut view, now(), &CalendarCommand::Change { appointment, edit, if_version: None }).unwrap();
    assert_eq!((at(&view, 30), at(&view, 31), at(&view, 32)), (WAITING, WAITING, offered(1)));
}

#[test]
fn an_offer_ends_an_hour_before_the_start_or_is_not_made() {
    for (before_start, until) in [
        (2 * HOUR, Some(time(NINE).plus(-2 * HOUR + 30 * MINUTE))),
        (80 * MINUTE, Some(time(NINE).plus(-HOUR))),
        (65 * MINUTE, Some(time(NINE).plus(-HOUR))),
        (64 * MINUTE, None),
        (MINUTE, None),
    ] {
        let mut view = waited_for();
        apply(&mut view, time(NINE).plus(-before_start), &cancel()).unwrap();
        let offer = view.entries[&id::<WaitingEntryId>(30)].offer;
        assert_eq!(offer.map(|offer| offer.until), until, "{before_start}");
    }
}

#[test]
fn a_withdrawn_entry_gives_its_offer_to_the_next_and_a_wait_ends_by_itself() {
    let mut view = waited_for();
    apply(&mut view, now(), &cancel()).unwrap();
    apply(&mut view, now(), &CalendarCommand::Withdraw(id(30))).unwrap();
    assert_eq!((at(&view, 30), at(&view, 31)), ((WaitingStatus::Withdrawn, None), offered(1)));
    for command in [CalendarCommand::DeclineOffer(id(30)), CalendarCommand::DeclineOffer(id(99))] {
        assert!(view.decide(now(), &command).is_err());
    }
    let mut view = waited_for();
    let end = |view: &mut CalendarView, at: Time| {
        apply(view, at, &CalendarCommand::EndWaiting(id(30))).unwrap();
    };
    end(&mut view, time("2026-03-09"));
    assert_eq!(at(&view, 30), WAITING);
    end(&mut view, time("2026-03-10"));
    assert_eq!(at(&view, 30).0, WaitingStatus::Ended);
}

#[test]
fn a_stranger_who_books_what_was_offered_and_is_over_puts_nobody_out_of_the_list() {
    let mut view = waited_for();
    apply(&mut view, now(), &cancel()).unwrap();
    let over = now().plus(OFFER_MINUTES * MINUTE);
    apply(&mut view, over, &book(1, 12)).unwrap();
    assert_eq!(at(&view, 30), WAITING);
    // What wakes the calendar afterwards finds nothing to do.
    assert!(view.decide(over, &CalendarCommand::LapseHold(id(1))).unwrap().0.is_empty());
}

#[test]
fn lists_have_limits_and_an_entry_that_never_answers_ends() {
    let (mut view, _) = booked();
    for number in 30..33 {
        wait(&mut view, entry(number, 8, "2026-03-01", "2026-03-30"));
    }
    let more = |entry| CalendarCommand::Wait { entry: Box::new(entry), claims: Vec::new() };
    let refused = |view: &CalendarView, entry| view.decide(now(), &more(entry)).unwrap_err();
    assert_eq!(refused(&view, entry(40, 8, "2026-03-01", "2026-03-30")).reason, "waiting_already");
    assert_eq!(refused(&view, entry(40, 9, "2026-02-01", "2026-02-28")).fields[0].field, "until");
    view.waiting = (0..500).map(|n| entry(1000 + n, 1000 + n, "2026-03-01", "2026-03-30")).collect();
    assert_eq!(refused(&view, entry(40, 9, "2026-03-01", "2026-03-30")).reason, "waiting_list_full");

    let (mut view, _) = booked();
    wait(&mut view, entry(30, 8, "2026-03-01", "2026-12-30"));
    let mut at_ms = now();
    for number in 0..10 {
        let start = now().plus(3 * DAY + number * DAY).to_string();
        let slots = vec![slot(50 + u64::try_from(number).unwrap(), &start)];
        apply(&mut view, at_ms, &CalendarCommand::OpenSlots { slots, claims: Vec::new() }).unwrap();
        let (status, offer) = at(&view, 30);
        assert_eq!(status, WaitingStatus::Offered, "{number}");
        at_ms = at_ms.plus(31 * MINUTE);
        apply(&mut view, at_ms, &CalendarCommand::LapseHold(offer.unwrap())).unwrap();
    }
    assert_eq!(at(&view, 30).0, WaitingStatus::Ended);
}
