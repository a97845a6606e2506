//! Consultations about the same.

use crate::{Ctx, Fail, House};
use ward_domain::encounter::Encounter;
use ward_domain::id::Id;
use ward_search::{DocumentKind, Filter, Near, NearQuery, To};

/// A consultation like another.
#[derive(Debug, Clone)]
pub struct SimilarCase {
    /// Which.
    pub encounter: Id,
    /// 0 to 1.
    pub score: f32,
    /// The findings that both have: complaints and body systems, as their tags name them.
    pub shared: Vec<String>,
}

/// The most for one consultation.
const MOST: usize = 3;
/// How alike they must be at the least.
const LEAST: f32 = 0.5;

/// What is most like each of some consultations, of what `filters` let through.
pub(super) async fn near(
    house: &House,
    ctx: &Ctx,
    of: &[Id],
    filters: &[Filter],
) -> Result<Vec<Vec<Near>>, Fail> {
    if of.is_empty() {
        return Ok(Vec::new());
    }
    let query = NearQuery {
        kind: DocumentKind::Encounter,
        to: of.iter().map(|id| To::Document(*id)).collect(),
        filters: filters.to_vec(),
        least: LEAST,
        limit: MOST,
    };
    Ok(house.env.search.nearest(&ctx.scope, &query).await?.near)
}

/// What is near the first of some consultations, with the findings that they share; nothing for one that is not to be seen.
pub(super) async fn cases(
    house: &House,
    ctx: &Ctx,
    of: &[Option<Encounter>],
    near: &[Vec<Near>],
) -> Result<Vec<Vec<SimilarCase>>, Fail> {
    let mut ids: Vec<Id> = near.iter().flatten().map(|near| near.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let others = house.find_many::<Encounter>(&ctx.scope, &ids).await?;
    let case = |of: &Encounter, near: &Near| {
        let other = others.iter().find(|other| other.document.id.id() == near.id)?;
        let shared = of.tags.iter().filter(|tag| other.document.tags.contains(tag)).cloned().collect();
        Some(SimilarCase { encounter: near.id, score: near.likeness, shared })
    };
    let cases = |(of, near): (&Option<Encounter>, &Vec<Near>)| {
        of.iter().flat_map(|of| near.iter().filter_map(|near| case(of, near))).collect()
    };
    Ok(of.iter().zip(near).map(cases).collect())
}
