//! Changes: acknowledged at once, carried out one after the other.

use super::index::Index;
use super::{Refusal, State, filter};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// What is to be done.
#[derive(Debug, Clone)]
pub(super) enum Change {
    Create { primary_key: Option<String> },
    Delete,
    Settings(Value),
    Put { documents: Vec<Value>, primary_key: Option<String> },
    Remove(BTreeSet<String>),
    RemoveWhere(Value),
}

impl Change {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Create { .. } => "indexCreation",
            Self::Delete => "indexDeletion",
            Self::Settings(_) => "settingsUpdate",
            Self::Put { .. } => "documentAdditionOrUpdate",
            Self::Remove(_) | Self::RemoveWhere(_) => "documentDeletion",
        }
    }
}

struct Task {
    index: String,
    change: Option<Change>,
    kind: &'static str,
    outcome: Option<Result<(), Refusal>>,
}

pub(super) struct Tasks {
    all: BTreeMap<u32, Task>,
    work: UnboundedSender<u32>,
    held: Option<Vec<u32>>,
}

const WHEN: &str = "2025-03-03T08:00:00Z";

impl Tasks {
    pub(super) fn new() -> (Self, UnboundedReceiver<u32>) {
        let (work, told) = unbounded_channel();
        (Self { all: BTreeMap::new(), work, held: None }, told)
    }

    /// Takes a change in; answers what the server answers.
    pub(super) fn enqueue(&mut self, index: &str, change: Change) -> Value {
        let uid = u32::try_from(self.all.len()).unwrap();
        let kind = change.kind();
        self.all.insert(uid, Task { index: index.to_owned(), change: Some(change), kind, outcome: None });
        match &mut self.held {
            Some(held) => held.push(uid),
            None => self.work.send(uid).unwrap_or_default(),
        }
        json!({ "taskUid": uid, "indexUid": index, "status": "enqueued", "type": kind, "enqueuedAt": WHEN })
    }

    pub(super) fn hold(&mut self, hold: bool) {
        if hold {
            self.held.get_or_insert_default();
        } else {
            self.held.take().into_iter().flatten().for_each(|uid| self.work.send(uid).unwrap_or_default());
        }
    }

    pub(super) fn count(&self, kind: &str) -> usize {
        self.all.values().filter(|task| task.kind == kind).count()
    }

    pub(super) fn show(&self, uid: u32) -> Option<Value> {
        let task = self.all.get(&uid)?;
        let mut shown = json!({
            "uid": uid, "batchUid": uid, "indexUid": task.index, "type": task.kind, "canceledBy": null, "details": null,
            "error": null, "enqueuedAt": WHEN, "startedAt": null, "finishedAt": null, "duration": null,
            "status": "enqueued",
        });
        if let Some(outcome) = &task.outcome {
            shown["startedAt"] = WHEN.into();
            shown["finishedAt"] = WHEN.into();
            shown["duration"] = "PT0.001S".into();
            shown["status"] = if outcome.is_ok() { "succeeded" } else { "failed" }.into();
            shown["error"] = outcome.as_ref().err().map_or(Value::Null, Refusal::body);
        }
        Some(shown)
    }
}

/// Carries a task out.
pub(super) fn carry_out(state: &mut State, uid: u32) {
    let Some(task) = state.tasks.all.get_mut(&uid) else { return };
    let (index, change) = (task.index.clone(), task.change.take());
    let outcome = change.map(|change| carry(&mut state.indexes, &index, change));
    if let Some(task) = state.tasks.all.get_mut(&uid) {
        task.outcome = outcome;
    }
}

fn carry(indexes: &mut BTreeMap<String, Index>, name: &str, change: Change) -> Result<(), Refusal> {
    let missing = || Refusal::new(404, "index_not_found", format!("Index `{name}` not found."));
    match change {
        Change::Create { primary_key } => {
            if indexes.contains_key(name) {
                let message = format!("Index `{name}` already exists.");
                return Err(Refusal::new(409, "index_already_exists", message));
            }
            indexes.insert(name.to_owned(), Index::new(primary_key));
            Ok(())
        }
        Change::Delete => indexes.remove(name).map(|_| ()).ok_or_else(missing),
        // These two make the index where it is not there.
        Change::Settings(settings) => {
            indexes.entry(name.to_owned()).or_insert_with(|| Index::new(None)).set(settings);
            Ok(())
        }
        Change::Put { documents, primary_key } => {
            let index = indexes.entry(name.to_owned()).or_insert_with(|| Index::new(None));
            index.put(documents, primary_key)
        }
        Change::Remove(keys) => {
            let index = indexes.get_mut(name).ok_or_else(missing)?;
            index.documents.retain(|key, _| !keys.contains(key));
            Ok(())
        }
        Change::RemoveWhere(written) => {
            let index = indexes.get_mut(name).ok_or_else(missing)?;
            let filter = filter::parse(&written, "invalid_document_filter")?;
            let doomed: BTreeSet<String> = index
                .passing(filter.as_ref(), "invalid_document_filter")?
                .map(|(key, _)| key.clone())
                .collect();
            index.documents.retain(|key, _| !doomed.contains(key));
            Ok(())
        }
    }
}
