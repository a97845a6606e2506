//! What the relay passes on to the statistics.

use crate::shell::Turn;
use crate::statistics::{StatisticsMessage, subject};
use std::collections::{BTreeSet, HashSet};
use std::time::Duration;
use ward_domain::decision::Happening;
use ward_domain::id::EventId;
use ward_domain::statistics::Subject;

/// How long the statistics may take with one batch. Where they are counting everything anew, what happens meanwhile is
/// offered again, and holds nothing else up for longer.
const DEADLINE: Duration = Duration::from_secs(5);

/// What of the events in hand is counted already: they may wait for the index, and come up again and again meanwhile.
#[derive(Debug, Default)]
pub(super) struct Figures {
    counted: HashSet<EventId>,
    events: Vec<EventId>,
    subjects: BTreeSet<Subject>,
}

impl Figures {
    /// Notes an event of the batch in hand.
    pub(super) fn note(&mut self, event: EventId, what: &Happening) {
        if let Some(subject) = subject(what)
            && !self.counted.contains(&event)
        {
            self.events.push(event);
            self.subjects.insert(subject);
        }
    }

    /// Has what was noted counted, in one go; says whether it is.
    pub(super) async fn count(&mut self, turn: &Turn) -> bool {
        let (events, subjects) = (std::mem::take(&mut self.events), std::mem::take(&mut self.subjects));
        if subjects.is_empty() {
            return true;
        }
        let Some(actors) = turn.env.actors() else { return false };
        let message = StatisticsMessage::Count(subjects.into_iter().collect());
        match actors.statistics.ask(&turn.scope, turn.id, DEADLINE, message).await {
            Ok(_) => {
                self.counted.extend(events);
                true
            }
            Err(failure) => {
                tracing::warn!(%failure, "statistics did not count a batch; it is offered again");
                false
            }
        }
    }

    /// Forgets events that are settled.
    pub(super) fn settled(&mut self, events: &[EventId]) {
        for event in events {
            self.counted.remove(event);
        }
    }
}
