//! Answering a query.

use crate::fault::Fault;
use crate::names::ByName;
use crate::query;
use crate::relevance::Relevance;
use crate::schema::{ID, number_name, order_name};
use crate::tenant::TenantIndex;
use tantivy::collector::sort_key::{SortBySimilarityScore, SortByStaticFastValue};
use tantivy::collector::{Count, SortKeyComputer, TopDocs};
use tantivy::query::Query;
use tantivy::schema::Value;
use tantivy::{DocAddress, Order, Score, Searcher, TantivyDocument};
use ward_domain::id::Id;
use ward_search::text::{Matcher, QueryText};
use ward_search::{Direction, Hit, SearchPage, SearchQuery, Snippet, Sort, snippet};

/// How many match, and of those on the page where they are and what they were ordered by.
type Page<K> = (usize, Vec<(K, DocAddress)>);

impl TenantIndex {
    pub(crate) fn search(&self, query: &SearchQuery, text: &QueryText) -> Result<SearchPage, Fault> {
        let complete = self.is_complete();
        let searcher = self.reader.searcher();
        let built = query::build(&self.fields, query, text);
        let (total, found) = collect(&searcher, &*built, query)?;
        let relevance = Relevance::new(&self.fields, &searcher, query, text)?;
        let matcher = Matcher::new(text);
        let mut hits = Vec::with_capacity(found.len());
        for (score, at) in found {
            let id = searcher.segment_reader(at.segment_ord).fast_fields().u64(ID)?.first(at.doc_id);
            let Some(id) = id.and_then(Id::new) else {
                return Err(Fault::Damaged("a document has no id".to_owned()));
            };
            let snippets = if query.snippets && !text.is_empty() {
                self.snippets(&searcher, at, query, &matcher)?
            } else {
                Vec::new()
            };
            hits.push(Hit { id, score: relevance.of(score), snippets });
        }
        Ok(SearchPage { total: total as u64, hits, complete })
    }

    fn snippets(
        &self,
        searcher: &Searcher,
        at: DocAddress,
        query: &SearchQuery,
        matcher: &Matcher<'_>,
    ) -> Result<Vec<Snippet>, Fault> {
        let document: TantivyDocument = searcher.doc(at)?;
        let texts = query.searched_fields().iter().flat_map(|&field| {
            let values = document.get_all(self.fields.text(field));
            values.filter_map(move |value| value.as_str().map(|text| (field, text)))
        });
        Ok(snippet::cut(matcher, texts))
    }
}

/// Ties are broken by id, so that pages fit together however the index is laid out.
fn collect(searcher: &Searcher, built: &dyn Query, query: &SearchQuery) -> Result<Page<Score>, Fault> {
    let documents = usize::try_from(searcher.num_docs()).unwrap_or(usize::MAX);
    if query.limit == 0 || query.offset >= documents {
        return Ok((searcher.search(built, &Count)?, Vec::new()));
    }
    // The collector reserves room for all that it passes over: never for more than there is.
    let limit = query.limit.min(documents - query.offset);
    let top = TopDocs::with_limit(limit).and_offset(query.offset);
    let id = |order: Order| (SortByStaticFastValue::<u64>::for_field(ID), order);
    match query.sort {
        Sort::Relevance => {
            let (total, page) = top_docs(searcher, built, top, (SortBySimilarityScore, id(Order::Desc)))?;
            Ok((total, page.into_iter().map(|((score, _), at)| (score, at)).collect()))
        }
        Sort::Number(field, direction) => {
            let order = order(direction);
            let value = (SortByStaticFastValue::<i64>::for_field(number_name(field)), order);
            let (total, page) = top_docs(searcher, built, top, (value, id(order), SortBySimilarityScore))?;
            Ok((total, page.into_iter().map(|((_, _, score), at)| (score, at)).collect()))
        }
        Sort::Name(field, direction) => {
            let (offset, scored) = (query.offset, !query.text.is_empty());
            let page = ByName { field: order_name(field), id: ID, direction, offset, limit, scored };
            Ok(searcher.search(built, &(Count, page))?)
        }
    }
}

fn top_docs<K>(
    searcher: &Searcher,
    built: &dyn Query,
    top: TopDocs,
    key: K,
) -> Result<Page<K::SortKey>, Fault>
where
    K: SortKeyComputer + Send + Sync + 'static,
{
    Ok(searcher.search(built, &(Count, top.order_by(key)))?)
}

const fn order(direction: Direction) -> Order {
    match direction {
        Direction::Ascending => Order::Asc,
        Direction::Descending => Order::Desc,
    }
}
