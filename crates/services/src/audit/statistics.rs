//! The trail in figures.

use crate::{Ctx, Fail, Filters, House};
use ward_domain::audit::{Deed, word_code};
use ward_domain::policy::{Action, Resource};
use ward_domain::record::{Key, List};
use ward_domain::time::{DAY, Time};

/// Counts of entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditStatistics {
    /// All within the bounds.
    pub total: u64,
    /// By action; those that happened.
    pub by_action: Vec<(&'static str, u64)>,
    /// In the last 24 hours.
    pub last_24_hours: u64,
    /// When it was counted.
    pub at: Time,
}

/// Counts entries, for administrators.
pub async fn statistics(house: &House, ctx: &Ctx, within: Filters) -> Result<AuditStatistics, Fail> {
    house.permit(ctx, Resource::AuditLog, Action::List, false).await?;
    house.trace_list(ctx, Resource::AuditLog, Vec::new()).await?;
    let store = &house.env.store;
    let mut by_action = Vec::new();
    for action in Deed::ALL.iter().map(|deed| deed.word()) {
        let count = store
            .count(&ctx.scope, List::AuditByAction, &Key::of(word_code(action)), within.bounds())
            .await?;
        if count > 0 {
            by_action.push((action, count));
        }
    }
    let day = Filters { from: Some(ctx.now.plus(-DAY)), until: None };
    Ok(AuditStatistics {
        total: store.count(&ctx.scope, List::AuditByTime, &Key::all(), within.bounds()).await?,
        by_action,
        last_24_hours: store.count(&ctx.scope, List::AuditByTime, &Key::all(), day.bounds()).await?,
        at: ctx.now,
    })
}
