//! Appointments of people who are called otherwise than before: fed to the index anew, page by page.
//!
//! The event waits in the outbox until the last page is fed. How far the pages have come is only remembered here: after
//! a restart they begin again, and feeding a document twice changes nothing.

use super::feed;
use crate::shell::Turn;
use ward_domain::id::{EventId, UserId};
use ward_domain::record::{Key, List};
use ward_search::DocumentKind;
use ward_store::{ListQuery, Slice};

/// Appointments fed at a time.
const PAGE: usize = 128;
/// Where a person's appointments stand: as the patient, and as the doctor.
const LISTS: [List; 2] = [List::PatientAppointmentsByCreated, List::DoctorAppointmentsByCreated];

/// The rename in hand, and where its next page begins.
#[derive(Debug, Default)]
pub(super) struct Renames {
    in_hand: Option<(EventId, usize, Slice)>,
}

impl Renames {
    /// Feeds the next page of someone's appointments; says whether it was the last one. `None` where the store or the
    /// index is not to be had: the same page is fed again.
    pub async fn feed_page(&mut self, turn: &Turn, event: EventId, user: UserId) -> Option<bool> {
        let begun = self.in_hand.filter(|(of, ..)| *of == event);
        let (_, nth, slice) = begun.unwrap_or((event, 0, Slice::Offset(0)));
        let Some(appointments) = LISTS.get(nth) else { return Some(true) };
        let query = ListQuery { slice, limit: PAGE, ..ListQuery::all(*appointments, Key::of(user.get())) };
        let page = match turn.env.store.list(&turn.scope, &query).await {
            Ok(page) => page,
            Err(error) => {
                tracing::warn!(%error, "the appointments of someone renamed could not be listed");
                return None;
            }
        };
        let subjects = page.rows.iter().map(|row| (DocumentKind::Appointment, row.id)).collect();
        if !feed(turn, subjects).await {
            return None;
        }
        let next = match page.rows.last() {
            Some(last) if page.rows.len() == PAGE => {
                (event, nth, Slice::After { sort: last.sort, id: last.id })
            }
            _ => (event, nth + 1, Slice::Offset(0)),
        };
        let ended = next.1 == LISTS.len();
        self.in_hand = (!ended).then_some(next);
        Some(ended)
    }
}
