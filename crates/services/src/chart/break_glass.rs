//! Breaking the glass before a chart, ending it, and looking at who did.

use crate::audit::Attempt;
use crate::house::Versioned;
use crate::list::Question;
use crate::request::Known;
use crate::{Ctx, Fail, Filters, House, Listed, PageRequest};
use ward_domain::audit::Deed;
use ward_domain::chart::{Answer, BreakGlass, ChartCommand};
use ward_domain::contact::paragraph;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::record::{Key, List};
use ward_domain::refusal::Refusal;

/// Opens a patient's chart to the calling doctor for so many minutes; the hospital is told by mail.
pub async fn break_glass(
    house: &House,
    ctx: &Ctx,
    patient: Id,
    reason: &str,
    minutes: i64,
) -> Result<BreakGlass, Fail> {
    house.permit(ctx, Resource::BreakGlass, Action::Create, false).await?;
    let patient = house.patient_in_path(ctx, patient).await?;
    let reason = paragraph(reason, ward_domain::chart::MAX_REASON)
        .ok_or_else(|| Refusal::field("reason", "Must have 10 to 500 characters."))?;
    let id = house.new_id()?;
    let opened = BreakGlass::open(id.into(), patient, ctx.user, &reason, minutes, house.env.now())?;
    let claims = match house.known(ctx, &[id]).await? {
        Known::New(claims) => claims,
        Known::Done(made) => {
            let made = made.first().copied().unwrap_or_default();
            let found = house.find::<BreakGlass>(&ctx.scope, made).await?;
            let found = found.ok_or_else(|| Refusal::not_found("Break-glass access"))?.document;
            house.trace_one(ctx, Action::Read, Resource::BreakGlass, made, &[patient]).await?;
            return Ok(found);
        }
    };
    let command = ChartCommand::BreakGlass { opened: Box::new(opened), claims };
    let (action, resource) = (Action::Create, Resource::BreakGlass);
    let attempt = Attempt { action, resource, id: None, patients: vec![patient] };
    let told = house.tell_chart(ctx, patient, command).await;
    let answer = house.refusable(ctx, &attempt, told).await?;
    metrics::counter!("ward_break_glass_total").increment(1);
    house.trace_deed(ctx, Deed::BreakGlass, resource, Some(id), attempt.patients).await?;
    glass(answer)
}

/// Ends it early: the doctor who broke the glass, or the administrator.
pub async fn end_break_glass(house: &House, ctx: &Ctx, id: Id) -> Result<BreakGlass, Fail> {
    let found = house.find::<BreakGlass>(&ctx.scope, id).await?.map(|found| found.document);
    let own = found.as_ref().is_some_and(|found| found.doctor == ctx.user);
    let (action, resource) = (Action::Cancel, Resource::BreakGlass);
    // To everyone else it is as if nobody ever had.
    house.permit(ctx, resource, action, own).await?;
    let found = found.ok_or_else(|| Refusal::not_found("Break-glass access"))?;
    let command = ChartCommand::EndBreakGlass { opened: found.id, by: ctx.user };
    let attempt = Attempt { action, resource, id: Some(id), patients: vec![found.patient] };
    let told = house.tell_chart(ctx, found.patient, command).await;
    let answer = house.refusable(ctx, &attempt, told).await?;
    house.trace_one(ctx, action, resource, id, &attempt.patients).await?;
    glass(answer)
}

/// A page of who broke the glass, newest first, for the administrator.
pub async fn list_break_glass(
    house: &House,
    ctx: &Ctx,
    opened: Filters,
    page: PageRequest,
) -> Result<Listed<Versioned<BreakGlass>>, Fail> {
    house.permit(ctx, Resource::BreakGlass, Action::List, false).await?;
    let (list, eq) = (List::BreakGlasses, Key::all());
    let question = Question { list, eq, bounds: opened.bounds(), descending: true };
    let listed = house.page::<BreakGlass>(ctx, question, page).await?;
    let mut patients: Vec<_> = listed.items.iter().map(|item| item.document.patient).collect();
    patients.sort_unstable();
    patients.dedup();
    house.trace_list(ctx, Resource::BreakGlass, patients).await?;
    Ok(listed)
}

fn glass(answer: Answer) -> Result<BreakGlass, Fail> {
    match answer {
        Answer::Glass(glass) => Ok(*glass),
        _ => Err(Fail::Fault("a chart answered something else".to_owned())),
    }
}
