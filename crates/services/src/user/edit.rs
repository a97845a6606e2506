//! Changing who someone is.

use super::validate;
use crate::audit::Attempt;
use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use serde_json::{Map, Value};
use ward_domain::account::{Account, AccountCommand, Profile};
use ward_domain::hospital::check_version;
use ward_domain::id::Id;
use ward_domain::policy::Action;
use ward_domain::record::AggregateKind;
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_store::AggregateRef;

/// What is to change; `None` leaves as is.
#[derive(Debug, Clone, Default)]
pub struct ProfileEdit {
    /// Fields of [`Profile`] by name, already of the right type.
    pub fields: Map<String, Value>,
    /// The version that the caller edits, if they said.
    pub if_version: Option<u64>,
}

/// Edits an account's profile.
pub async fn edit(house: &House, ctx: &Ctx, id: Id, edit: ProfileEdit) -> Result<Versioned<Account>, Fail> {
    // Read before the document: an edit that comes between is then seen as one.
    let aggregate = AggregateRef { kind: AggregateKind::Account, id };
    let base = house.env.store.version(&ctx.scope, aggregate).await?;
    let account = house.find::<Account>(&ctx.scope, id).await?.ok_or_else(|| Refusal::not_found("User"))?;
    let own = account.document.id == ctx.user;
    let resource = account.document.role.resource();
    house.permit(ctx, resource, Action::Update, own).await?;
    let attempt = Attempt::with(Action::Update, &account.document);
    house.refusable(ctx, &attempt, make(house, ctx, &account, base, edit).await).await?;
    let after = house.find::<Account>(&ctx.scope, id).await?.ok_or_else(|| Refusal::not_found("User"))?;
    house.trace_account(ctx, Action::Update, resource, &after.document).await?;
    Ok(after)
}

async fn make(
    house: &House,
    ctx: &Ctx,
    account: &Versioned<Account>,
    base: u64,
    edit: ProfileEdit,
) -> Result<(), Fail> {
    let mut profile = merged(&account.document.profile, edit.fields)?;
    if profile.username.is_empty() {
        profile.username.clone_from(&profile.email);
    }
    let mut errors = FieldErrors::default();
    validate::check(&profile, &mut errors);
    errors.finish()?;
    check_version(edit.if_version, account.version)?;
    let command = AccountCommand::Edit {
        log_ins: house.log_in_hashes(&profile),
        fingerprints: house.fingerprints(ctx.scope, account.document.role, &profile),
        profile: Box::new(profile),
        own: account.document.id == ctx.user,
        if_version: Some(base),
    };
    let id = account.document.id.id();
    house.actors.accounts.ask(&ctx.scope, id, ctx.deadline, command).await?;
    Ok(())
}

/// The profile with the named fields in place of its own.
fn merged(profile: &Profile, fields: Map<String, Value>) -> Result<Profile, Fail> {
    let Ok(Value::Object(mut whole)) = serde_json::to_value(profile) else {
        return Err(Fail::Fault("a profile has no JSON form".to_owned()));
    };
    whole.extend(fields);
    serde_json::from_value(Value::Object(whole))
        .map_err(|_| Refusal::field("profile", "A field has the wrong type.").into())
}
