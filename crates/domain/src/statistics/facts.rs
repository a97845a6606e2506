//! What a subject gives to the figures.

use crate::account::Account;
use crate::calendar::{Appointment, AppointmentStatus};
use crate::id::{Id, UserId};
use crate::policy::Role;
use crate::time::Time;
use crate::zone::Zone;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// An appointment.
    Appointment(Id),
    /// An account; only a patient's gives anything.
    Account(Id),
    /// A consultation.
    Encounter(Id),
}

impl Subject {
    /// Its id: ids are never given twice, so no two subjects share one.
    pub const fn id(self) -> Id {
        match self {
            Self::Appointment(id) | Self::Account(id) | Self::Encounter(id) => id,
        }
    }
}

/// How much of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Measure {
    /// Appointments that were booked on the day, whatever became of them.
    Booked,
    /// Appointments that begin on the day, by where they stand.
    Begin(AppointmentStatus),
    /// Patients who got their account on the day.
    NewPatients,
}

impl Measure {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Booked,
        Self::Begin(AppointmentStatus::Scheduled),
        Self::Begin(AppointmentStatus::Confirmed),
        Self::Begin(AppointmentStatus::Completed),
        Self::Begin(AppointmentStatus::Cancelled),
        Self::Begin(AppointmentStatus::NoShow),
        Self::NewPatients,
    ];

    /// Its word in the figures and on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Begin(status) => status.word(),
            Self::NewPatients => "new_patients",
        }
    }
}

/// Of which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Heading {
    /// All.
    All,
    /// One doctor's.
    Doctor(UserId),
    /// Of one type: one of [`TYPES`].
    Type(&'static str),
}

/// The types of appointment that are told apart; whatever else hospitals call theirs is `other`, so that free text neither
/// stands in figures nor makes them grow without end.
pub const TYPES: [&str; 8] = [
    "consultation",
    "follow_up",
    "checkup",
    "emergency",
    "procedure",
    "vaccination",
    "telemedicine",
    "other",
];

/// So much more under a heading on a day.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fact {
    /// Days since 1970-01-01.
    pub day: i64,
    /// Measure and heading: `completed`, `completed/doctor/17`, `booked/type/checkup`.
    pub key: String,
    /// How much more; what was written before amounts were is one.
    #[serde(default = "one")]
    pub amount: u64,
}

const fn one() -> u64 {
    1
}

impl Fact {
    /// Of a measure, under a heading, on a day.
    pub fn new(day: i64, measure: Measure, heading: Heading) -> Self {
        Self { day, key: key(measure, heading), amount: 1 }
    }
}

/// Where a figure stands among a day's.
pub fn key(measure: Measure, heading: Heading) -> String {
    let word = measure.word();
    match heading {
        Heading::All => word.to_owned(),
        Heading::Doctor(doctor) => format!("{word}/doctor/{doctor}"),
        Heading::Type(kind) => format!("{word}/type/{kind}"),
    }
}

/// The number of a civil day.
pub fn day_number(date: Date) -> i64 {
    date.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24
}

/// The civil day of a number.
pub fn date_of(day: i64) -> Option<Date> {
    Date::constant(1970, 1, 1).checked_add(jiff::Span::new().try_days(day).ok()?).ok()
}

fn day(time: Time, zone: &Zone) -> i64 {
    day_number(zone.date(time))
}

/// What an appointment gives.
pub fn facts_of_appointment(appointment: &Appointment, zone: &Zone) -> Vec<Fact> {
    let kind = appointment.appointment_type.trim().to_lowercase().replace([' ', '-'], "_");
    let kind = TYPES.into_iter().find(|known| *known == kind).unwrap_or("other");
    let mut facts = Vec::with_capacity(6);
    for (day, measure) in [
        (day(appointment.created_at, zone), Measure::Booked),
        (day(appointment.start, zone), Measure::Begin(appointment.status)),
    ] {
        for heading in [Heading::All, Heading::Doctor(appointment.doctor), Heading::Type(kind)] {
            facts.push(Fact::new(day, measure, heading));
        }
    }
    facts
}

/// What an account gives.
pub fn facts_of_patient(account: &Account, zone: &Zone) -> Vec<Fact> {
    if account.role != Role::Patient {
        return Vec::new();
    }
    vec![Fact::new(day(account.created_at, zone), Measure::NewPatients, Heading::All)]
}
