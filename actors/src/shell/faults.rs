//! Planned failures: a test names a point and what happens there. The plan is empty in the program.

use std::sync::{Arc, Mutex, PoisonError};
use ward_domain::id::Id;

/// What a test wants to happen.
#[derive(Debug, Clone)]
pub struct Planned {
    /// Where: the kind's name.
    pub kind: &'static str,
    /// Of which entity.
    pub id: Id,
    /// How many messages of it panic.
    pub times: usize,
}

/// The failures of one run.
#[derive(Debug, Clone, Default)]
pub struct FaultPlan(Option<Arc<Mutex<Vec<Planned>>>>);

impl FaultPlan {
    /// A plan that a test can add to.
    pub fn for_test() -> Self {
        Self(Some(Arc::default()))
    }

    /// Adds a failure.
    pub fn add(&self, planned: Planned) {
        if let Some(plan) = &self.0 {
            plan.lock().unwrap_or_else(PoisonError::into_inner).push(planned);
        }
    }

    /// Panics if the plan says so; without a plan nothing is read.
    pub(crate) fn point(&self, kind: &'static str, id: Id) {
        let Some(plan) = &self.0 else { return };
        let hit = {
            let mut plan = plan.lock().unwrap_or_else(PoisonError::into_inner);
            let found =
                plan.iter().position(|planned| planned.kind == kind && planned.id == id && planned.times > 0);
            if let Some(index) = found {
                plan[index].times -= 1;
                if plan[index].times == 0 {
                    plan.swap_remove(index);
                }
            }
            found.is_some()
        };
        assert!(!hit, "planned failure in {kind}");
    }
}
