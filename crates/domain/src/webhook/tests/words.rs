//! What is told, in whose words, and how it is signed.

use super::{at, booked, facts, id, webhook};
use crate::account::AccountFacts;
use crate::calendar::{AppointmentChange, AppointmentStatus};
use crate::decision::{Event, Happening};
use crate::face::Face;
use crate::policy::Role;
use crate::time::Time;
use crate::webhook::{Delivery, EventKind, Facts, HookEvent, payload, sign};
use std::collections::BTreeMap;

#[test]
fn names_are_each_apis_own() {
    let medcor = EventKind::names(Face::Medcor);
    assert_eq!(medcor.len(), 11);
    assert!(medcor.contains(&"appointment.cancelled") && !medcor.contains(&"appointment.canceled"));
    assert_eq!(
        EventKind::names(Face::Mark),
        [
            "appointment.created",
            "appointment.updated",
            "appointment.canceled",
            "patient.created",
            "patient.updated",
            "user.created",
            "user.updated"
        ]
    );
    let named = |face, names: &[&str]| {
        EventKind::named(face, &names.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    assert_eq!(named(Face::Medcor, &["appointment.confirmed"]).unwrap(), [EventKind::AppointmentConfirmed]);
    assert_eq!(named(Face::Mark, &["appointment.updated"]).unwrap().len(), 5);
    for (face, names, part) in [
        (Face::Medcor, &[][..], "at least one of: appointment.created"),
        (
            Face::Medcor,
            &["appointment.created", "appointment.canceled"],
            "Item 2: Must be one of: appointment.created",
        ),
        (Face::Mark, &["appointment.cancelled"], "appointment.canceled"),
        (Face::Medcor, &["ping"], "Item 1"),
    ] {
        let said = named(face, names).unwrap_err();
        assert!(said.contains(part), "{said}");
    }
    for face in [Face::Medcor, Face::Mark] {
        for name in EventKind::names(face) {
            let kinds = named(face, &[name]).unwrap();
            assert_eq!(EventKind::spelled(face, &kinds), [name]);
        }
    }
}

#[test]
fn every_change_of_an_appointment_has_its_event() {
    use AppointmentChange as Change;
    for (change, status, name) in [
        (Change::Booked, AppointmentStatus::Scheduled, "appointment.created"),
        (Change::Edited, AppointmentStatus::Confirmed, "appointment.updated"),
        (Change::Confirmed, AppointmentStatus::Confirmed, "appointment.confirmed"),
        (Change::Rescheduled, AppointmentStatus::Scheduled, "appointment.rescheduled"),
        (Change::Cancelled, AppointmentStatus::Cancelled, "appointment.cancelled"),
        (Change::Completed, AppointmentStatus::Completed, "appointment.completed"),
        (Change::Missed, AppointmentStatus::NoShow, "appointment.no_show"),
    ] {
        let then = Some(facts(change, status));
        let what = Happening::AppointmentChanged { appointment: id(31).into(), status, then };
        let event = HookEvent::of(id(21), &Event { id: id(5).into(), at: at(0), what }).unwrap();
        assert_eq!(event.kind.name(Face::Medcor), name);
    }
    let account = |role, created| {
        let then = Some(AccountFacts { role, active: true, created });
        let what = Happening::AccountChanged { user: id(3).into(), then };
        HookEvent::of(id(3), &Event { id: id(5).into(), at: at(0), what }).unwrap().kind.name(Face::Medcor)
    };
    assert_eq!(account(Role::Patient, true), "patient.created");
    assert_eq!(account(Role::Patient, false), "patient.updated");
    assert_eq!(account(Role::Doctor, true), "user.created");
    assert_eq!(account(Role::Staff, false), "user.updated");
    // Events that an earlier version left behind say too little.
    let old = r#"{"id":5,"at":"2025-01-20T09:00:00Z","what":{"type":"appointment_booked","appointment":31}}"#;
    assert_eq!(HookEvent::of(id(21), &serde_json::from_str(old).unwrap()), None);
}

#[test]
fn a_body_holds_ids_times_and_states_as_each_api_spells_them() {
    let moved = facts(AppointmentChange::Cancelled, AppointmentStatus::Cancelled);
    let event = HookEvent {
        kind: EventKind::AppointmentCancelled,
        facts: Facts::Appointment { id: id(31).into(), then: moved },
        at: Time::parse("2025-01-19T08:00:00Z").unwrap(),
        ..booked(123_456, 21)
    };
    let delivery = Delivery::new(id(9), id(7).into(), &event, at(0));
    let text = |face| String::from_utf8(payload::body(face, &delivery)).unwrap();
    assert_eq!(
        text(Face::Medcor),
        r#"{"id":"evt_123456","type":"appointment.cancelled","created":"2025-01-19T08:00:00Z","data":{"doctor":21,"end_time":"2025-01-20T09:30:00Z","id":31,"patient":22,"start_time":"2025-01-20T09:00:00Z","status":"cancelled"}}"#
    );
    assert_eq!(
        text(Face::Mark),
        r#"{"id":"evt_123456","type":"appointment.canceled","created":"2025-01-19T08:00:00Z","data":{"appointment_id":"apt_31","end_time":"2025-01-20T09:30:00Z","patient_id":"pat_22","start_time":"2025-01-20T09:00:00Z","status":"canceled"}}"#
    );
}

/// The values are openssl's and Python's `hmac`; the second is Standard Webhooks' own example.
#[test]
fn signatures_are_those_of_other_programs() {
    let body =
        br#"{"id":"evt_123456","type":"appointment.created","created":"2025-01-20T09:00:00Z","data":{}}"#;
    let hex = "5ee4b7d6d172c61d2a3c823572edaea4841a9e1fc5bbfa04942d41214443ffd5";
    assert_eq!(sign::plain("your-webhook-secret", body), hex);
    let made = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    assert_eq!(
        sign::standard(made, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#),
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    );
    let old = "6601805f42dd82e39a489d6ad09ed5221e855ffbf68463ccba63595c3b4ebf52";
    let headers: BTreeMap<_, _> =
        sign::headers(Face::Medcor, "evt_123456", 1_737_363_600, body, &["your-webhook-secret", made])
            .into_iter()
            .collect();
    assert_eq!(
        (headers["webhook-id"].as_str(), headers["webhook-timestamp"].as_str()),
        ("evt_123456", "1737363600")
    );
    assert_eq!(
        (headers["x-medcor-signature"].as_str(), headers["x-medcor-signature-old"].as_str()),
        (hex, old)
    );
    let signatures: Vec<_> = headers["webhook-signature"].split(' ').collect();
    assert_eq!(signatures[0], "v1,hZ0syC/daAAGLi4XDuczi0GqLQJef9wE42FLwImK28E=");
    assert_eq!(signatures.len(), 2);
    let alone = sign::headers(Face::Mark, "evt_1", 1, body, &["your-webhook-secret"]);
    assert_eq!(alone.last().unwrap(), &("x-mark-signature".to_owned(), hex.to_owned()));
    assert_eq!(alone.len(), 4);
    assert!(sign::secret_of(&[7; 32]).starts_with(sign::PREFIX));
    assert!(!format!("{:?}", webhook(7)).contains("your-webhook-secret"));
}
