//! Who has, had, or asks for access to whom.

use crate::house::Versioned;
use crate::list::Question;
use crate::{Ctx, Fail, House, Listed, PageRequest};
use ward_domain::phone::PatientAccess;
use ward_domain::policy::{Action, Resource, Role};
use ward_domain::record::{Key, List};
use ward_store::Bounds;

/// A page of accesses, newest first: a doctor's own, those that a patient gave or is asked for, or the hospital's.
pub async fn list(
    house: &House,
    ctx: &Ctx,
    page: PageRequest,
) -> Result<Listed<Versioned<PatientAccess>>, Fail> {
    house.reach(ctx, Resource::PatientAccess, Action::List).await?;
    let own = Key::of(ctx.user.get());
    let (list, eq) = match ctx.role {
        Role::Doctor => (List::PatientAccessesByDoctor, own),
        Role::Patient => (List::PatientAccessesByPatient, own),
        _ => (List::PatientAccesses, Key::all()),
    };
    let question = Question { list, eq, bounds: Bounds::ALL, descending: true };
    let listed = house.page::<PatientAccess>(ctx, question, page).await?;
    let mut patients: Vec<_> = listed.items.iter().map(|item| item.document.patient).collect();
    patients.sort_unstable();
    patients.dedup();
    house.trace_list(ctx, Resource::PatientAccess, patients).await?;
    Ok(listed)
}
