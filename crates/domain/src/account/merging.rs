//! A merge, as commands of the account that is the duplicate.

use super::command::{MergeProgress, Moved};
use super::merge::{LAST_LOOK_AFTER, MAX_ATTENTION, MERGE_PATIENCE, MergePlan, MergeStage};
use super::rules::Work;
use crate::id::UserId;
use crate::record::{ClaimKey, ClaimOp};
use crate::refusal::Refusal;
use crate::time::Time;

impl Work {
    pub(super) fn begin_merge(&mut self, now: Time, plan: &MergePlan) -> Result<(), Refusal> {
        if plan.survivor == self.account.id {
            return Err(Refusal::field("duplicate", "A patient is not merged into themself."));
        }
        let under_way = |stage| matches!(stage, MergeStage::Prepared | MergeStage::Moving);
        if self.merge.as_ref().is_some_and(|plan| under_way(plan.stage)) {
            return Err(in_progress());
        }
        let mut plan = MergePlan { due: Some(now.plus(MERGE_PATIENCE)), ..plan.clone() };
        match self.account.merged_into {
            Some(survivor) if survivor != plan.survivor => {
                return Err(Refusal::conflict(
                    "already_merged",
                    format!("This patient was merged into patient {survivor} already."),
                ));
            }
            // Once more: what could not move may be able to now.
            Some(_) => {
                let before = |count: fn(&MergePlan) -> u64| self.merge.as_ref().map_or(0, count);
                let (moved, moved_documents) =
                    (before(|plan| plan.moved), before(|plan| plan.moved_documents));
                plan = MergePlan { stage: MergeStage::Moving, moved, moved_documents, ..plan };
            }
            None => {
                plan.stage = MergeStage::Prepared;
                self.claims.extend(keys(&plan).map(|key| ClaimOp::Take {
                    key,
                    body: Vec::new(),
                    expires: None,
                }));
            }
        }
        self.merge = Some(plan);
        Ok(())
    }

    /// Carries on from where it is; what is behind already changes nothing, for two may be at it.
    pub(super) fn carry_merge_on(&mut self, now: Time, progress: &MergeProgress) {
        let Some(mut plan) = self.merge.clone() else { return };
        match (plan.stage, progress) {
            (MergeStage::Prepared, MergeProgress::Go) => {
                plan.stage = MergeStage::Moving;
                plan.due = Some(now.plus(MERGE_PATIENCE));
                self.end_as(plan.survivor);
            }
            (MergeStage::Prepared, MergeProgress::Drop) => {
                self.claims.extend(keys(&plan).map(|key| ClaimOp::Release { key }));
                self.merge = None;
                return;
            }
            (MergeStage::Moving, MergeProgress::Moved(moved)) => {
                plan.stage = MergeStage::Moved;
                plan.due = Some(now.plus(LAST_LOOK_AFTER));
                self.claims.extend(keys(&plan).map(|key| ClaimOp::Release { key }));
                note(&mut plan, moved);
            }
            (MergeStage::Moved, MergeProgress::Moved(moved)) => {
                plan.stage = MergeStage::Settled;
                plan.due = None;
                note(&mut plan, moved);
            }
            _ => return,
        }
        plan.updated_at = now;
        self.merge = Some(plan);
    }

    /// Nobody is to lose an allergy because it stood in their other account: what does not stand here yet is added, as
    /// it was written. What stands is never cut, so the text may become longer than one that is typed may be.
    pub(super) fn add_allergies(&mut self, text: &str) {
        let (text, stands) = (text.trim(), &mut self.account.profile.allergies);
        if !text.is_empty() && !stands.to_lowercase().contains(&text.to_lowercase()) {
            if !stands.trim().is_empty() {
                stands.push_str("; ");
            }
            stands.push_str(text);
            self.visible = true;
        }
    }

    /// This account is another's from now on: nobody logs in by it, and its names are free.
    fn end_as(&mut self, survivor: UserId) {
        self.account.active = false;
        self.account.merged_into = Some(survivor);
        self.account.log_ins.clear();
        self.account.password_hash.clear();
        self.sessions.clear();
        self.proofs = None;
        self.visible = true;
    }
}

fn note(plan: &mut MergePlan, moved: &Moved) {
    plan.moved += moved.appointments;
    plan.moved_documents += moved.documents;
    plan.attention = moved.attention.iter().copied().take(MAX_ATTENTION).collect();
}

/// While a merge is under way, no other one is of either.
fn keys(plan: &MergePlan) -> impl Iterator<Item = ClaimKey> {
    [plan.duplicate, plan.survivor].into_iter().map(ClaimKey::merge)
}

/// The refusal of a merge of someone who is being merged.
pub fn in_progress() -> Refusal {
    Refusal::conflict(
        "merge_in_progress",
        "One of these patients is being merged right now: look again in a moment.",
    )
}
