//! Finding consultations by what was said and written.

use crate::{Ctx, Fail, Filters, House};
use std::time::Instant;
use ward_domain::encounter::Encounter;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Grant, Resource};
use ward_search::{DocumentKind, Filter, NumberField, SearchQuery, Sort, TermField};

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
}

/// Searches the caller's consultations; says how many match, which, and how many milliseconds it took.
pub async fn search(
    house: &House,
    ctx: &Ctx,
    request: SearchRequest,
) -> Result<(u64, Vec<Found>, u64), Fail> {
    let grant = house.reach(ctx, Resource::Encounter, Action::List).await?;
    let began = Instant::now();
    let page = house.env.search.search(&ctx.scope, &query(ctx, grant, &request)).await?;
    house.heal_search(ctx, &page);
    let ids: Vec<Id> = page.hits.iter().map(|hit| hit.id).collect();
    let mut encounters = house.find_many::<Encounter>(&ctx.scope, &ids).await?;
    // What the index says lags a moment behind: the record decides whose it is.
    encounters.retain(|found| grant == Grant::Any || found.document.doctor == ctx.user);
    let found = page.hits.into_iter().filter_map(|hit| {
        let at = encounters.iter().position(|found| found.document.id.id() == hit.id)?;
        let snippets = hit.snippets.into_iter().map(|snippet| Snippet {
            section: snippet.field.name(),
            text: snippet.text,
            score: snippet.score,
        });
        Some(Found {
            encounter: encounters.swap_remove(at).document,
            score: hit.score,
            snippets: snippets.collect(),
        })
    });
    let found: Vec<Found> = found.collect();
    house.trace_list(ctx, Resource::Encounter, Vec::new()).await?;
    Ok((page.total, found, u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)))
}

fn query(ctx: &Ctx, grant: Grant, request: &SearchRequest) -> SearchQuery {
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
    SearchQuery {
        kind: DocumentKind::Encounter,
        text: request.query.clone(),
        fields: Vec::new(),
        filters,
        sort: Sort::Relevance,
        offset: 0,
        limit: request.limit.clamp(1, 100),
        snippets: request.snippets,
    }
}
