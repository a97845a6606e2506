//! A hospital joins.

use super::validate::check;
use crate::request::Known;
use crate::{Ctx, Fail, House};
use ward_domain::hospital::HospitalProfile;
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::Refusal;
use ward_tenants::{NewHospital, Onboarded};

/// Creates a hospital; for the platform admin. The answer holds the one-time code for its first administrator.
pub async fn create(house: &House, ctx: &Ctx, mut profile: HospitalProfile) -> Result<Onboarded, Fail> {
    house.permit(ctx, Resource::Hospital, Action::Create, false).await?;
    check(&mut profile, &house.settings.platform_hosts)?;
    let claims = match house.known(ctx, &[]).await? {
        Known::New(claims) => claims,
        // The code was shown once; it is kept as a digest only, so the first answer cannot be given again.
        Known::Done(_) => {
            let message = "This hospital was created; its code was shown then.";
            return Err(Refusal::conflict("request_done", message).into());
        }
    };
    let onboarded = house.tenancy.onboard(NewHospital { profile, claims }).await.map_err(House::in_flight)?;
    house.trace_one(ctx, Action::Create, Resource::Hospital, onboarded.hospital.id.id(), &[]).await?;
    Ok(onboarded)
}
