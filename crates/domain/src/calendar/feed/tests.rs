use super::*;
use crate::calendar::Cancellation;
use crate::id::Id;
use crate::time::{HOUR, MINUTE};

fn id<T: From<Id>>(number: u64) -> T {
    Id::new(number).unwrap().into()
}

fn appointment(number: u64, start: &str, status: AppointmentStatus) -> Appointment {
    let start = Time::parse(start).unwrap();
    let made = Time::parse("2026-03-01T08:00:00Z").unwrap();
    Appointment {
        id: id(number),
        doctor: id(2),
        patient: id(3),
        slot: id(4),
        start,
        end: start.plus(30 * MINUTE),
        status,
        rescheduled: false,
        appointment_type: "consultation".into(),
        reason: "A secret reason".into(),
        notes: "Secret notes".into(),
        booked_by: id(3),
        cancellation: None,
        reminders: Vec::new(),
        created_at: made,
        updated_at: made.plus(HOUR),
        sequence: 2,
    }
}

fn written(zone: &str, events: Vec<(Appointment, String)>) -> String {
    let zone = Zone::named(zone).unwrap();
    let name = "Calendar of Ada; Müller".to_owned();
    write(&Feed { name, place: "St. Mary's, Wing\r\nB", host: "ward.example", zone: &zone, events })
}

fn lines(text: &str) -> Vec<String> {
    text.replace("\r\n ", "").split("\r\n").map(str::to_owned).collect()
}

#[test]
fn a_feed_is_written_as_the_format_wants_it() {
    let events = vec![
        (
            appointment(7, "2026-03-28T09:00:00Z", AppointmentStatus::Confirmed),
            "Appointment (consultation)".into(),
        ),
        (appointment(8, "2026-03-30T09:00:00Z", AppointmentStatus::Scheduled), "سارا, ".repeat(30)),
    ];
    let text = written("Europe/Madrid", events);
    insta::with_settings!({ snapshot_path => "../../../../../tests/golden", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("calendar_feed", text.replace('\r', ""));
    });
    assert!(text.lines().all(|line| line.len() <= 75), "folded at 75 octets");
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    assert!(!text.to_lowercase().contains("secret"), "never why");
    let lines = lines(&text);
    for line in [
        "X-WR-CALNAME:Calendar of Ada\\; Müller",
        "LOCATION:St. Mary's\\, Wing  B",
        "UID:7@ward.example",
        // One each side of the change of summer time.
        "DTSTART;TZID=Europe/Madrid:20260328T100000",
        "DTSTART;TZID=Europe/Madrid:20260330T110000",
        "TZOFFSETTO:+0200",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ] {
        assert!(lines.iter().any(|one| one == line), "{line}: {lines:#?}");
    }
}

#[test]
fn utc_needs_no_zone_and_an_empty_feed_is_a_calendar() {
    let one = appointment(7, "2026-03-28T09:00:00Z", AppointmentStatus::Cancelled);
    let text = written("UTC", vec![(one, "Appointment".into())]);
    assert!(text.contains("DTSTART:20260328T090000Z") && !text.contains("VTIMEZONE"), "{text}");
    assert!(text.contains("STATUS:CANCELLED") && text.contains("TRANSP:TRANSPARENT"));
    let empty = written("Europe/Madrid", Vec::new());
    assert!(empty.ends_with("END:VCALENDAR\r\n") && !empty.contains("VTIMEZONE"));
    let tehran = appointment(7, "2026-03-28T09:00:00Z", AppointmentStatus::NoShow);
    let tehran = written("Asia/Tehran", vec![(tehran, "Appointment".into())]);
    assert!(tehran.contains("TZOFFSETTO:+0330") && tehran.contains("Tehran:20260328T123000"), "{tehran}");
    let york = appointment(7, "2026-03-28T09:00:00Z", AppointmentStatus::NoShow);
    let york = written("America/New_York", vec![(york, "Appointment".into())]);
    assert!(york.contains("TZOFFSETFROM:-0500") && york.contains("TZOFFSETTO:-0400"), "{york}");
}

#[test]
fn a_window_moves_with_the_day_and_cancelled_ones_leave_after_thirty() {
    let madrid = Zone::named("Europe/Madrid").unwrap();
    let at = |text| Window::of(&madrid, Time::parse(text).unwrap()).unwrap();
    let window = at("2026-03-29T12:00:00Z");
    assert_eq!(window.today, Time::parse("2026-03-28T23:00:00Z").unwrap());
    assert_eq!(at("2026-03-29T21:59:59Z"), window);
    assert_ne!(at("2026-03-29T22:00:00Z"), window);
    let mut cancelled = appointment(7, "2026-03-28T09:00:00Z", AppointmentStatus::Cancelled);
    for (days, shown) in [(29, true), (30, true), (31, false)] {
        let at = window.today.plus(-days * DAY);
        cancelled.cancellation = Some(Cancellation { by: id(3), at, reason: String::new() });
        assert_eq!(window.shows(&cancelled), shown, "{days}");
    }
}

#[test]
fn of_too_many_the_nearest_stay() {
    let window = Window::of(&Zone::UTC, Time::parse("2026-03-29").unwrap()).unwrap();
    let hours = |count: i64, way: i64| -> Vec<Time> {
        (1..=count).map(|n| window.today.plus(way * n * HOUR)).collect()
    };
    assert_eq!(window.nearest(&hours(5_000, -1), &hours(5_000, 1)), (1_000, 1_000));
    assert_eq!(window.nearest(&hours(5_000, -1), &hours(10, 1)), (1_990, 10));
    assert_eq!(window.nearest(&hours(3, -1), &[]), (3, 0));
    assert_eq!(window.nearest(&[], &hours(5_000, 1)), (0, MAX_EVENTS));
}

#[test]
fn summaries_name_whom_they_are_asked_to_name() {
    let mut one = appointment(7, "2026-03-28T09:00:00Z", AppointmentStatus::Scheduled);
    assert_eq!(doctors_summary(&one, None), "Appointment (consultation)");
    assert_eq!(doctors_summary(&one, Some("Sara Ahmadi")), "Sara Ahmadi (consultation)");
    assert_eq!(patients_summary("Ada Smith"), "Appointment with Ada Smith");
    one.appointment_type.clear();
    assert_eq!(doctors_summary(&one, None), "Appointment");
}
