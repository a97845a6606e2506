//! Finding consultations by what was said and written, and by what was meant.

use super::similar::{self, SimilarCase};
use crate::{Ctx, Fail, Filters, House};
use std::collections::{HashMap, HashSet};
use std::time::Instant;
use ward_domain::encounter::Encounter;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Grant, Resource};
use ward_domain::refusal::{Kind, Refusal};
use ward_search::{
    DocumentKind, Filter, Hit, Near, NearQuery, NumberField, SearchPage, SearchQuery, Sort, TermField,
    TextField, To, snippet,
};

/// What narrows a search.
#[derive(Debug, Clone, Default)]
pub struct SearchFilters {
    /// When the consultation took place.
    pub date: Filters,
    /// Not younger.
    pub age_min: Option<u32>,
    /// Not older.
    pub age_max: Option<u32>,
    /// Any of these.
    pub tags: Vec<String>,
}

/// A search.
#[derive(Debug, Clone)]
pub struct SearchRequest {
    /// What a person typed.
    pub query: String,
    /// By words, by what is meant, or by both.
    pub by: By,
    /// What narrows it.
    pub filters: SearchFilters,
    /// The most hits, at most 100.
    pub limit: usize,
    /// Whether hits show where they match.
    pub snippets: bool,
}

/// Where a hit matches.
#[derive(Debug, Clone)]
pub struct Snippet {
    /// Which part of the consultation: `chief_complaint`, `transcript`, `plan`, ….
    pub section: &'static str,
    /// HTML: what matched stands in `<mark>`, everything else is escaped.
    pub text: String,
    /// 0 to 1.
    pub score: f32,
}

/// A consultation that matches.
#[derive(Debug, Clone)]
pub struct Found {
    /// The consultation.
    pub encounter: Encounter,
    /// 0 to 1.
    pub score: f32,
    /// Where.
    pub snippets: Vec<Snippet>,
    /// Consultations about the same: of the first few hits of a search by what is meant.
    pub similar: Vec<SimilarCase>,
}

/// How consultations are compared with a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// By their words.
    Text,
    /// By what they are about.
    Semantic,
    /// By both.
    Hybrid,
}

/// How alike a consultation must be to a question, at the least, to be found by what it is about.
const LEAST_ALIKE: f32 = 0.2;
/// The most that are found by what they are about.
const MOST_ALIKE: usize = 100;
/// So many of the first hits come with similar cases.
const WITH_SIMILAR: usize = 3;

/// Searches the caller's consultations; says how many match, which, and how many milliseconds it took.
///
/// By words every match is counted. What is about the same has no end, only less and less likeness: of those, and of both
/// together, at most [`MOST_ALIKE`] are counted.
pub async fn search(
    house: &House,
    ctx: &Ctx,
    request: SearchRequest,
) -> Result<(u64, Vec<Found>, u64), Fail> {
    let grant = house.reach(ctx, Resource::Encounter, Action::List).await?;
    let began = Instant::now();
    let filters = filters(ctx, grant, &request);
    let Answered { total, mut hits, uncut } = hits(house, ctx, &request, &filters).await?;
    hits.truncate(request.limit);
    let with_similar = if request.by == By::Text { 0 } else { WITH_SIMILAR };
    let first: Vec<Id> = hits.iter().take(with_similar).map(|hit| hit.id).collect();
    // What others do is begun before records are read: the embedded store has read them when it returns.
    let seen = async {
        let near = similar::near(house, ctx, &first, &filters);
        let (near, encounters) = tokio::try_join!(near, records(house, ctx, grant, &hits))?;
        let cases = similar::cases(house, ctx, &encounters, &near).await?;
        Ok((encounters, cases))
    };
    let uncut: Vec<Id> = hits.iter().map(|hit| hit.id).filter(|id| uncut.contains(id)).collect();
    let cut = async {
        if !request.snippets || uncut.is_empty() {
            return Ok(HashMap::new());
        }
        let words = words(&request, &filters, MOST_ALIKE);
        let cut = house.env.search.snippets(&ctx.scope, &words, &uncut).await?;
        Ok::<_, Fail>(uncut.iter().copied().zip(cut).collect())
    };
    // What was found is told once the trail says so, and is put together meanwhile.
    let trace = house.trace_list(ctx, Resource::Encounter, Vec::new());
    let (mut cut, (), (encounters, cases)) = tokio::try_join!(cut, trace, seen)?;
    let mut cases = cases.into_iter();
    let mut found = Vec::with_capacity(hits.len());
    for (mut hit, encounter) in hits.into_iter().zip(encounters) {
        let similar = cases.next().unwrap_or_default();
        let Some(encounter) = encounter else { continue };
        hit.snippets.extend(cut.remove(&hit.id).unwrap_or_default());
        let snippets = shown(&hit, &encounter, &request);
        found.push(Found { snippets, score: hit.score, encounter, similar });
    }
    Ok((total, found, u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)))
}

