//! What the documents of a chart have in common.

use super::{Content, Subject};
use crate::id::{Id, UserId};
use crate::policy::Resource;
use crate::record::{Document, List};
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// Which sort of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChartPart {
    /// [`super::MedicalRecord`].
    MedicalRecord,
    /// [`super::Treatment`].
    Treatment,
    /// [`super::Prescription`].
    Prescription,
    /// [`super::BreakGlass`].
    BreakGlass,
}

/// One version of a document: its number from 1, and who made it, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// 1, 2, 3, ….
    pub number: u64,
    /// Who.
    pub author: UserId,
    /// When.
    pub at: Time,
    /// Why; may be empty.
    pub reason: String,
}

impl Edition {
    /// The first one.
    pub const fn first(author: UserId, at: Time) -> Self {
        Self { number: 1, author, at, reason: String::new() }
    }
}

/// The lists that a sort of document stands in, all by the time of its making.
#[derive(Debug, Clone, Copy)]
pub struct Lists {
    /// ().
    pub all: List,
    /// (patient).
    pub by_patient: List,
    /// (author).
    pub by_author: List,
    /// (author, patient).
    pub by_author_patient: List,
}

/// A document that charts and the hospital list.
pub trait ListedDocument: ChartDocument {
    /// Where it stands.
    const LISTS: Lists;
    /// Its type, where it has one.
    fn record_type(&self) -> Option<&str> {
        None
    }
}

/// A document of a chart.
pub trait ChartDocument: Document + PartialEq {
    /// What it is to the policy.
    const RESOURCE: Resource;
    /// What it is called to people.
    const WHAT: &'static str;
    /// Which sort.
    const PART: ChartPart;

    /// Whose chart.
    fn patient(&self) -> UserId;
    /// The chart that keeps it, where that is not the patient's own.
    fn kept_by(&self) -> Option<UserId>;
    /// The two fields of whose it is.
    fn set_patient(&mut self, patient: UserId, kept_by: UserId);
    /// The chart that keeps it and alone writes it: the patient's, or that of someone who was merged into them.
    fn chart(&self) -> UserId {
        self.kept_by().unwrap_or_else(|| self.patient())
    }
    /// Makes it another patient's; the chart that keeps it stays the same.
    fn give_to(&mut self, patient: UserId) {
        self.set_patient(patient, self.chart());
    }
    /// Who wrote it, and alone may change it.
    fn author(&self) -> UserId;
    /// Its newest version.
    fn edition(&self) -> &Edition;
    /// The same, to be replaced.
    fn edition_mut(&mut self) -> &mut Edition;
    /// Which one, for commands.
    fn subject(&self) -> Subject;
    /// The whole, as a version keeps it.
    fn content(&self) -> Content;
    /// What can be edited, by the names on the wire, as text.
    fn fields(&self) -> Vec<(&'static str, String)>;
    /// True for what was deleted: nobody is shown it any more.
    fn is_gone(&self) -> bool {
        false
    }
    /// Its id, whatever it is.
    fn id(&self) -> Id {
        self.record_id()
    }
}
