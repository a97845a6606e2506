//! Changing what can be set of a hospital.

use super::validate::check;
use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use ward_domain::hospital::{Hospital, HospitalCommand, HospitalProfile};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::{Kind, Refusal};

/// Edits a hospital. `change` gets the profile as it is; `if_version` is the version that the caller edits.
pub async fn edit(
    house: &House,
    ctx: &Ctx,
    id: Id,
    if_version: Option<u64>,
    change: impl FnOnce(&mut HospitalProfile) + Send,
) -> Result<Versioned<Hospital>, Fail> {
    let found = house.hospital(ctx, id, Action::Update).await?;
    if if_version.is_some_and(|version| version != found.version) {
        return Err(Refusal::new(
            Kind::Stale,
            "stale_version",
            "It was changed meanwhile: read it again, then edit.",
        )
        .into());
    }
    let mut profile = found.document.profile;
    change(&mut profile);
    check(&mut profile, &house.settings.platform_hosts)?;
    let command = HospitalCommand::Edit { profile: Box::new(profile), if_version: None };
    house.tenancy.tell(id.into(), command).await?;
    house.trace_one(ctx, Action::Update, Resource::Hospital, id, &[]).await?;
    house.hospital(ctx, id, Action::Read).await
}
