//! Lists: pages, filters, order, and how a question finds the list that answers it.

use crate::house::read;
use crate::{Ctx, Fail, House};
use ward_domain::record::{Document, Key, List};
use ward_domain::refusal::Refusal;
use ward_domain::time::Time;
use ward_search::{SearchError, SearchQuery};
use ward_store::{Bounds, ListQuery, Slice};

/// Which page: position and size, both already within their limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// Rows before the first.
    pub offset: u64,
    /// The most rows, at most [`MAX_PAGE_SIZE`].
    pub limit: usize,
}

/// The largest page.
pub const MAX_PAGE_SIZE: usize = 100;

impl PageRequest {
    /// A page by its number, from 1.
    pub fn numbered(page: u64, size: usize) -> Self {
        let limit = size.clamp(1, MAX_PAGE_SIZE);
        Self { offset: page.saturating_sub(1).saturating_mul(limit as u64), limit }
    }
}

/// A page of something.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed<T> {
    /// The page.
    pub items: Vec<T>,
    /// How many there are in all.
    pub total: u64,
}

/// What a list is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order<F> {
    /// By what.
    pub by: F,
    /// Largest first.
    pub descending: bool,
}

/// Bounds on a time, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Filters {
    /// Not before.
    pub from: Option<Time>,
    /// Not after.
    pub until: Option<Time>,
}

impl Filters {
    /// The same as bounds on sort keys.
    pub fn bounds(&self) -> Bounds {
        Bounds {
            from: self.from.map_or(0, Time::sort_key),
            until: self.until.map_or(u64::MAX, Time::sort_key),
        }
    }
}

/// A list with everything that the store can decide by itself.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub list: List,
    pub eq: Key,
    pub bounds: Bounds,
    pub descending: bool,
}

/// Rows looked at, at the most, where a filter must be tried on each document.
const MAX_SCAN: u64 = 20_000;
/// Documents read at a time while scanning.
const SCAN_STEP: usize = 500;

impl House {
    /// A page of a list that needs no further filter: costs the same wherever the page lies.
    pub(crate) async fn page<D: Document>(
        &self,
        ctx: &Ctx,
        question: Question,
        page: PageRequest,
    ) -> Result<Listed<crate::house::Versioned<D>>, Fail> {
        let Question { list, eq, bounds, descending } = question;
        let query =
            ListQuery { list, eq, bounds, descending, slice: Slice::Offset(page.offset), limit: page.limit };
        let found = self.env.store.list(&ctx.scope, &query).await?;
        let ids: Vec<_> = found.rows.iter().map(|row| row.id).collect();
        Ok(Listed { items: self.find_many(&ctx.scope, &ids).await?, total: found.total })
    }

    /// A page of a list whose documents must be tried one by one. Exact, and bounded: a question that would look at
    /// more than [`MAX_SCAN`] rows is refused with advice.
    pub(crate) async fn filtered<D: Document>(
        &self,
        ctx: &Ctx,
        question: Question,
        page: PageRequest,
        keep: impl Fn(&D) -> bool + Send + Sync,
    ) -> Result<Listed<crate::house::Versioned<D>>, Fail> {
        let Question { list, eq, bounds, descending } = question;
        let mut query = ListQuery { list, eq, bounds, descending, slice: Slice::Offset(0), limit: SCAN_STEP };
        let (mut items, mut total) = (Vec::new(), 0_u64);
        loop {
            let found = self.env.store.list(&ctx.scope, &query).await?;
            if found.total > MAX_SCAN {
                return Err(Refusal::field(
                    "date_from",
                    "This combination of filters finds too much to look through: narrow the dates.",
                )
                .into());
            }
            let Some(last) = found.rows.last() else { return Ok(Listed { items, total }) };
            query.slice = Slice::After { sort: last.sort, id: last.id };
            let ids: Vec<_> = found.rows.iter().map(|row| row.id).collect();
            for stored in self.env.store.get_many(&ctx.scope, D::KIND, &ids).await? {
                let document = read::<D>(stored)?;
                if keep(&document.document) {
                    if total >= page.offset && items.len() < page.limit {
                        items.push(document);
                    }
                    total += 1;
                }
            }
        }
    }

    /// Tells the hospital's relay of an index that has not been fed everything, so that it is, though nothing changes.
    pub(crate) fn heal_search(&self, ctx: &Ctx, page: &ward_search::SearchPage) {
        if !page.complete {
            self.actors.nudge_relay(ctx.scope);
        }
    }

    /// Documents that a search finds, in the index's order.
    pub(crate) async fn found<D: Document>(
        &self,
        ctx: &Ctx,
        query: &SearchQuery,
    ) -> Result<Listed<crate::house::Versioned<D>>, Fail> {
        let page = self.env.search.search(&ctx.scope, query).await?;
        self.heal_search(ctx, &page);
        let ids: Vec<_> = page.hits.iter().map(|hit| hit.id).collect();
        Ok(Listed { items: self.find_many(&ctx.scope, &ids).await?, total: page.total })
    }
}

impl From<SearchError> for Fail {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Invalid(invalid) => Refusal::field("search", format!("{invalid}.")).into(),
            SearchError::Unavailable(why) | SearchError::Damaged(why) => {
                tracing::warn!(why, "search is degraded");
                let mut refusal = Refusal::overloaded("Search is not available now; everything else works.");
                refusal.reason = "search_degraded";
                refusal.into()
            }
        }
    }
}
