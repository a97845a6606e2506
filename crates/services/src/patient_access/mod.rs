//! A doctor's access to what is kept of a patient, given by the patient: a code goes to the patient's telephone, and who
//! tells it to the doctor agrees. It lasts a day, is bound to that doctor, and ends when any of the two, or the
//! administrator, says so. While it lasts it opens the chart (`chart::access`).

mod ask;
mod data;
mod end;
mod list;
mod read;
mod verify;

pub use ask::{AccessAsked, AskAccess, ask};
pub use data::PatientData;
pub use end::end;
pub use list::list;
pub use read::read;
pub use verify::{Given, verify};

use crate::{Ctx, Fail, House};
use ward_domain::id::{Id, UserId};
use ward_domain::phone::{AccessStatus, PatientAccess};
use ward_domain::policy::{Action, Resource};
use ward_domain::record::{Key, List};
use ward_store::{Bounds, ListQuery};

/// Accesses of one doctor to one patient that are looked at.
const MAX_OPEN: usize = 50;

impl House {
    /// The access that a patient gave the caller and that reaches what they are about to do.
    pub(crate) async fn granted_access(
        &self,
        ctx: &Ctx,
        patient: UserId,
        resource: Resource,
        action: Action,
    ) -> Result<Option<Id>, Fail> {
        let now = self.env.now();
        let bounds = Bounds { from: now.sort_key(), until: u64::MAX };
        let all = ListQuery::all(List::OpenPatientAccesses, Key::of(ctx.user.get()).and(patient.get()));
        let query = ListQuery { bounds, descending: true, limit: MAX_OPEN, ..all };
        let rows = self.env.store.list(&ctx.scope, &query).await?.rows;
        let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
        let found = self.find_many::<PatientAccess>(&ctx.scope, &ids).await?;
        let open = found
            .into_iter()
            .map(|found| found.document)
            .find(|access| access.status(now) == AccessStatus::Active && access.kind.opens(resource, action));
        Ok(open.map(|access| access.id))
    }
}
