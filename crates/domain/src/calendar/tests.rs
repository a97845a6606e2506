use super::AppointmentStatus::{Cancelled, Completed, Confirmed, NoShow, Scheduled};
use super::*;
use crate::id::{AppointmentId, Id, SlotId, UserId};
use crate::record::{ClaimOp, List, RecordKind};
use crate::refusal::Kind;
use crate::time::{HOUR, MINUTE, Time};
use crate::zone::Zone;

mod hold;
mod waiting;

fn id<T: From<Id>>(number: u64) -> T {
    Id::new(number).unwrap().into()
}

fn time(text: &str) -> Time {
    Time::parse(text).unwrap()
}

const NINE: &str = "2026-03-02T09:00:00Z";

fn now() -> Time {
    time("2026-03-01T08:00:00Z")
}

fn slot(number: u64, start: &str) -> Slot {
    let start = time(start);
    Slot {
        id: id(number),
        doctor: id(2),
        start,
        end: start.plus(30 * MINUTE),
        bookable: true,
        appointment: None,
        hold: None,
        created_at: now(),
    }
}

fn view(slots: &[Slot]) -> CalendarView {
    let slots = slots.iter().map(|slot| (slot.id, slot.clone())).collect();
    CalendarView { doctor: id(2), slots, ..CalendarView::default() }
}

fn book(slot: u64, patient: u64) -> CalendarCommand {
    let new = NewAppointment {
        id: id(100 + slot),
        patient: id(patient),
        slot: id(slot),
        appointment_type: "consultation".into(),
        reason: "Regular checkup".into(),
        notes: String::new(),
        by: id(patient),
    };
    CalendarCommand::Book { new, claims: Vec::new() }
}

/// Carries a command out on a view, as the calendar's owner does.
fn apply(
    view: &mut CalendarView,
    at: Time,
    command: &CalendarCommand,
) -> Result<Answer, crate::refusal::Refusal> {
    let (decision, answer) = view.decide(at, command)?;
    for change in decision.changes {
        let body = change.body.unwrap();
        match change.kind {
            RecordKind::Slot => {
                let slot: Slot = serde_json::from_slice(&body).unwrap();
                view.slots.insert(slot.id, slot);
            }
            RecordKind::WaitingEntry => {
                let entry: WaitingEntry = serde_json::from_slice(&body).unwrap();
                view.waiting.retain(|waiting| waiting.id != entry.id);
                if entry.status == WaitingStatus::Waiting {
                    view.waiting.push(entry.clone());
                    view.waiting.sort_by_key(|entry| (entry.created_at, entry.id));
                }
                view.entries.insert(entry.id, entry);
            }
            _ => {
                let appointment: Appointment = serde_json::from_slice(&body).unwrap();
                view.appointments.insert(appointment.id, (appointment, 1));
            }
        }
    }
    Ok(answer)
}

fn booked() -> (CalendarView, AppointmentId) {
    let mut view = view(&[slot(1, NINE), slot(2, "2026-03-03T09:00:00Z")]);
    apply(&mut view, now(), &book(1, 7)).unwrap();
    (view, id(101))
}

fn status(view: &CalendarView) -> AppointmentStatus {
    view.appointments[&id(101)].0.status
}

#[test]
fn a_slot_is_booked_once() {
    let mut view = view(&[slot(1, NINE)]);
    let (decision, _) = view.decide(now(), &book(1, 7)).unwrap();
    let dropped: Vec<_> = decision.changes[0].drop_rows.iter().map(|row| row.list).collect();
    assert_eq!(dropped, vec![List::OpenSlots, List::OpenSlotsByDoctor]);
    apply(&mut view, now(), &book(1, 7)).unwrap();
    let refusal = view.decide(now(), &book(1, 8)).unwrap_err();
    assert_eq!((refusal.kind, refusal.reason), (Kind::Conflict, "slot_taken"));
}

