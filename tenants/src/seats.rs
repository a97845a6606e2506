//! Quotas: a place is held before something is made, and given back when it stands and counts by itself, or failed.

use std::sync::Arc;
use std::time::Duration;
use ward_actors::hospital::{HospitalAnswer, HospitalMessage};
use ward_actors::{Actors, Failure};
use ward_domain::hospital::check_quota;
use ward_domain::id::Id;
use ward_domain::subscription::Quota;
use ward_domain::tenancy::TenantScope;

/// How long the hospital's actor may take.
const DEADLINE: Duration = Duration::from_secs(5);

/// A held place; it is given back when dropped.
pub struct Seat {
    actors: Option<Arc<Actors>>,
    hospital: Id,
    what: Quota,
    place: Id,
}

impl Seat {
    /// Holds a place. `used` counts what stands, and is asked after the place is held, so that two requests side by
    /// side each see the other's place or what the other made. What the plan has room for is asked of the hospital's
    /// actor with the place: a plan that changes meanwhile counts what is held. `limit` only says whether there is one: on
    /// a plan without, no place is held, and what is under way while the hospital leaves such a plan may come on top.
    pub(crate) async fn hold(
        actors: &Arc<Actors>,
        scope: &TenantScope,
        place: Id,
        what: Quota,
        limit: Option<u64>,
        used: impl Future<Output = Result<u64, Failure>>,
    ) -> Result<Self, Failure> {
        let hospital = Actors::of_hospital(scope);
        if limit.is_none() {
            return Ok(Self { actors: None, hospital, what, place });
        }
        let hold = HospitalMessage::Hold { what, place };
        let answer = actors.hospitals.ask(&crate::platform(), hospital, DEADLINE, hold).await?;
        let seat = Self { actors: Some(Arc::clone(actors)), hospital, what, place };
        let HospitalAnswer::Held(others, limit) = answer else {
            return Err(Failure::Broken("no place was held".to_owned()));
        };
        check_quota(what.words(), used.await? + others, limit)?;
        Ok(seat)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(actors) = self.actors.take() {
            let release = HospitalMessage::Release { what: self.what, place: self.place };
            actors.hospitals.tell(crate::platform(), self.hospital, release);
        }
    }
}