/// What the index answers.
struct Answered {
    total: u64,
    hits: Vec<Hit>,
    /// Those that match by their words, and whose snippets are not cut yet: there are more of them than are shown.
    uncut: HashSet<Id>,
}

async fn hits(
    house: &House,
    ctx: &Ctx,
    request: &SearchRequest,
    filters: &[Filter],
) -> Result<Answered, Fail> {
    match request.by {
        By::Text => {
            let words = SearchQuery { snippets: request.snippets, ..words(request, filters, request.limit) };
            let SearchPage { total, hits, .. } = by_words(house, ctx, &words).await?;
            Ok(Answered { total, hits, uncut: HashSet::new() })
        }
        By::Semantic => {
            let near = by_likeness(house, ctx, request, filters).await?;
            let (total, hits) = (near.len() as u64, near.into_iter().map(bare).collect());
            Ok(Answered { total, hits, uncut: HashSet::new() })
        }
        By::Hybrid => {
            let words = words(request, filters, MOST_ALIKE);
            let (page, near) =
                tokio::try_join!(by_words(house, ctx, &words), by_likeness(house, ctx, request, filters))?;
            let uncut = page.hits.iter().map(|hit| hit.id).collect();
            let hits = fuse(page.hits, &near);
            Ok(Answered { total: page.total.max(hits.len() as u64), hits, uncut })
        }
    }
}

/// The consultations of hits, where they stand and the caller may see them: what the index says lags a moment behind, and
/// the record decides whose it is.
async fn records(
    house: &House,
    ctx: &Ctx,
    grant: Grant,
    hits: &[Hit],
) -> Result<Vec<Option<Encounter>>, Fail> {
    let ids: Vec<Id> = hits.iter().map(|hit| hit.id).collect();
    let encounters = house.find_many::<Encounter>(&ctx.scope, &ids).await?;
    let mine = |encounter: &Encounter| grant == Grant::Any || encounter.doctor == ctx.user;
    let mut by_id: HashMap<Id, Encounter> = encounters
        .into_iter()
        .map(|found| found.document)
        .filter(mine)
        .map(|encounter| (encounter.id.id(), encounter))
        .collect();
    Ok(ids.iter().map(|id| by_id.remove(id)).collect())
}

fn words(request: &SearchRequest, filters: &[Filter], limit: usize) -> SearchQuery {
    SearchQuery {
        kind: DocumentKind::Encounter,
        text: request.query.clone(),
        fields: Vec::new(),
        filters: filters.to_vec(),
        sort: Sort::Relevance,
        offset: 0,
        limit,
        snippets: false,
    }
}

async fn by_words(house: &House, ctx: &Ctx, query: &SearchQuery) -> Result<SearchPage, Fail> {
    let page = house.env.search.search(&ctx.scope, query).await?;
    house.heal_search(ctx, &page);
    Ok(page)
}

