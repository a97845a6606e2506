//! Answering a query: how many documents fit so well or better, then those of the page.

use crate::fault::Fault;
use crate::filter::{self, Condition};
use crate::http::Http;
use crate::schema;
use crate::server::Server;
use crate::words::{Tier, tiers};
use futures::future::try_join_all;
use meilisearch_sdk::indexes::Index;
use meilisearch_sdk::search::{MultiSearchQuery, SearchQuery as Asked, SearchResults, Selectors};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};
use ward_domain::id::Id;
use ward_domain::tenancy::TenantId;
use ward_search::text::{Matcher, QueryText, within_one_edit};
use ward_search::{
    Direction, DocumentKind, Hit, IndexStatus, SearchPage, SearchQuery, Snippet, Sort, snippet,
};

/// A document as it comes back: its id and the texts that were asked for.
#[derive(Debug, Clone, Deserialize)]
struct Row {
    id: u64,
    #[serde(flatten)]
    texts: Map<String, Value>,
}

type Rows = SearchResults<Row>;

pub(crate) async fn search(
    server: &Server,
    tenant: TenantId,
    query: &SearchQuery,
    text: &QueryText,
) -> Result<SearchPage, Fault> {
    let near = near(server, tenant, query.kind, text).await?;
    let tiers = tiers(query.searched_fields(), text, &near);
    let reader = Reader { server, tenant, query, text, index: server.index(query.kind) };
    let filters = Condition::all(query.filters.iter().map(Condition::of));
    // The worst tier holds all others.
    let tiers: Vec<(f32, Option<String>)> = tiers
        .into_iter()
        .map(|Tier { score, condition }| {
            (score, filter::narrowed(tenant, &Condition::all([filters.clone(), condition])))
        })
        .collect();
    if query.sort == Sort::Relevance && tiers.len() > 1 {
        reader.by_relevance(&tiers).await
    } else {
        reader.in_order(&tiers).await
    }
}

/// Where these documents match.
pub(crate) async fn snippets(
    server: &Server,
    tenant: TenantId,
    query: &SearchQuery,
    text: &QueryText,
    ids: &[Id],
) -> Result<Vec<Vec<Snippet>>, Fault> {
    let query = &SearchQuery { snippets: true, ..query.clone() };
    let reader = Reader { server, tenant, query, text, index: server.index(query.kind) };
    let among = Condition::one_of(schema::ID, ids.iter().map(|id| id.get().to_string()));
    let filters = query.filters.iter().map(Condition::of).chain([among]);
    let filter = filter::narrowed(tenant, &Condition::all(filters)).filter(|_| reader.shows_snippets());
    let asks: Vec<Ask> =
        filter.into_iter().map(|filter| Ask { filter, page: Some((0, ids.len())) }).collect();
    let mut found = HashMap::new();
    for answer in reader.ask(&asks, &["id:desc"], &reader.attributes()).await? {
        found.extend(answer.hits.iter().map(|row| (row.result.id, reader.snippets(&row.result))));
    }
    Ok(ids.iter().map(|id| found.get(&id.get()).cloned().unwrap_or_default()).collect())
}

/// For each word that may have a typing error the words of the tenant's vocabulary that are so near.
async fn near(
    server: &Server,
    tenant: TenantId,
    kind: DocumentKind,
    text: &QueryText,
) -> Result<BTreeMap<String, Vec<String>>, Fault> {
    let (index, live) = (server.index(kind), filter::live(tenant));
    let words = text.words.iter().filter(|word| word.tolerates_typo).map(|word| word.text.as_str());
    let asked = words.map(async |word| {
        let mut query = index.facet_search(schema::VOCABULARY);
        let query = query.with_facet_query(word).with_filter(&live).build();
        let answer = query.execute().await.map_err(|error| server.fault(&error))?;
        // The server takes what was typed for a beginning, too.
        let found = answer.facet_hits.into_iter().map(|hit| hit.value);
        let near = found.filter(|other| other != word && within_one_edit(word, other)).collect();
        Ok((word.to_owned(), near))
    });
    Ok(try_join_all(asked).await?.into_iter().collect())
}

struct Reader<'a> {
    server: &'a Server,
    tenant: TenantId,
    query: &'a SearchQuery,
    text: &'a QueryText,
    index: Index<Http>,
}