#[test]
fn what_cannot_be_booked_says_why() {
    let mut closed = slot(3, NINE);
    closed.bookable = false;
    let view = view(&[slot(1, "2026-03-01T08:00:00Z"), closed]);
    for (number, kind, reason) in [
        (1, Kind::Impossible, "slot_past"),
        (3, Kind::Conflict, "slot_unavailable"),
        (9, Kind::Invalid, "invalid"),
    ] {
        let refusal = view.decide(now(), &book(number, 7)).unwrap_err();
        assert_eq!((refusal.kind, refusal.reason), (kind, reason));
    }
}

#[test]
fn a_booking_holds_the_patients_time_on_each_day_it_touches() {
    let mut late = slot(1, "2026-03-02T23:45:00Z");
    late.end = late.start.plus(30 * MINUTE);
    let (decision, _) = view(&[late]).decide(now(), &book(1, 7)).unwrap();
    let held = decision.claims.iter().filter(|op| matches!(op, ClaimOp::TakeSpan { .. })).count();
    assert_eq!(held, 2);
}

#[test]
fn the_whole_table_of_transitions() {
    type To = fn(AppointmentId) -> CalendarCommand;
    let confirm: To = CalendarCommand::Confirm;
    let complete: To = CalendarCommand::Complete;
    let no_show: To = CalendarCommand::NoShow;
    let cancel: To =
        |appointment| CalendarCommand::Cancel { appointment, by: UserId::default(), reason: "x".into() };
    // From each status by each verb: the status that follows, or None for a refusal.
    let table = [
        (Scheduled, [Some(Confirmed), Some(Completed), Some(NoShow), Some(Cancelled)]),
        (Confirmed, [Some(Confirmed), Some(Completed), Some(NoShow), Some(Cancelled)]),
        (Completed, [None, Some(Completed), None, None]),
        (Cancelled, [None, None, None, Some(Cancelled)]),
        (NoShow, [None, None, Some(NoShow), None]),
    ];
    let after = time("2026-03-02T10:00:00Z");
    for (from, row) in table {
        for (verb, to) in [confirm, complete, no_show, cancel].into_iter().zip(row) {
            let (mut view, id) = booked();
            view.appointments.get_mut(&id).unwrap().0.status = from;
            let result = apply(&mut view, after, &verb(id));
            match to {
                Some(to) => {
                    assert_eq!((result.is_ok(), status(&view)), (true, to), "{from:?} {:?}", verb(id));
                }
                None => {
                    assert_eq!(result.unwrap_err().reason, "appointment_ended", "{from:?} {:?}", verb(id));
                }
            }
        }
    }
}

#[test]
fn nobody_misses_what_has_not_begun() {
    let (mut view, id) = booked();
    let refusal = apply(&mut view, time(NINE).plus(-1), &CalendarCommand::NoShow(id)).unwrap_err();
    assert_eq!((refusal.kind, refusal.reason), (Kind::Impossible, "not_begun"));
}

#[test]
fn a_cancellation_frees_the_slot_and_the_patients_time() {
    let (mut view, id) = booked();
    let cancel = CalendarCommand::Cancel { appointment: id, by: UserId::default(), reason: "ill".into() };
    let (decision, _) = view.decide(now(), &cancel).unwrap();
    assert!(matches!(decision.claims[..], [ClaimOp::ReleaseSpan { .. }]));
    apply(&mut view, now(), &cancel).unwrap();
    apply(&mut view, now(), &book(1, 8)).unwrap();
    let (again, _) = view.decide(now(), &cancel).unwrap_or_else(|refusal| panic!("{refusal}"));
    assert!(again.changes.len() <= 2);
}

#[test]
fn moving_takes_the_new_slot_frees_the_old_and_follows_with_the_reminders() {
    let (mut view, appointment) = booked();
    let edit = Edit { slot: Some(id(2)), ..Edit::default() };
    apply(&mut view, now(), &CalendarCommand::Change { appointment, edit, if_version: None }).unwrap();
    let moved = &view.appointments[&appointment].0;
    assert_eq!((moved.start, moved.rescheduled), (time("2026-03-03T09:00:00Z"), true));
    assert_eq!(moved.next_reminder(), Some(time("2026-03-02T09:00:00Z")));
    assert!(view.slots[&id::<SlotId>(1)].is_open() && !view.slots[&id::<SlotId>(2)].is_open());
}