async fn by_likeness(
    house: &House,
    ctx: &Ctx,
    request: &SearchRequest,
    filters: &[Filter],
) -> Result<Vec<Near>, Fail> {
    let vectors = house.env.embedder.embed(&ctx.scope, std::slice::from_ref(&request.query)).await;
    let vectors = vectors.map_err(|error| {
        tracing::warn!(%error, "a question has no vector");
        metrics::counter!("ward_embedder_failures_total").increment(1);
        Refusal::new(
            Kind::Overloaded,
            "embedder_unavailable",
            "Search by meaning is not to be had now: use search_type text.",
        )
    })?;
    let Some(vector) = vectors.into_iter().next().flatten() else { return Ok(Vec::new()) };
    let query = NearQuery {
        kind: DocumentKind::Encounter,
        to: vec![To::Vector(vector)],
        filters: filters.to_vec(),
        least: LEAST_ALIKE,
        limit: MOST_ALIKE,
    };
    let page = house.env.search.nearest(&ctx.scope, &query).await?;
    Ok(page.near.into_iter().next().unwrap_or_default())
}

const fn bare(near: Near) -> Hit {
    Hit { id: near.id, score: near.likeness, snippets: Vec::new() }
}

/// Puts two orders into one by reciprocal ranks: scores of words and of likeness do not compare, places do. What is first
/// in both has a score of 1.
fn fuse(words: Vec<Hit>, near: &[Near]) -> Vec<Hit> {
    // The usual constant (Cormack, Clarke, Büttcher: Reciprocal Rank Fusion, SIGIR 2009).
    const DAMP: f32 = 60.0;
    let share = |place: usize| {
        (DAMP + 1.0) / (2.0 * (DAMP + 1.0 + f32::from(u16::try_from(place).unwrap_or(u16::MAX))))
    };
    let mut fused: Vec<Hit> = words;
    for (place, hit) in fused.iter_mut().enumerate() {
        hit.score = share(place);
    }
    for (place, near) in near.iter().enumerate() {
        match fused.iter_mut().find(|hit| hit.id == near.id) {
            Some(hit) => hit.score += share(place),
            None => fused.push(Hit { score: share(place), ..bare(*near) }),
        }
    }
    fused.sort_by(|one, other| other.score.total_cmp(&one.score).then(other.id.cmp(&one.id)));
    fused
}

/// Where a hit matches; of one that was found by what it is about, why the patient came.
fn shown(hit: &Hit, encounter: &Encounter, request: &SearchRequest) -> Vec<Snippet> {
    if !request.snippets {
        return Vec::new();
    }
    let cut = hit.snippets.iter().map(|snippet| Snippet {
        section: snippet.field.name(),
        text: snippet.text.clone(),
        score: snippet.score,
    });
    let mut snippets: Vec<Snippet> = cut.collect();
    if snippets.is_empty() && !encounter.chief_complaint.is_empty() {
        let text = snippet::escaped(&encounter.chief_complaint);
        snippets.push(Snippet { section: TextField::ChiefComplaint.name(), text, score: hit.score });
    }
    snippets
}

fn filters(ctx: &Ctx, grant: Grant, request: &SearchRequest) -> Vec<Filter> {
    let mut filters = Vec::new();
    if grant == Grant::Own {
        filters.push(Filter::ids(NumberField::Doctor, [ctx.user]));
    }
    let range = |field, from: Option<i64>, until: Option<i64>| Filter::Range { field, from, until };
    let SearchFilters { date, age_min, age_max, tags } = &request.filters;
    if *date != Filters::default() {
        let millis = |time: Option<ward_domain::time::Time>| time.map(ward_domain::time::Time::millis);
        filters.push(range(NumberField::Date, millis(date.from), millis(date.until)));
    }
    if age_min.is_some() || age_max.is_some() {
        filters.push(range(NumberField::Age, age_min.map(i64::from), age_max.map(i64::from)));
    }
    if !tags.is_empty() {
        filters.push(Filter::Term(TermField::Tag, tags.clone()));
    }
    filters
}
