//! Who may look into a chart, and who may change what stands in it (platform plan, "Identity and who may see what").
//!
//! A doctor may add to any chart of the hospital and read what they wrote. The rest of a chart opens by a relation: an
//! appointment that is near enough and not cancelled; by what the patient gave the doctor; or by broken glass. A patient reads their own chart, the
//! administrator reads all; only who wrote something changes it. How far a role reaches stands in [`crate::policy`];
//! here stands what of a chart is someone's own.

use crate::calendar::{Appointment, AppointmentStatus};
use crate::id::{BreakGlassId, Id, UserId};
use crate::policy::{Action, Resource, Role, grant};
use crate::refusal::{Kind, Refusal};
use crate::time::{DAY, Time};

/// The moments between which an appointment's start must lie to open the patient's chart to its doctor.
pub fn relation_period(now: Time, days: u32) -> (Time, Time) {
    let reach = i64::from(days) * DAY;
    (now.plus(-reach), now.plus(reach))
}

/// Whether an appointment opens the patient's chart to its doctor.
pub fn relates(appointment: &Appointment, now: Time, days: u32) -> bool {
    let (from, until) = relation_period(now, days);
    (from..=until).contains(&appointment.start) && appointment.status != AppointmentStatus::Cancelled
}

/// What opens a chart, or one document of it, to someone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// Their role: it reaches every chart of the hospital.
    Role,
    /// It is their own chart.
    OwnChart,
    /// They wrote it.
    Author,
    /// They see the patient.
    Relation,
    /// The patient gave them access, by this.
    Granted(Id),
    /// They broke the glass.
    BreakGlass(BreakGlassId),
}

/// Someone before a chart.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// Who.
    pub user: UserId,
    /// As what.
    pub role: Role,
    /// Whose chart.
    pub patient: UserId,
    /// Who wrote the document that is meant; `None` where the whole chart is.
    pub author: Option<UserId>,
    /// Whether they have an appointment that is near enough.
    pub related: bool,
    /// The access that the patient gave them and that reaches what they are about to do.
    pub granted: Option<Id>,
    /// The glass that they broke and that is open still.
    pub glass: Option<BreakGlassId>,
}

impl Standing {
    /// What makes the chart, or the document, someone's own to look at.
    fn own(&self) -> Option<Opening> {
        match self.role {
            Role::Patient => (self.user == self.patient).then_some(Opening::OwnChart),
            Role::Doctor if self.author == Some(self.user) => Some(Opening::Author),
            Role::Doctor if self.related => Some(Opening::Relation),
            Role::Doctor => {
                self.granted.map(Opening::Granted).or_else(|| self.glass.map(Opening::BreakGlass))
            }
            _ => None,
        }
    }

    /// What opens it for an action; refuses, by the name of what is asked for, where nothing does.
    pub fn open(&self, resource: Resource, action: Action, what: &'static str) -> Result<Opening, Refusal> {
        let reach = grant(self.role, resource, action);
        let changes = matches!(action, Action::Update | Action::Delete);
        let own = self.own().filter(|own| !changes || *own == Opening::Author);
        match own {
            Some(opening) if reach.covers(true) => Ok(opening),
            _ if reach.covers(false) => Ok(Opening::Role),
            _ if !reach.covers(true) => Err(Refusal::forbidden("You are not allowed to do this.")),
            // Whether someone is a patient here is no other patient's business.
            _ if self.role == Role::Patient => Err(Refusal::not_found(what)),
            _ if changes => Err(Refusal::forbidden("Only the doctor who wrote this may change it.")),
            _ => Err(closed()),
        }
    }
}

fn closed() -> Refusal {
    let message = "This chart is not open to you: you have no appointment with the patient at about this time, and they \
                   have given you no access. In an emergency break the glass, with a reason: POST medical-records/patient/{patient_id}/break-glass/.";
    Refusal::new(Kind::Forbidden, "chart_closed", message)
}
