//! Two accounts of one patient become one: the plan of it, which outlives a crash.
//!
//! The duplicate's aggregate owns the plan. While it stands, a claim on each of the two keeps every other merge away from
//! both. [`MergeStage`] says how far it is; who carries it on finds it in a due list.

use crate::face::Face;
use crate::id::{AppointmentId, Id, SessionId, UserId};
use crate::policy::Role;
use crate::record::{Document, IndexRow, Key, List, RecordKind};
use crate::time::{MINUTE, Time};
use serde::{Deserialize, Serialize};

/// How long whoever began has before someone else carries on, in milliseconds.
pub const MERGE_PATIENCE: i64 = 30_000;
/// When what was booked meanwhile is looked for once more, in milliseconds: longer than any request may take.
pub const LAST_LOOK_AFTER: i64 = 5 * MINUTE;
/// Things that need attention, named at the most.
pub const MAX_ATTENTION: usize = 100;

/// How far a merge is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MergeStage {
    /// Both are claimed; nothing has changed yet, and the survivor is looked at once more.
    Prepared,
    /// The duplicate is merged into the survivor; what it has moves.
    Moving,
    /// Everything moved, or needs attention. What was booked in the last moment is looked for once more.
    Moved,
    /// Nothing more will happen.
    Settled,
}

impl MergeStage {
    /// Its word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Prepared => "prepared",
            Self::Moving => "moving",
            Self::Moved | Self::Settled => "done",
        }
    }
}

/// What of a patient moves, in this order. A further kind of thing is a variant here, and an arm where it is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MergeStep {
    /// Appointments, past and to come.
    Appointments,
    /// What stands in the chart: medical records with their attachments, treatments, prescriptions.
    Chart,
}

impl MergeStep {
    /// All of them, in their order.
    pub const ALL: [Self; 2] = [Self::Appointments, Self::Chart];
}

/// On whose behalf a merge is carried out: what the trail says of every step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Behalf {
    /// Who asked for it.
    pub user: UserId,
    /// As what.
    pub role: Role,
    /// Through which log-in.
    pub session: SessionId,
    /// Through which API.
    pub face: Face,
    /// From where.
    pub address: String,
    /// In which request.
    pub request_id: String,
}

/// A merge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergePlan {
    /// Who is no more: the plan lies under their id.
    pub duplicate: UserId,
    /// Who stays.
    pub survivor: UserId,
    /// Why, as the administrator says.
    pub reason: String,
    /// On whose behalf.
    pub behalf: Behalf,
    /// How far it is.
    pub stage: MergeStage,
    /// How many appointments moved.
    pub moved: u64,
    /// How many documents of the chart moved.
    #[serde(default)]
    pub moved_documents: u64,
    /// Appointments that could not move: the survivor is elsewhere at that time.
    pub attention: Vec<AppointmentId>,
    /// When it is carried on, if nobody is at it.
    pub due: Option<Time>,
    /// When it was asked for.
    pub created_at: Time,
    /// When it last came on.
    pub updated_at: Time,
}

impl Document for MergePlan {
    const KIND: RecordKind = RecordKind::MergePlan;
    fn record_id(&self) -> Id {
        self.duplicate.id()
    }
    fn index(&self) -> Vec<IndexRow> {
        let mut rows = vec![IndexRow {
            list: List::MergesBySurvivor,
            eq: Key::of(self.survivor.get()),
            sort: self.created_at.sort_key(),
        }];
        if let Some(due) = self.due {
            rows.push(IndexRow { list: List::MergesDue, eq: Key::all(), sort: due.sort_key() });
        }
        rows
    }
}
