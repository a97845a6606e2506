//! What is told: which happening is which event, and by which name each API knows it. Names are spelled here and
//! nowhere else.

use crate::account::AccountFacts;
use crate::calendar::{AppointmentChange, AppointmentFacts};
use crate::decision::{Event, Happening};
use crate::face::Face;
use crate::id::{AppointmentId, EventId, Id, UserId, WebhookId};
use crate::policy::Role;
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// What kinds of event there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// An appointment was booked.
    AppointmentCreated,
    /// Its words changed.
    AppointmentUpdated,
    /// It is said to take place.
    AppointmentConfirmed,
    /// It was moved to another time.
    AppointmentRescheduled,
    /// It will not take place.
    AppointmentCancelled,
    /// It took place.
    AppointmentCompleted,
    /// The patient did not come.
    AppointmentNoShow,
    /// A patient joined.
    PatientCreated,
    /// A patient's account changed.
    PatientUpdated,
    /// Someone else joined: a doctor, staff, an administrator.
    UserCreated,
    /// Their account changed.
    UserUpdated,
    /// The administrator asked for it, to see whether the endpoint works. Nobody subscribes to it.
    Ping,
}

impl EventKind {
    /// All that can be subscribed to.
    pub const ALL: [Self; 11] = [
        Self::AppointmentCreated,
        Self::AppointmentUpdated,
        Self::AppointmentConfirmed,
        Self::AppointmentRescheduled,
        Self::AppointmentCancelled,
        Self::AppointmentCompleted,
        Self::AppointmentNoShow,
        Self::PatientCreated,
        Self::PatientUpdated,
        Self::UserCreated,
        Self::UserUpdated,
    ];

    /// Its name in an API. Mark's document (905-911) knows one name for every change of an appointment but the last.
    pub const fn name(self, face: Face) -> &'static str {
        let mark = matches!(face, Face::Mark);
        match self {
            Self::AppointmentCreated => "appointment.created",
            Self::AppointmentUpdated => "appointment.updated",
            Self::AppointmentConfirmed
            | Self::AppointmentRescheduled
            | Self::AppointmentCompleted
            | Self::AppointmentNoShow
                if mark =>
            {
                "appointment.updated"
            }
            Self::AppointmentConfirmed => "appointment.confirmed",
            Self::AppointmentRescheduled => "appointment.rescheduled",
            Self::AppointmentCompleted => "appointment.completed",
            Self::AppointmentNoShow => "appointment.no_show",
            Self::AppointmentCancelled if mark => "appointment.canceled",
            Self::AppointmentCancelled => "appointment.cancelled",
            Self::PatientCreated => "patient.created",
            Self::PatientUpdated => "patient.updated",
            Self::UserCreated => "user.created",
            Self::UserUpdated => "user.updated",
            Self::Ping => "ping",
        }
    }

    /// Every name that an API knows, each once.
    pub fn names(face: Face) -> Vec<&'static str> {
        let mut names = Vec::new();
        for kind in Self::ALL {
            if !names.contains(&kind.name(face)) {
                names.push(kind.name(face));
            }
        }
        names
    }

    /// The kinds behind names; the error says what is wrong with the first that is none.
    pub fn named(face: Face, names: &[String]) -> Result<Vec<Self>, String> {
        let known = Self::names(face);
        if names.is_empty() {
            return Err(format!("Must name at least one of: {}.", known.join(", ")));
        }
        if let Some(at) = names.iter().position(|name| !known.contains(&name.trim())) {
            return Err(format!("Item {}: Must be one of: {}.", at + 1, known.join(", ")));
        }
        let wanted = |kind: &Self| names.iter().any(|name| name.trim() == kind.name(face));
        Ok(Self::ALL.into_iter().filter(wanted).collect())
    }

    /// The names of kinds, each once, in the order of [`EventKind::ALL`].
    pub fn spelled(face: Face, kinds: &[Self]) -> Vec<&'static str> {
        let mut names: Vec<&'static str> = Vec::new();
        for kind in Self::ALL.iter().filter(|kind| kinds.contains(kind)) {
            if !names.contains(&kind.name(face)) {
                names.push(kind.name(face));
            }
        }
        names
    }
}

/// What an event says: ids, times and states, as they were when it happened. No name and no clinical word is among
/// them, for it leaves the house.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Facts {
    /// Of an appointment.
    Appointment {
        /// Which.
        id: AppointmentId,
        /// How it was then.
        then: AppointmentFacts,
    },
    /// Of an account.
    Account {
        /// Whose.
        user: UserId,
        /// How it was then.
        then: AccountFacts,
    },
    /// Of the webhook itself.
    Ping {
        /// Which.
        webhook: WebhookId,
    },
}

impl Facts {
    /// The patient whom it is about.
    pub fn patient(&self) -> Option<UserId> {
        match self {
            Self::Appointment { then, .. } => Some(then.patient),
            Self::Account { user, then } if then.role == Role::Patient => Some(*user),
            Self::Account { .. } | Self::Ping { .. } => None,
        }
    }
}

/// An event on its way to endpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookEvent {
    /// Its id, the same for every endpoint and at every attempt.
    pub id: EventId,
    /// When it happened.
    pub at: Time,
    /// The aggregate that it happened to: what happens to one is told in order.
    pub subject: Id,
    /// What happened.
    pub kind: EventKind,
    /// What is told of it.
    pub facts: Facts,
}

impl HookEvent {
    /// What is told of an event of an aggregate; `None` where it is nothing for webhooks.
    pub fn of(subject: Id, event: &Event) -> Option<Self> {
        let (kind, facts) = match &event.what {
            Happening::AppointmentBooked { appointment, then }
            | Happening::AppointmentChanged { appointment, then, .. } => {
                let then = (*then)?;
                (of_appointment(then.change), Facts::Appointment { id: *appointment, then })
            }
            Happening::AccountChanged { user, then } => {
                let then = (*then)?;
                let patient = then.role == Role::Patient;
                let kind = match (patient, then.created) {
                    (true, true) => EventKind::PatientCreated,
                    (true, false) => EventKind::PatientUpdated,
                    (false, true) => EventKind::UserCreated,
                    (false, false) => EventKind::UserUpdated,
                };
                (kind, Facts::Account { user: *user, then })
            }
            _ => return None,
        };
        Some(Self { id: event.id, at: event.at, subject, kind, facts })
    }
}

const fn of_appointment(change: AppointmentChange) -> EventKind {
    match change {
        AppointmentChange::Booked => EventKind::AppointmentCreated,
        AppointmentChange::Edited => EventKind::AppointmentUpdated,
        AppointmentChange::Confirmed => EventKind::AppointmentConfirmed,
        AppointmentChange::Rescheduled => EventKind::AppointmentRescheduled,
        AppointmentChange::Cancelled => EventKind::AppointmentCancelled,
        AppointmentChange::Completed => EventKind::AppointmentCompleted,
        AppointmentChange::Missed => EventKind::AppointmentNoShow,
    }
}
