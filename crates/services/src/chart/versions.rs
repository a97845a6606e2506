//! The versions of a document: who made each, when, why, and what it changed.

use crate::{Ctx, Fail, House, Listed, PageRequest};
use ward_domain::chart::{ChartDocument, ChartVersion, Edition, FieldChange, changes};
use ward_domain::id::Id;
use ward_domain::policy::Action;
use ward_domain::record::{Key, List};
use ward_store::{ListQuery, Slice};

/// A version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionOf {
    /// Its number, and who made it, when and why.
    pub edition: Edition,
    /// What is otherwise than in the version before; nothing in the first.
    pub changes: Vec<FieldChange>,
}

/// A page of the versions of a document that the caller may read, newest first.
pub async fn versions<D: ChartDocument>(
    house: &House,
    ctx: &Ctx,
    id: Id,
    page: PageRequest,
) -> Result<Listed<VersionOf>, Fail> {
    house.chart_document::<D>(ctx, id, D::RESOURCE, Action::Read).await?;
    // One more than a page: what the last one changed shows beside the one before it.
    let query = ListQuery {
        descending: true,
        slice: Slice::Offset(page.offset),
        limit: page.limit + 1,
        ..ListQuery::all(List::ChartVersions, Key::of(id.get()))
    };
    let found = house.env.store.list(&ctx.scope, &query).await?;
    let ids: Vec<Id> = found.rows.iter().map(|row| row.id).collect();
    let all = house.find_many::<ChartVersion>(&ctx.scope, &ids).await?;
    let one = |(at, version): (usize, &crate::house::Versioned<ChartVersion>)| VersionOf {
        edition: version.document.edition.clone(),
        changes: all
            .get(at + 1)
            .map_or_else(Vec::new, |before| changes(&before.document.content, &version.document.content)),
    };
    let items = all.iter().enumerate().take(page.limit).map(one).collect();
    Ok(Listed { items, total: found.total })
}
