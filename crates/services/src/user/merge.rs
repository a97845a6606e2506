//! Making one of two accounts of one patient.

use crate::audit::Attempt;
use crate::house::Versioned;
use crate::list::Question;
use crate::{Ctx, Fail, Filters, House, Listed, PageRequest};
use ward_domain::account::{Account, AccountCommand, Behalf, MergePlan, MergeStage};
use ward_domain::contact::paragraph;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource, Role};
use ward_domain::record::{Key, List};
use ward_domain::refusal::Refusal;

/// Longest reason, in characters.
const MAX_REASON: usize = 2_000;

/// Who becomes part of whom.
#[derive(Debug, Clone)]
pub struct Merging {
    /// The account that stays.
    pub survivor: Id,
    /// The account that ends.
    pub duplicate: Id,
    /// Why.
    pub reason: String,
}

/// Merges a patient's second account into the first. From then on the second logs nobody in, and what it has moves: the
/// answer says how far that is. What cannot move stays and is named; asked for again, it is tried again. A crash holds
/// nothing up for longer than half a minute.
pub async fn merge(house: &House, ctx: &Ctx, merging: Merging) -> Result<MergePlan, Fail> {
    house.permit(ctx, Resource::Patient, Action::Merge, false).await?;
    let survivor =
        house.patient(ctx, merging.survivor).await?.ok_or_else(|| Refusal::not_found("Patient"))?;
    if paragraph(&merging.reason, MAX_REASON).is_none() {
        return Err(Refusal::field("reason", "Must be text of at most 2000 characters.").into());
    }
    let none = || Refusal::field("duplicate", "There is no such patient.");
    let duplicate = house.patient(ctx, merging.duplicate).await?.ok_or_else(none)?;
    let attempt = Attempt {
        action: Action::Merge,
        resource: Resource::Patient,
        id: Some(merging.duplicate),
        patients: vec![duplicate.id, survivor.id],
    };
    house.refusable(ctx, &attempt, make(house, ctx, merging, &survivor).await).await?;
    if duplicate.merged_into.is_some() {
        // Once more: of the first time the trail tells already.
        let (action, resource) = (attempt.action, attempt.resource);
        house.trace_one(ctx, action, resource, duplicate.id.id(), &attempt.patients).await?;
    }
    let plan = house.find::<MergePlan>(&ctx.scope, duplicate.id.id()).await?;
    let dropped = || Refusal::conflict("survivor_changed", "The patient who was to stay changed meanwhile.");
    Ok(plan.ok_or_else(dropped)?.document)
}

async fn make(house: &House, ctx: &Ctx, merging: Merging, survivor: &Account) -> Result<(), Fail> {
    if let Some(further) = survivor.merged_into {
        return Err(Refusal::conflict(
            "survivor_merged",
            format!("This patient was merged into patient {further}: merge into that one."),
        )
        .into());
    }
    if !survivor.active {
        return Err(
            Refusal::conflict("survivor_inactive", "The patient who is to stay is not active.").into()
        );
    }
    let behalf = Behalf {
        user: ctx.user,
        role: ctx.role,
        session: ctx.session,
        face: ctx.meta.face,
        address: ctx.meta.address.map(|address| address.to_string()).unwrap_or_default(),
        request_id: ctx.meta.request_id.clone(),
    };
    let plan = MergePlan {
        duplicate: merging.duplicate.into(),
        survivor: survivor.id,
        reason: merging.reason,
        behalf,
        stage: MergeStage::Prepared,
        moved: 0,
        moved_documents: 0,
        attention: Vec::new(),
        due: None,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let command = AccountCommand::BeginMerge(Box::new(plan));
    house.actors.accounts.ask(&ctx.scope, merging.duplicate, ctx.deadline, command).await?;
    // What takes longer than a request may goes on beside it.
    if let Some(going) = house.actors.carry_merge_on(ctx.scope, merging.duplicate) {
        let _ = tokio::time::timeout(ctx.deadline / 2, going).await;
    }
    Ok(())
}

/// The merges into a patient, newest first, for administrators.
pub async fn merges(
    house: &House,
    ctx: &Ctx,
    survivor: Id,
    page: PageRequest,
) -> Result<Listed<Versioned<MergePlan>>, Fail> {
    house.permit(ctx, Resource::Patient, Action::Merge, false).await?;
    let patient = house.patient(ctx, survivor).await?.ok_or_else(|| Refusal::not_found("Patient"))?;
    let question = Question {
        list: List::MergesBySurvivor,
        eq: Key::of(survivor.get()),
        bounds: Filters::default().bounds(),
        descending: true,
    };
    let listed = house.page::<MergePlan>(ctx, question, page).await?;
    let merged = listed.items.iter().map(|plan| plan.document.duplicate);
    house.trace_list(ctx, Resource::Patient, merged.chain([patient.id]).collect()).await?;
    Ok(listed)
}

impl House {
    /// A patient of the caller's hospital.
    async fn patient(&self, ctx: &Ctx, id: Id) -> Result<Option<Account>, Fail> {
        let found = self.find::<Account>(&ctx.scope, id).await?.map(|found| found.document);
        Ok(found.filter(|account| account.role == Role::Patient))
    }
}
