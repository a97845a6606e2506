//! Reading the trail.

use crate::list::Question;
use crate::{Ctx, Fail, Filters, House, Listed, PageRequest};
use ward_domain::audit::{AuditEntry, AuditLink, AuditOutcome, MANY_PATIENTS, word_code};
use ward_domain::id::{Id, UserId};
use ward_domain::policy::{Action, Resource, Role};
use ward_domain::record::{Key, List};

/// Which entries.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    /// Of one person.
    pub actor: Option<Id>,
    /// About one patient.
    pub patient: Option<Id>,
    /// Of one action.
    pub action: Option<String>,
    /// About one kind of thing.
    pub resource: Option<String>,
    /// That ended so.
    pub outcome: Option<AuditOutcome>,
    /// Within.
    pub at: Filters,
    /// Oldest first; newest first otherwise.
    pub ascending: bool,
}

/// A page of entries, for administrators. Reading the trail leaves a trace as well.
pub async fn list(
    house: &House,
    ctx: &Ctx,
    query: AuditQuery,
    page: PageRequest,
) -> Result<Listed<AuditEntry>, Fail> {
    house.permit(ctx, Resource::AuditLog, Action::List, false).await?;
    house.check_filter(ctx, Role::Patient, query.patient).await?;
    house.trace_list(ctx, Resource::AuditLog, Vec::new()).await?;
    let (list, eq) = match (&query.actor, &query.action) {
        (Some(actor), _) => (List::AuditByActor, Key::of(actor.get())),
        (None, Some(action)) => (List::AuditByAction, Key::of(word_code(action))),
        (None, None) => (List::AuditByTime, Key::all()),
    };
    let question = Question { list, eq, bounds: query.at.bounds(), descending: !query.ascending };
    // A patient's entries stand in a list of their own, but for those that showed many patients at once; so that
    // none is missed they are looked for in all where those exist.
    let mut question = question;
    let mut narrow = query.resource.is_some()
        || query.outcome.is_some()
        || query.actor.is_some() && query.action.is_some();
    if let Some(patient) = query.patient {
        let many = Key::of(MANY_PATIENTS);
        let shown_in_lists =
            house.env.store.count(&ctx.scope, List::AuditByPatient, &many, query.at.bounds()).await?;
        if shown_in_lists == 0 && query.actor.is_none() && query.action.is_none() {
            question.list = List::AuditByPatient;
            question.eq = Key::of(patient.get());
        } else {
            narrow = true;
        }
    }
    let links = if narrow {
        house.filtered(ctx, question, page, |link: &AuditLink| keeps(&query, link)).await?
    } else {
        house.page::<AuditLink>(ctx, question, page).await?
    };
    let items: Result<Vec<_>, Fail> = links.items.iter().map(|link| entry(&link.document)).collect();
    Ok(Listed { items: items?, total: links.total })
}

pub(super) fn entry(link: &AuditLink) -> Result<AuditEntry, Fail> {
    serde_json::from_str(&link.content)
        .map_err(|error| Fail::Fault(format!("an audit entry cannot be read: {error}")))
}

fn keeps(query: &AuditQuery, link: &AuditLink) -> bool {
    let Ok(entry) = entry(link) else { return true };
    query.actor.is_none_or(|actor| entry.actor == Some(UserId::from(actor)))
        && query.patient.is_none_or(|patient| entry.patients.contains(&patient.into()))
        && query.action.as_ref().is_none_or(|action| *action == entry.action)
        && query.resource.as_ref().is_none_or(|resource| *resource == entry.resource)
        && query.outcome.is_none_or(|outcome| outcome == entry.outcome)
}
