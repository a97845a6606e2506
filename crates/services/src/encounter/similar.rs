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

/// For each of some consultations those most like it, of those that `filters` let through, with the findings that they share.
pub(super) async fn cases(
    house: &House,
    ctx: &Ctx,
    of: &[&Encounter],
    filters: &[Filter],
) -> Result<Vec<Vec<SimilarCase>>, Fail> {
    let query = NearQuery {
        kind: DocumentKind::Encounter,
        to: of.iter().map(|encounter| To::Document(encounter.id.id())).collect(),
        filters: filters.to_vec(),
        least: LEAST,
        limit: MOST,
    };
    let near = house.env.search.nearest(&ctx.scope, &query).await?.near;
    let mut ids: Vec<Id> = near.iter().flatten().map(|near| near.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let others = house.find_many::<Encounter>(&ctx.scope, &ids).await?;
    let case = |of: &Encounter, near: &Near| {
        let other = others.iter().find(|other| other.document.id.id() == near.id)?;
        let shared = of.tags.iter().filter(|tag| other.document.tags.contains(tag)).cloned().collect();
        Some(SimilarCase { encounter: near.id, score: near.likeness, shared })
    };
    let cases =
        |(of, near): (&&Encounter, Vec<Near>)| near.iter().filter_map(|near| case(of, near)).collect();
    Ok(of.iter().zip(near).map(cases).collect())
}
