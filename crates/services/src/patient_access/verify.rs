//! Showing the code that the patient told.

use super::PatientData;
use crate::audit::Attempt;
use crate::auth::code::random;
use crate::phone::{ANSWER_AFTER, code};
use crate::{Ctx, Fail, House};
use ward_domain::id::Id;
use ward_domain::phone::{PatientAccess, PhoneGrant, PhoneGrantCommand};
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_domain::secret::{digest, hex};

/// Access that was given.
pub struct Given {
    /// As it stands now.
    pub access: PatientAccess,
    /// The token, shown this once: 128 random bits.
    pub token: String,
    /// What is kept of the patient.
    pub data: PatientData,
}

/// Opens what is kept of the patient to the calling doctor, for a day, where the code is the patient's.
pub async fn verify(house: &House, ctx: &Ctx, request: Option<Id>, typed: &str) -> Result<Given, Fail> {
    let answered = tokio::time::sleep(ANSWER_AFTER);
    let (action, resource) = (Action::Confirm, Resource::PatientAccess);
    // Whether there is such a request, and whose, is told to nobody who has not the code.
    house.permit(ctx, resource, action, true).await?;
    let mut errors = FieldErrors::default();
    let code = code(typed, &mut errors);
    errors.finish()?;
    let found = match request {
        Some(id) => house.find::<PatientAccess>(&ctx.scope, id).await?.map(|found| found.document),
        None => None,
    };
    let found = found.filter(|found| found.doctor == ctx.user && found.granted.is_none());
    let right = match &found {
        Some(found) => {
            house.show_phone_code(&ctx.scope, &found.key, Some(found.id), &code, true).await?.is_some()
        }
        None => false,
    };
    let Some(found) = found.filter(|_| right) else {
        let refusal =
            Refusal::field("otp_code", "This code is wrong, or good no more: ask for access again.");
        let attempt = Attempt { action, resource, id: request, patients: Vec::new() };
        answered.await;
        return house.refusable(ctx, &attempt, Err::<Given, _>(Fail::from(refusal))).await;
    };
    let token = format!("pat_{}", hex(&random::<16>()?));
    let command = PhoneGrantCommand::Grant { token: hex(&digest(token.as_bytes())) };
    let attempt = Attempt { action, resource, id: request, patients: vec![found.patient] };
    let told = house.actors.phone_grants.ask(&ctx.scope, found.id, ctx.deadline, command).await;
    let Some(PhoneGrant::Access(access)) = house.refusable(ctx, &attempt, told).await? else {
        return Err(Fail::Fault("an access was given and is not there".to_owned()));
    };
    let data = house.patient_data(ctx, access.patient).await?;
    house.trace_one(ctx, action, resource, access.id, &attempt.patients).await?;
    Ok(Given { access, token, data })
}
