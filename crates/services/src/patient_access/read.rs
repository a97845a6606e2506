//! Looking again at what access opens.

use super::PatientData;
use crate::{Ctx, Fail, House};
use ward_domain::id::Id;
use ward_domain::phone::{AccessStatus, PatientAccess};
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::Refusal;
use ward_domain::secret::{digest, hex};

/// What is kept of the patient, for the doctor to whom they gave access, while it lasts. The doctor's own log-in is
/// enough; where the token is sent too it must be the right one.
pub async fn read(
    house: &House,
    ctx: &Ctx,
    id: Id,
    token: Option<&str>,
) -> Result<(PatientAccess, PatientData), Fail> {
    let (action, resource) = (Action::Read, Resource::PatientAccess);
    house.permit(ctx, resource, action, true).await?;
    let found = house.find::<PatientAccess>(&ctx.scope, id).await?.map(|found| found.document);
    let open = |access: &PatientAccess| {
        access.doctor == ctx.user
            && access.status(house.env.now()) == AccessStatus::Active
            && token.is_none_or(|token| access.has_token(&hex(&digest(token.as_bytes()))))
    };
    let access = found.filter(open).ok_or_else(|| Refusal::not_found("Access"))?;
    let data = house.patient_data(ctx, access.patient).await?;
    house.trace_one(ctx, action, resource, id, &[access.patient]).await?;
    Ok((access, data))
}