/// A search before it is sent: its filter, and which hits of what it lets through; none for the number only.
struct Ask {
    filter: String,
    page: Option<(usize, usize)>,
}

impl Reader<'_> {
    /// Tier after tier, each newest first.
    async fn by_relevance(&self, tiers: &[(f32, Option<String>)]) -> Result<SearchPage, Fault> {
        let counted = tiers.iter().filter_map(|(score, filter)| Some((*score, filter.clone()?)));
        let counted: Vec<(f32, String)> = counted.collect();
        let mut asks = vec![Ask { filter: filter::complete(self.tenant), page: None }];
        asks.extend(counted.iter().map(|(_, filter)| Ask { filter: filter.clone(), page: None }));
        let answers = self.ask(&asks, &["id:desc"], &[]).await?;
        let (complete, counts) = (count(&answers[0]) > 0, answers[1..].iter().map(count));
        let (mut asks, mut scores) = (Vec::new(), Vec::new());
        let (mut better, mut better_filter) = (0, None::<&str>);
        let (from, until) = (self.query.offset, self.query.offset.saturating_add(self.query.limit));
        for ((score, filter), up_to) in counted.iter().zip(counts) {
            let (first, last) = (from.max(better), until.min(up_to));
            if first < last {
                let filter = match better_filter {
                    Some(better) => format!("{filter} AND NOT ({better})"),
                    None => filter.clone(),
                };
                asks.push(Ask { filter, page: Some((first - better, last - first)) });
                scores.push(*score);
            }
            (better, better_filter) = (better.max(up_to), Some(filter.as_str()));
        }
        let mut hits = Vec::new();
        for (answer, score) in
            self.ask(&asks, &["id:desc"], &self.attributes()).await?.into_iter().zip(scores)
        {
            for row in answer.hits {
                hits.push(self.hit(&row.result, score)?);
            }
        }
        Ok(SearchPage { total: better as u64, hits, complete })
    }

    /// In the order of an attribute, or newest first where all documents fit equally well.
    async fn in_order(&self, tiers: &[(f32, Option<String>)]) -> Result<SearchPage, Fault> {
        let sort = self.sort();
        let sort: Vec<&str> = sort.iter().map(String::as_str).collect();
        let all = tiers.last().and_then(|(_, filter)| filter.clone());
        let mut asks = vec![Ask { filter: filter::complete(self.tenant), page: None }];
        asks.extend(all.iter().map(|filter| Ask { filter: filter.clone(), page: None }));
        // An offset past every document is not sent: the server's numbers end.
        if self.query.limit > 0 && self.query.offset < 1 << 40 {
            let page = Some((self.query.offset, self.query.limit));
            asks.extend(all.map(|filter| Ask { filter, page }));
        }
        let mut answers = self.ask(&asks, &sort, &self.attributes()).await?.into_iter();
        let complete = answers.next().is_some_and(|mark| count(&mark) > 0);
        let total = answers.next().map_or(0, |answer| count(&answer)) as u64;
        let rows: Vec<Row> =
            answers.next().into_iter().flat_map(|page| page.hits).map(|hit| hit.result).collect();
        let scores = self.scores(tiers, &rows).await?;
        let hits = rows.into_iter().map(|row| {
            let score = scores.get(&row.id).copied().unwrap_or(1.0);
            self.hit(&row, score)
        });
        Ok(SearchPage { total, hits: hits.collect::<Result<_, _>>()?, complete })
    }

    /// How well those on the page fit; nothing where all fit equally well.
    async fn scores(
        &self,
        tiers: &[(f32, Option<String>)],
        rows: &[Row],
    ) -> Result<HashMap<u64, f32>, Fault> {
        let mut scores = HashMap::new();
        if rows.is_empty() || tiers.len() < 2 {
            scores
                .extend(tiers.iter().take(1).flat_map(|(score, _)| rows.iter().map(|row| (row.id, *score))));
            return Ok(scores);
        }
        let ids: Vec<String> = rows.iter().map(|row| format!("\"{}\"", row.id)).collect();
        let ids = format!("{} IN [{}]", schema::ID, ids.join(","));
        let asked: Vec<(f32, Ask)> = tiers
            .iter()
            .filter_map(|(score, filter)| {
                let filter = format!("{} AND {ids}", filter.as_ref()?);
                Some((*score, Ask { filter, page: Some((0, rows.len())) }))
            })
            .collect();
        let (tiers, asks): (Vec<f32>, Vec<Ask>) = asked.into_iter().unzip();
        for (answer, score) in
            self.ask(&asks, &["id:desc"], &[schema::ID.to_owned()]).await?.iter().zip(tiers)
        {
            for row in &answer.hits {
                scores.entry(row.result.id).or_insert(score);
            }
        }
        Ok(scores)
    }

    async fn ask(&self, asks: &[Ask], sort: &[&str], attributes: &[String]) -> Result<Vec<Rows>, Fault> {
        if asks.is_empty() {
            return Ok(Vec::new());
        }
        let attributes: Vec<&str> = attributes.iter().map(String::as_str).collect();
        let mut queries = MultiSearchQuery::new(&self.server.client);
        for Ask { filter, page } in asks {
            let mut asked = Asked::new(&self.index);
            asked.with_filter(filter);
            match page {
                Some((offset, limit)) => {
                    asked.with_offset(*offset).with_limit(*limit).with_sort(sort);
                    asked.with_attributes_to_retrieve(Selectors::Some(&attributes));
                }
                None => {
                    asked.with_hits_per_page(0);
                }
            }
            queries.with_search_query(asked.build());
        }
        self.server.search(&queries).await
    }

    fn sort(&self) -> [String; 2] {
        let by = |attribute: String, direction| {
            let word = if direction == Direction::Ascending { "asc" } else { "desc" };
            [format!("{attribute}:{word}"), format!("{}:{word}", schema::ID)]
        };
        match self.query.sort {
            Sort::Relevance => by(schema::ID.to_owned(), Direction::Descending),
            Sort::Number(field, direction) => by(schema::number(field), direction),
            Sort::Name(field, direction) => by(schema::order(field), direction),
        }
    }

    fn shows_snippets(&self) -> bool {
        self.query.snippets && !self.text.is_empty()
    }

    fn attributes(&self) -> Vec<String> {
        let mut attributes = vec![schema::ID.to_owned()];
        if self.shows_snippets() {
            attributes.extend(self.query.searched_fields().iter().map(|field| schema::text(*field)));
        }
        attributes
    }

    fn hit(&self, row: &Row, score: f32) -> Result<Hit, Fault> {
        let id = Id::new(row.id).ok_or_else(|| Fault::Strange(self.server.url().to_owned()))?;
        let snippets = if self.shows_snippets() { self.snippets(row) } else { Vec::new() };
        Ok(Hit { id, score, snippets })
    }

    fn snippets(&self, row: &Row) -> Vec<Snippet> {
        let texts = self.query.searched_fields().iter().flat_map(|&field| {
            let values = row.texts.get(&schema::text(field)).and_then(Value::as_array);
            values.into_iter().flatten().filter_map(Value::as_str).map(move |text| (field, text))
        });
        snippet::cut(&Matcher::new(self.text), texts)
    }
}

fn count(answer: &Rows) -> usize {
    answer.total_hits.unwrap_or_default()
}

/// How many documents a tenant has in all indexes, and whether all are complete.
pub(crate) async fn status(server: &Server, tenant: TenantId) -> Result<IndexStatus, Fault> {
    let (live, complete) = (filter::live(tenant), filter::complete(tenant));
    let indexes: Vec<Index<Http>> = DocumentKind::ALL.iter().map(|kind| server.index(*kind)).collect();
    let mut queries = MultiSearchQuery::new(&server.client);
    for index in &indexes {
        for filter in [&live, &complete] {
            let mut asked = Asked::new(index);
            asked.with_filter(filter).with_hits_per_page(0);
            queries.with_search_query(asked.build());
        }
    }
    let answers = server.search::<Row>(&queries).await?;
    let documents = answers.iter().step_by(2).map(|answer| count(answer) as u64).sum();
    let complete = answers.iter().skip(1).step_by(2).all(|answer| count(answer) > 0);
    Ok(IndexStatus { documents, complete })
}
