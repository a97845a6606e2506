//! Inviting a telephone number.

use crate::audit::Attempt;
use crate::phone::{Text, number};
use crate::request::Known;
use crate::{Ctx, Fail, House};
use ward_domain::contact::{MAX_NAME, line};
use ward_domain::phone::{Invitation, PhoneGrantCommand, words};
use ward_domain::policy::{Action, Resource, Role};
use ward_domain::record::ClaimKey;
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_domain::time::DAY;

/// Who is to be invited.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// The number, as sent.
    pub phone_number: String,
    /// As what.
    pub role: Role,
    /// Given name; may be empty.
    pub first_name: String,
    /// Family name; may be empty.
    pub last_name: String,
}

/// Invites a number into a role of the caller's hospital, and tells it so by SMS.
pub async fn create(house: &House, ctx: &Ctx, new: NewInvitation) -> Result<Invitation, Fail> {
    let (action, resource) = (Action::Create, Resource::Invitation);
    house.permit(ctx, resource, action, false).await?;
    house.permit(ctx, new.role.resource(), Action::Create, false).await?;
    let mut errors = FieldErrors::default();
    let phone = number(&new.phone_number, "phone_number", &mut errors);
    errors.check(
        !matches!(new.role, Role::PlatformAdmin | Role::ApiClient),
        "role",
        "There is no such role here.",
    );
    for (field, name) in [("first_name", &new.first_name), ("last_name", &new.last_name)] {
        errors.check(
            name.is_empty() || line(name, MAX_NAME).is_some(),
            field,
            "Must be one line of at most 150 characters.",
        );
    }
    errors.finish()?;
    let (id, now) = (house.new_id()?, ctx.now);
    let claims = match house.known(ctx, &[id]).await? {
        Known::New(claims) => claims,
        Known::Done(made) => {
            let made = made.first().copied().unwrap_or_default();
            let found = house.find::<Invitation>(&ctx.scope, made).await?;
            let found = found.ok_or_else(|| Refusal::not_found("Invitation"))?.document;
            house.trace_one(ctx, Action::Read, resource, made, &[]).await?;
            return Ok(found);
        }
    };
    let hash = house.log_in_hash(&phone);
    let invitation = Invitation {
        id,
        phone_number: new.phone_number.trim().to_owned(),
        phone: hash,
        role: new.role,
        first_name: new.first_name,
        last_name: new.last_name,
        by: ctx.user,
        created_at: now,
        until: Invitation::ends(now),
    };
    let attempt = Attempt { action, resource, id: None, patients: Vec::new() };
    if house.env.store.claim(&ctx.scope, &ClaimKey::log_in(&hash), now).await?.is_some() {
        let taken = Refusal::conflict("log_in_taken", "Someone has an account with this number already.")
            .and_field("phone_number", "Already in use.");
        return house.refusable(ctx, &attempt, Err::<Invitation, _>(Fail::from(taken))).await;
    }
    let command = PhoneGrantCommand::Invite { invitation: Box::new(invitation.clone()), claims };
    let told = house.actors.phone_grants.ask(&ctx.scope, id, ctx.deadline, command).await;
    house.refusable(ctx, &attempt, told.map_err(House::in_flight)).await?;
    let body = words::invitation(&house.called(&ctx.scope).await?, new.role);
    let text = Text { recipient: None, to: phone, body, until: now.plus(DAY) };
    if let Err(fail) = house.text(&ctx.scope, text).await {
        // The number is invited all the same.
        tracing::warn!(%fail, "an invitation could not be told by SMS");
    }
    house.trace_one(ctx, action, resource, id, &[]).await?;
    Ok(invitation)
}
