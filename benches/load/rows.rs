//! A hospital's documents, made by the same rules as the house makes them. Everything follows from a number.

use ward_domain::account::{Account, Failures, Profile};
use ward_domain::calendar::{
    Appointment, AppointmentStatus, CalendarCommand, CalendarView, NewAppointment, Slot,
};
use ward_domain::decision::{Change, Decision};
use ward_domain::id::{EPOCH_MS, Id};
use ward_domain::policy::Role;
use ward_domain::record::{AggregateKind, ClaimKey, ClaimOp};
use ward_domain::time::{DAY, HOUR, MINUTE, Time};
use ward_store::{AggregateRef, Commit, OutboxEvent, Version};

/// Doctors of the hospital; appointments and free slots go round them.
pub const DOCTORS: u64 = 50;
/// Patients with an account: those who book.
pub const BOOKERS: u64 = 2_000;
/// Patients of past appointments.
const PATIENTS: u64 = 20_000;
/// Free slots, of all doctors together.
pub const FREE: u64 = 100_000;
/// Length of a slot that was booked in the past, and of a free one.
const PAST_SLOT: i64 = 30 * MINUTE;
const FREE_SLOT: i64 = 10 * MINUTE;

/// Ids of different things never meet: the lowest bits say what it is. Node 0 minted them, in the past.
fn id(ms: i64, what: u64) -> Id {
    Id::new((ms.cast_unsigned() << 12) | what).unwrap()
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap()
}

/// A doctor's id.
pub fn doctor(number: u64) -> Id {
    id(signed(number % DOCTORS), 1)
}

/// A patient's id.
pub fn patient(number: u64) -> Id {
    id(signed(number), 2)
}

/// A free slot's id.
pub fn free_slot(number: u64) -> Id {
    id(signed(number), 3)
}

/// The calendar of a doctor.
pub fn calendar(number: u64) -> AggregateRef {
    AggregateRef { kind: AggregateKind::Calendar, id: doctor(number) }
}

/// An account, without a password.
pub fn account(id: Id, role: Role, now: Time) -> Change {
    Change::create(&Account {
        id: id.into(),
        role,
        active: true,
        profile: Profile {
            email: format!("{id}@load.example"),
            username: format!("person{id}"),
            first_name: "Load".into(),
            last_name: format!("Bearer {id}"),
            ..Profile::default()
        },
        password_hash: String::new(),
        log_ins: Vec::new(),
        failures: Failures::default(),
        created_at: now,
        updated_at: now,
        last_log_in: None,
        email_verified: false,
        phone_unproven: false,
        merged_into: None,
        fingerprints: Vec::new(),
    })
}

/// Slots that can be booked: `number` is of doctor `number % DOCTORS`, each with one after the other from tomorrow on.
pub fn free(number: u64, now: Time) -> Slot {
    let start = Time::from_millis((now.millis() / DAY + 1) * DAY).plus(signed(number / DOCTORS) * FREE_SLOT);
    Slot {
        id: free_slot(number).into(),
        doctor: doctor(number).into(),
        start,
        end: start.plus(FREE_SLOT),
        bookable: true,
        appointment: None,
        hold: None,
        created_at: now,
    }
}

/// A past appointment, of `rows` in all, with its slot and the hold on the patient's day.
pub fn past(number: u64, rows: u64, now: Time) -> (Appointment, Slot, ClaimOp) {
    let columns = signed(rows / DOCTORS + 1);
    let start = Time::from_millis((now.millis() / HOUR) * HOUR)
        .plus((signed(number / DOCTORS) - columns) * PAST_SLOT);
    let end = start.plus(PAST_SLOT);
    let created = start.plus(-3 * DAY + signed(number % DOCTORS) * 1000);
    let minted = created.millis() - EPOCH_MS;
    let (own, slot) = (id(minted, 4), id(minted, 5));
    let (doctor, patient) = (doctor(number).into(), patient(number % PATIENTS).into());
    let mut reminders = Appointment::reminders_for(start, created);
    for reminder in &mut reminders {
        reminder.state = ward_domain::calendar::ReminderState::Sent;
        reminder.sent_at = Some(reminder.due);
    }
    let appointment = Appointment {
        id: own.into(),
        doctor,
        patient,
        slot: slot.into(),
        start,
        end,
        status: if number.is_multiple_of(10) {
            AppointmentStatus::NoShow
        } else {
            AppointmentStatus::Completed
        },
        rescheduled: false,
        appointment_type: "consultation".into(),
        reason: "Regular checkup".into(),
        notes: "Brings the results of the last blood test along.".into(),
        booked_by: patient,
        cancellation: None,
        reminders,
        created_at: created,
        updated_at: end,
        sequence: 1,
    };
    let slot = Slot {
        id: slot.into(),
        doctor,
        start,
        end,
        bookable: true,
        appointment: Some(appointment.id),
        hold: None,
        created_at: created,
    };
    let hold = ClaimOp::TakeSpan { key: ClaimKey::patient_day(patient, start.millis() / DAY), start, end };
    (appointment, slot, hold)
}

/// The commit by which the house books a free slot: exactly what the calendar's rule decides.
pub fn booking(number: u64, expected: Version, now: Time) -> Commit {
    let slot = free(number, now);
    let new = NewAppointment {
        id: id(signed(number), 6).into(),
        patient: patient(number % BOOKERS).into(),
        slot: slot.id,
        appointment_type: "consultation".into(),
        reason: "Regular checkup".into(),
        notes: String::new(),
        by: patient(number % BOOKERS).into(),
    };
    let view =
        CalendarView { doctor: slot.doctor, slots: [(slot.id, slot)].into(), ..CalendarView::default() };
    let (Decision { changes, claims, happenings }, _) =
        view.decide(now, &CalendarCommand::Book { new, claims: Vec::new() }).unwrap();
    let events = happenings.into_iter().map(|what| {
        let id = id(signed(number), 7).into();
        let event = ward_domain::decision::Event { id, at: now, what };
        OutboxEvent { id, at: now, body: serde_json::to_vec(&event).unwrap() }
    });
    Commit {
        id: id(signed(number), 8).into(),
        at: now,
        aggregate: calendar(number),
        expected,
        changes,
        claims,
        events: events.collect(),
    }
}

/// A commit of a bulk load.
pub fn bulk(
    aggregate: AggregateRef,
    expected: Version,
    now: Time,
    changes: Vec<Change>,
    claims: Vec<ClaimOp>,
) -> Commit {
    let id = id(signed(expected), 9 + (aggregate.id.get() >> 12) % DOCTORS).into();
    Commit { id, at: now, aggregate, expected, changes, claims, events: Vec::new() }
}