#[test]
fn an_edit_of_an_old_version_changes_nothing() {
    let (view, appointment) = booked();
    let edit = Edit { reason: Some("new".into()), ..Edit::default() };
    let refusal =
        view.decide(now(), &CalendarCommand::Change { appointment, edit, if_version: Some(9) }).unwrap_err();
    assert_eq!(refusal.kind, Kind::Stale);
}

#[test]
fn reminders_are_handed_over_once_and_late_ones_not_at_all() {
    let (mut view, appointment) = booked();
    let remind = CalendarCommand::Remind(appointment);
    let said = |view: &CalendarView, at: Time| view.decide(at, &remind).unwrap().0.happenings.len();
    let start = time(NINE);
    // Booked 25 hours ahead, so both are pending; nothing is due yet.
    assert_eq!(said(&view, now()), 0);
    assert_eq!(said(&view, start.plus(-24 * HOUR)), 1);
    apply(&mut view, start.plus(-24 * HOUR), &remind).unwrap();
    assert_eq!(said(&view, start.plus(-24 * HOUR)), 0);
    assert_eq!(said(&view, start.plus(-30 * MINUTE)), 1);
    // The server was down until after the start.
    assert_eq!(said(&view, start), 0);
    apply(&mut view, start, &remind).unwrap();
    assert_eq!(view.appointments[&appointment].0.next_reminder(), None);
    // It was down over both: one reminder is enough.
    let (fresh, _) = booked();
    assert_eq!(said(&fresh, start.plus(-MINUTE)), 1);
}

#[test]
fn an_appointment_within_a_day_has_no_reminder_a_day_before() {
    let reminders = Appointment::reminders_for(now().plus(HOUR), now());
    let states: Vec<_> = reminders.iter().map(|reminder| reminder.state).collect();
    assert_eq!(states, vec![ReminderState::Skipped, ReminderState::Pending]);
}

#[test]
fn a_window_is_split_by_elapsed_time_on_both_days_of_summer_time() {
    let madrid = Zone::named("Europe/Madrid").unwrap();
    for (day, slots) in [("2026-03-29", 46), ("2026-10-25", 48), ("2026-05-05", 48)] {
        let (start, end) = madrid.day(day.parse().unwrap()).unwrap();
        let end = if end.millis() - start.millis() > 24 * HOUR { start.plus(24 * HOUR) } else { end };
        assert_eq!(split(start, end, Some(30), now()).unwrap().len(), slots, "{day}");
    }
}

#[test]
fn windows_that_are_none() {
    let (start, end) = (time(NINE), time(NINE).plus(HOUR));
    for (start, end, minutes, field) in [
        (end, start, None, "end_time"),
        (now(), now().plus(HOUR), None, "start_time"),
        (start, start.plus(25 * HOUR), None, "end_time"),
        (start, end, Some(0), "slot_minutes"),
        (start, end, Some(90), "slot_minutes"),
        (start, start.plus(24 * HOUR), Some(5), "slot_minutes"),
    ] {
        let refusal = split(start, end, minutes, now()).unwrap_err();
        assert_eq!(refusal.fields[0].field, field);
    }
    assert_eq!(split(start, end, Some(25), now()).unwrap().len(), 2);
}

#[test]
fn slots_of_one_doctor_do_not_overlap() {
    let view = view(&[slot(1, NINE)]);
    let open = |start: &str| {
        view.decide(now(), &CalendarCommand::OpenSlots { slots: vec![slot(5, start)], claims: Vec::new() })
    };
    assert_eq!(open("2026-03-02T09:29:00Z").unwrap_err().reason, "slot_overlaps");
    assert!(open("2026-03-02T09:30:00Z").is_ok() && open("2026-03-02T08:30:00Z").is_ok());
}
