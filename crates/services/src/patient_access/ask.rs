//! Asking a patient for access.

use crate::phone::{ANSWER_AFTER, Text, number};
use crate::request::Known;
use crate::{Ctx, Fail, House};
use ward_domain::account::Account;
use ward_domain::contact::line;
use ward_domain::id::Id;
use ward_domain::phone::{AccessKind, CODE_SECONDS, MAX_REASON, PatientAccess, PhoneGrantCommand, words};
use ward_domain::policy::{Action, Resource, Role};
use ward_domain::refusal::FieldErrors;

/// Of whom, how far, and why.
#[derive(Debug, Clone)]
pub struct AskAccess {
    /// The patient's number, as sent.
    pub patient_phone: String,
    /// How far.
    pub kind: AccessKind,
    /// Why: kept with the request, and in no text, since it may be clinical.
    pub reason: String,
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessAsked {
    /// Its id.
    pub id: Id,
    /// How long the code is good.
    pub seconds: i64,
}

/// Sends the patient of a number a text that says who asks for what, with a code. The answer, and when it comes, is the
/// same where the hospital has no such patient: then nothing is sent.
pub async fn ask(house: &House, ctx: &Ctx, ask: AskAccess) -> Result<AccessAsked, Fail> {
    let answered = tokio::time::sleep(ANSWER_AFTER);
    let (action, resource) = (Action::Create, Resource::PatientAccess);
    house.permit(ctx, resource, action, false).await?;
    let mut errors = FieldErrors::default();
    let phone = number(&ask.patient_phone, "patient_phone", &mut errors);
    let reason = line(&ask.reason, MAX_REASON);
    errors.check(reason.is_some(), "reason", "Must be one line of at most 500 characters.");
    errors.finish()?;
    let id = house.new_id()?;
    let claims = match house.known(ctx, &[id]).await? {
        Known::New(claims) => claims,
        Known::Done(made) => {
            answered.await;
            return Ok(AccessAsked { id: made.first().copied().unwrap_or_default(), seconds: CODE_SECONDS });
        }
    };
    // Of each doctor and number: one doctor's request takes no other's away, and says nothing of it.
    let key = house.phone_code_key(&[b"access", &ctx.user.get().to_be_bytes()], &phone);
    let code = house.draw_phone_code(&ctx.scope, &key, None, id, claims).await?;
    let patient = house.account_of_phone(&ctx.scope, &phone).await?;
    let patient = patient.filter(|account| account.role == Role::Patient && account.active);
    let mut patients = Vec::new();
    if let Some(patient) = patient {
        let access = PatientAccess {
            id,
            doctor: ctx.user,
            patient: patient.id,
            kind: ask.kind,
            reason: reason.unwrap_or_default(),
            key,
            asked_at: ctx.now,
            granted: None,
            ended: None,
        };
        let command = PhoneGrantCommand::Ask(Box::new(access));
        house.actors.phone_grants.ask(&ctx.scope, id, ctx.deadline, command).await?;
        let doctor = house.find::<Account>(&ctx.scope, ctx.user.id()).await?;
        let doctor = doctor.map_or_else(String::new, |doctor| doctor.document.profile.full_name());
        let body = words::access(&house.called(&ctx.scope).await?, &doctor, ask.kind, &code);
        let until = house.env.now().plus(CODE_SECONDS * 1_000);
        house.text(&ctx.scope, Text { recipient: Some(patient.id), to: phone, body, until }).await?;
        patients.push(patient.id);
    }
    house.trace_one(ctx, action, resource, id, &patients).await?;
    answered.await;
    Ok(AccessAsked { id, seconds: CODE_SECONDS })
}
