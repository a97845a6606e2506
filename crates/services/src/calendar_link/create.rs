//! Making a link.

use crate::audit::Attempt;
use crate::request::Known;
use crate::{Ctx, Fail, House};
use ward_domain::account::{AccountCommand, CalendarLink, LinkText, SECRET_BYTES};
use ward_domain::id::{Id, UserId};
use ward_domain::policy::{Action, Resource, Role};
use ward_domain::refusal::Refusal;
use ward_domain::secret::{digest, hex};

/// A link as the caller wants it.
#[derive(Debug, Clone, Copy)]
pub struct NewLink {
    /// To whose calendar; an administrator must say it, others mean their own.
    pub doctor: Option<Id>,
    /// Whether it names patients.
    pub with_names: bool,
}

/// A link that was made.
#[derive(Debug, Clone)]
pub struct Made {
    /// What is kept of it.
    pub link: CalendarLink,
    /// What stands in its address. It is told once: `None` where the same request was sent before.
    pub text: Option<String>,
}

/// Makes a link to a doctor's or a patient's own calendar.
pub async fn create(house: &House, ctx: &Ctx, new: NewLink) -> Result<Made, Fail> {
    let own = ctx.role != Role::HospitalAdmin && new.doctor.is_none_or(|doctor| doctor == ctx.user.id());
    let (action, resource) = (Action::Create, Resource::CalendarLink);
    house.permit(ctx, resource, action, own).await?;
    let user = match new.doctor {
        _ if own => ctx.user,
        Some(doctor) => house.active_doctor(ctx, doctor).await?,
        None => return Err(Refusal::field("doctor", "Say whose calendar it is.").into()),
    };
    let attempt = Attempt { action, resource, id: None, patients: Vec::new() };
    let made = house.refusable(ctx, &attempt, make(house, ctx, user, new.with_names).await).await?;
    house.trace_one(ctx, action, resource, made.link.id.id(), &[]).await?;
    Ok(made)
}

async fn make(house: &House, ctx: &Ctx, user: UserId, with_names: bool) -> Result<Made, Fail> {
    let id = house.new_id()?;
    let claims = match house.known(ctx, &[id]).await? {
        Known::New(claims) => claims,
        Known::Done(made) => {
            let made = made.first().copied().unwrap_or_default();
            let link = house.find::<CalendarLink>(&ctx.scope, made).await?;
            let link = link.ok_or_else(|| Refusal::conflict("link_revoked", "This link was revoked."))?;
            return Ok(Made { link: link.document, text: None });
        }
    };
    let mut secret = [0; SECRET_BYTES];
    secret.copy_from_slice(&ward_tenants::keys::random_key().bytes()[..SECRET_BYTES]);
    let link = CalendarLink {
        id: id.into(),
        user,
        with_names,
        digest: hex(&digest(&secret)),
        created_by: ctx.user,
        created_at: ctx.now,
    };
    let command = AccountCommand::AddCalendarLink { link: Box::new(link.clone()), claims };
    house
        .actors
        .accounts
        .ask(&ctx.scope, user.id(), ctx.deadline, command)
        .await
        .map_err(House::in_flight)?;
    let text = LinkText { tenant: ctx.scope.tenant(), id: link.id, secret }.spelled();
    Ok(Made { link, text: Some(text) })
}
