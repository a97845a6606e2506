//! Finding what is alike: the server picks candidates by its own, approximate, search of vectors, narrowed like every
//! query; how alike they are is reckoned here, from what was written.

use crate::fault::Fault;
use crate::filter::{self, Condition};
use crate::server::Server;
use crate::{document, read, schema};
use meilisearch_sdk::search::{MultiSearchQuery, SearchQuery as Asked, Selectors};
use serde::Deserialize;
use ward_domain::id::Id;
use ward_domain::tenancy::TenantId;
use ward_domain::vector::Vector;
use ward_search::{Near, NearPage, NearQuery, To};

/// Candidates beyond those that are wanted: of those that tie, the newest count.
const MORE: usize = 20;

#[derive(Debug, Clone, Deserialize)]
struct Candidate {
    id: u64,
    #[serde(default)]
    about: String,
}

pub(crate) async fn nearest(server: &Server, tenant: TenantId, query: &NearQuery) -> Result<NearPage, Fault> {
    let complete = read::status(server, tenant).await?.complete;
    let mut near = Vec::with_capacity(query.to.len());
    for to in &query.to {
        near.push(to_one(server, tenant, query, to).await?);
    }
    Ok(NearPage { near, complete })
}

async fn to_one(server: &Server, tenant: TenantId, query: &NearQuery, to: &To) -> Result<Vec<Near>, Fault> {
    let (vector, besides) = match *to {
        To::Vector(vector) => (Some(vector), None),
        To::Document(id) => (of_document(server, tenant, query, id).await?, Some(id.get())),
    };
    let condition = Condition::all(query.filters.iter().map(Condition::of));
    let (Some(vector), Some(filter)) = (vector, filter::narrowed(tenant, &condition)) else {
        return Ok(Vec::new());
    };
    if query.limit == 0 || !query.kind.is_about() {
        return Ok(Vec::new());
    }
    let components: Vec<f32> = vector.components().collect();
    let index = server.index(query.kind);
    let attributes = [schema::ID, schema::ABOUT];
    let mut asked = Asked::new(&index);
    asked
        .with_filter(&filter)
        .with_vector(&components)
        .with_hybrid(schema::EMBEDDER, 1.0)
        .with_limit(query.limit + MORE)
        .with_attributes_to_retrieve(Selectors::Some(&attributes));
    let mut queries = MultiSearchQuery::new(&server.client);
    queries.with_search_query(asked.build());
    let answers = server.search::<Candidate>(&queries).await?;
    let mut near: Vec<Near> = answers
        .into_iter()
        .flat_map(|answer| answer.hits)
        .filter_map(|hit| {
            let Candidate { id, about } = hit.result;
            let likeness = vector.likeness(&document::about(&about)?);
            Some(Near { id: Id::new(id)?, likeness })
        })
        .filter(|near| near.likeness >= query.least && Some(near.id.get()) != besides)
        .collect();
    near.sort_by(|one, other| other.likeness.total_cmp(&one.likeness).then(other.id.cmp(&one.id)));
    near.truncate(query.limit);
    Ok(near)
}

/// What the newest version of a document is about.
async fn of_document(
    server: &Server,
    tenant: TenantId,
    query: &NearQuery,
    id: Id,
) -> Result<Option<Vector>, Fault> {
    #[derive(Debug, Deserialize)]
    struct Written {
        version: u64,
        #[serde(default)]
        about: String,
    }
    let filter = format!("{} AND {} = \"{}\"", filter::live(tenant), schema::ID, id.get());
    let fields = [schema::VERSION, schema::ABOUT];
    let written = server.documents::<Written>(query.kind, &filter, &fields).await?;
    Ok(written.into_iter().max_by_key(|one| one.version).and_then(|newest| document::about(&newest.about)))
}
