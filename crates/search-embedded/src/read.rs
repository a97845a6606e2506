//! Answering a query.

use crate::fault::Fault;
use crate::hands::Hands;
use crate::names::ByName;
use crate::query;
use crate::relevance::Relevance;
use crate::schema::{ID, number_name, order_name};
use crate::tenant::TenantIndex;
use std::collections::HashMap;
use tantivy::collector::sort_key::{SortBySimilarityScore, SortByStaticFastValue};
use tantivy::collector::{Count, DocSetCollector, SortKeyComputer, TopDocs};
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
        let (total, found) = Asked { searcher: &searcher, hands: &self.hands, query }.collect(&*built)?;
        let relevance = Relevance::new(&self.fields, &searcher, query, text)?;
        let matcher = Matcher::new(text);
        let cut = query.snippets && !text.is_empty();
        let hit = |(score, at): (Score, DocAddress)| {
            let id = id_of(&searcher, at)?;
            let snippets = if cut { self.cut(&searcher, at, query, &matcher)? } else { Vec::new() };
            Ok((id.and_then(Id::new), relevance.of(score), snippets))
        };
        let hits: Vec<_> = if cut {
            self.hands.for_all_of(&searcher).map(hit, found.into_iter())?
        } else {
            found.into_iter().map(hit).collect::<tantivy::Result<_>>()?
        };
        let whole = |(id, score, snippets): (Option<Id>, f32, Vec<Snippet>)| {
            let id = id.ok_or_else(|| Fault::Damaged("a document has no id".to_owned()))?;
            Ok(Hit { id, score, snippets })
        };
        let hits = hits.into_iter().map(whole).collect::<Result<_, Fault>>()?;
        Ok(SearchPage { total: total as u64, hits, complete })
    }

    /// Where these documents match.
    pub(crate) fn snippets(
        &self,
        query: &SearchQuery,
        text: &QueryText,
        ids: &[Id],
    ) -> Result<Vec<Vec<Snippet>>, Fault> {
        if text.is_empty() || ids.is_empty() {
            return Ok(vec![Vec::new(); ids.len()]);
        }
        let searcher = self.reader.searcher();
        let among = query::among(&self.fields, query.kind, &query.filters, ids);
        let found = self.hands.search(&searcher, &among, &DocSetCollector)?;
        let matcher = Matcher::new(text);
        let one = |at: DocAddress| {
            let id = id_of(&searcher, at)?;
            Ok((id, self.cut(&searcher, at, query, &matcher)?))
        };
        let cut = self.hands.for_all_of(&searcher).map(one, found.into_iter())?;
        let cut: HashMap<Option<u64>, Vec<Snippet>> = cut.into_iter().collect();
        Ok(ids.iter().map(|id| cut.get(&Some(id.get())).cloned().unwrap_or_default()).collect())
    }

    fn cut(
        &self,
        searcher: &Searcher,
        at: DocAddress,
        query: &SearchQuery,
        matcher: &Matcher<'_>,
    ) -> tantivy::Result<Vec<Snippet>> {
        let document: TantivyDocument = searcher.doc(at)?;
        let texts = query.searched_fields().iter().flat_map(|&field| {
            let values = document.get_all(self.fields.text(field));
            values.filter_map(move |value| value.as_str().map(|text| (field, text)))
        });
        Ok(snippet::cut(matcher, texts))
    }
}

/// The id of a document, which all have that are whole.
fn id_of(searcher: &Searcher, at: DocAddress) -> tantivy::Result<Option<u64>> {
    Ok(searcher.segment_reader(at.segment_ord).fast_fields().u64(ID)?.first(at.doc_id))
}

/// A query while its page is put together.
#[derive(Clone, Copy)]
struct Asked<'a> {
    searcher: &'a Searcher,
    hands: &'a Hands,
    query: &'a SearchQuery,
}

impl Asked<'_> {
    /// Ties are broken by id, so that pages fit together however the index is laid out.
    fn collect(self, built: &dyn Query) -> Result<Page<Score>, Fault> {
        let Self { searcher, hands, query } = self;
        let documents = usize::try_from(searcher.num_docs()).unwrap_or(usize::MAX);
        if query.limit == 0 || query.offset >= documents {
            return Ok((hands.search(searcher, built, &Count)?, Vec::new()));
        }
        // The collector reserves room for all that it passes over: never for more than there is.
        let limit = query.limit.min(documents - query.offset);
        let top = TopDocs::with_limit(limit).and_offset(query.offset);
        let id = |order: Order| (SortByStaticFastValue::<u64>::for_field(ID), order);
        match query.sort {
            Sort::Relevance => {
                let (total, page) = self.top(built, top, (SortBySimilarityScore, id(Order::Desc)))?;
                Ok((total, page.into_iter().map(|((score, _), at)| (score, at)).collect()))
            }
            Sort::Number(field, direction) => {
                let order = order(direction);
                let value = (SortByStaticFastValue::<i64>::for_field(number_name(field)), order);
                let (total, page) = self.top(built, top, (value, id(order), SortBySimilarityScore))?;
                Ok((total, page.into_iter().map(|((_, _, score), at)| (score, at)).collect()))
            }
            Sort::Name(field, direction) => {
                let (offset, scored) = (query.offset, !query.text.is_empty());
                let page = ByName { field: order_name(field), id: ID, direction, offset, limit, scored };
                Ok(hands.search(searcher, built, &(Count, page))?)
            }
        }
    }

    fn top<K>(self, built: &dyn Query, top: TopDocs, key: K) -> Result<Page<K::SortKey>, Fault>
    where
        K: SortKeyComputer + Send + Sync + 'static,
    {
        Ok(self.hands.search(self.searcher, built, &(Count, top.order_by(key)))?)
    }
}

const fn order(direction: Direction) -> Order {
    match direction {
        Direction::Ascending => Order::Asc,
        Direction::Descending => Order::Desc,
    }
}
