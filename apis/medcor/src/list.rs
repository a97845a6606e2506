//! Pages.

use serde::Serialize;
use utoipa::ToSchema;
use ward_http::{Direction, Params, RequestUrl};
use ward_services::{Listed, PageRequest};

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// Items in the whole list.
    pub count: u64,
    /// The next page, absolute; null on the last one.
    pub next: Option<String>,
    /// The page before, absolute; null on the first one.
    pub previous: Option<String>,
    /// The items of this page.
    pub results: Vec<T>,
}

impl<T> Page<T> {
    /// A page of what a use case listed, each item in its form on the wire.
    pub fn new<D>(
        page: ward_http::PageRequest,
        url: &RequestUrl,
        listed: Listed<D>,
        form: impl FnMut(D) -> T,
    ) -> Self {
        let links = page.links(listed.total, url);
        let results = listed.items.into_iter().map(form).collect();
        Self { count: links.count, next: links.next, previous: links.previous, results }
    }
}

/// `page` from 1, `page_size` 20 unless asked, 100 at the most.
pub(crate) fn page(params: &mut Params) -> ward_http::PageRequest {
    params.page("page_size", 20, 100)
}

/// The same for a use case.
pub(crate) fn slice(page: ward_http::PageRequest) -> PageRequest {
    PageRequest { offset: page.offset(), limit: page.size as usize }
}

/// Whether the largest comes first; `default` where no order is asked for.
pub(crate) fn descending(direction: Option<Direction>, default: bool) -> bool {
    direction.map_or(default, |direction| direction == Direction::Descending)
}
