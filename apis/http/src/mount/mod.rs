//! Which API answers a request, and under which of its paths.
//!
//! An API stands alone on its listening address, on its host names and under its prefix. At the root all of them stand
//! together in one table, made of their descriptions: what one API alone claims is its own; what several claim is
//! decided by the bearer token's issuer, else by the body where an API says so, else by the configured order.

mod shape;
mod table;

pub(crate) use table::{Claim, Look};

use crate::api::Api;
use http::Method;
use std::collections::HashSet;
use table::Table;
use utoipa::openapi::path::{Operation, PathItem};
use ward_domain::face::Face;

/// The APIs cannot be mounted like this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MountError {
    /// Two APIs have one name.
    Twice(Face),
    /// The API says something of an operation that its description does not list.
    Undescribed(Face, String),
    /// Such a path template cannot be looked up.
    Template(String),
}

impl std::fmt::Display for MountError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Twice(face) => write!(f, "{} is mounted twice", face.name()),
            Self::Undescribed(face, operation) => write!(f, "{} does not describe {operation}", face.name()),
            Self::Template(path) => write!(f, "not a path template: {path}"),
        }
    }
}

impl std::error::Error for MountError {}

/// Where a request came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The API that stands alone here, by its index; `None` at the root.
    pub api: Option<usize>,
    /// `/medcor` under a prefix, else empty.
    pub prefix: String,
    /// The documented path, without prefix and alias.
    pub path: String,
}

/// What an API is called and where its paths begin.
struct Named {
    face: Face,
    base: &'static str,
    alias: Option<(&'static str, &'static str)>,
}

/// The table of all operations.
pub(crate) struct Mounts {
    apis: Vec<Named>,
    alone: Vec<Table>,
    root: Table,
    /// Indexes of `apis`, the one that answers by default first.
    order: Vec<usize>,
}

impl Mounts {
    pub(crate) fn new(apis: &[Api], order: &[Face]) -> Result<Self, MountError> {
        let mut seen = HashSet::new();
        if let Some(twice) = apis.iter().find(|api| !seen.insert(api.face)) {
            return Err(MountError::Twice(twice.face));
        }
        let rank = |face: Face| order.iter().position(|other| *other == face).unwrap_or(order.len());
        let mut ranked: Vec<usize> = (0..apis.len()).collect();
        ranked.sort_by_key(|index| rank(apis[*index].face));

        let mut alone = Vec::new();
        for (index, api) in apis.iter().enumerate() {
            check_sayings(api)?;
            alone.push(Table::new(claims(index, 0, api))?);
        }
        let shared = ranked.iter().enumerate().flat_map(|(rank, index)| {
            let api = &apis[*index];
            claims(*index, rank, api).filter(|claim| !is_prefix_only(api, &claim.method, &claim.template))
        });
        let root = Table::new(shared)?;
        let named = |api: &Api| Named { face: api.face, base: api.base, alias: api.alias };
        Ok(Self { apis: apis.iter().map(named).collect(), alone, root, order: ranked })
    }

    /// Where a path lies: `fixed` is the API of the listening address or host name.
    pub(crate) fn place(&self, fixed: Option<Face>, path: &str) -> Place {
        let fixed = fixed.and_then(|face| self.index_of(face));
        let prefixed = Face::ALL.into_iter().find_map(|face| {
            let rest = path.strip_prefix('/')?.strip_prefix(face.name())?;
            let index = self.index_of(face)?;
            (rest.is_empty() || rest.starts_with('/')).then_some((index, rest))
        });
        match (fixed, prefixed) {
            // An address or host that is given to one API does not show the others.
            (Some(api), Some((index, rest))) if api == index => self.under_prefix(index, rest),
            (None, Some((index, rest))) => self.under_prefix(index, rest),
            (Some(api), _) => {
                Place { api: Some(api), prefix: String::new(), path: self.unaliased(api, path) }
            }
            (None, None) => Place { api: None, prefix: String::new(), path: path.to_owned() },
        }
    }

    fn index_of(&self, face: Face) -> Option<usize> {
        self.apis.iter().position(|api| api.face == face)
    }

    fn under_prefix(&self, index: usize, rest: &str) -> Place {
        let prefix = format!("/{}", self.apis[index].face.name());
        Place { api: Some(index), prefix, path: self.unaliased(index, rest) }
    }

    fn unaliased(&self, index: usize, path: &str) -> String {
        let stripped =
            self.apis[index].alias.and_then(|(alias, base)| Some((base, shape::below(path, alias)?)));
        stripped.map_or_else(|| path.to_owned(), |(base, rest)| format!("{base}{rest}"))
    }

    /// What the table of a place has for a request.
    pub(crate) fn look(&self, place: &Place, method: &Method) -> Look<'_> {
        place.api.map_or(&self.root, |index| &self.alone[index]).look(method, &place.path)
    }

    /// Whose 404 an unknown path is: the place's, the token issuer's, else the first API with the longest base above
    /// it. `None` without any API.
    pub(crate) fn owner_of_unknown(&self, place: &Place, issuer: Option<Face>) -> Option<usize> {
        let issuer = issuer.and_then(|face| self.index_of(face));
        place.api.or(issuer).or_else(|| {
            let base_length = |index: usize| {
                let base = self.apis[index].base;
                shape::below(&place.path, base).map_or(0, |_| base.len())
            };
            // Of equal ones `max_by_key` takes the last.
            self.order.iter().rev().copied().max_by_key(|index| base_length(*index))
        })
    }
}

/// The path as an operation documents it: with a trailing slash or without.
pub(crate) fn respelled(path: &str, template: &str) -> String {
    let bare = path.strip_suffix('/').unwrap_or(path);
    format!("{bare}{}", if template.ends_with('/') { "/" } else { "" })
}

/// Every operation of a description, with its method.
pub(crate) fn operations(item: &PathItem) -> impl Iterator<Item = (Method, &Operation)> {
    [
        (Method::GET, &item.get),
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
}

/// Whether the operation answers in the API's own places only.
pub(crate) fn is_prefix_only(api: &Api, method: &Method, template: &str) -> bool {
    let shape = shape::of(template);
    api.prefix_only.iter().any(|(other, path)| other == method && shape::of(path) == shape)
}

/// Two templates with one shape are one path, however they name their parameters.
pub(crate) fn shape_of(template: &str) -> String {
    shape::of(template)
}

fn claims(index: usize, rank: usize, api: &Api) -> impl Iterator<Item = Claim> {
    api.openapi.paths.paths.iter().flat_map(move |(template, item)| {
        operations(item).map(move |(method, _)| {
            let shape = shape::of(template);
            let decides =
                |claim: &&crate::api::BodyClaim| claim.method == method && shape::of(claim.path) == shape;
            let body = api.body_claims.iter().find(decides).map(|claim| (claim.any, claim.none));
            Claim { api: index, rank, face: api.face, method, template: template.clone(), body }
        })
    })
}

fn check_sayings(api: &Api) -> Result<(), MountError> {
    let described: HashSet<(Method, String)> =
        claims(0, 0, api).map(|claim| (claim.method, shape::of(&claim.template))).collect();
    let said = api.prefix_only.iter().map(|(method, path)| (method, *path));
    let said = said.chain(api.body_claims.iter().map(|claim| (&claim.method, claim.path)));
    for (method, path) in said {
        if !described.contains(&(method.clone(), shape::of(path))) {
            return Err(MountError::Undescribed(api.face, format!("{method} {path}")));
        }
    }
    Ok(())
}
