//! A table of operations by method and path.

use super::MountError;
use super::shape;
use http::{HeaderValue, Method};
use std::collections::HashMap;
use ward_domain::face::Face;

/// One API's claim on one operation.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    /// The API's index.
    pub api: usize,
    /// Its place in the order of defaults.
    pub rank: usize,
    pub face: Face,
    pub method: Method,
    /// As the API documents it.
    pub template: String,
    /// Fields of the body (one of these, none of those) that decide for this API.
    pub body: Option<(&'static [&'static str], &'static [&'static str])>,
}

/// What a table has for a request.
pub(crate) enum Look<'a> {
    /// Who claims the operation; never empty, the default first.
    Claimed(&'a [Claim]),
    /// The path exists with other methods: who claims one (never empty, the default first), and the `Allow` header.
    WrongMethod(Vec<&'a Claim>, Option<HeaderValue>),
    /// No such path.
    Unknown,
}

/// One router for each method: that a path exists for POST says nothing of a GET whose id spells the same.
pub(super) struct Table {
    methods: Vec<(Method, matchit::Router<Vec<Claim>>)>,
}

impl Table {
    pub(super) fn new(claims: impl Iterator<Item = Claim>) -> Result<Self, MountError> {
        let mut by_shape: HashMap<(Method, String), Vec<Claim>> = HashMap::new();
        for claim in claims {
            if !claim.template.starts_with('/') {
                return Err(MountError::Template(claim.template));
            }
            by_shape.entry((claim.method.clone(), shape::of(&claim.template))).or_default().push(claim);
        }
        let mut methods: Vec<(Method, matchit::Router<Vec<Claim>>)> = Vec::new();
        for ((method, shape), mut claims) in by_shape {
            let at = methods.iter().position(|(other, _)| *other == method).unwrap_or_else(|| {
                methods.push((method, matchit::Router::new()));
                methods.len() - 1
            });
            // The root itself has an empty shape.
            claims.sort_by_key(|claim| claim.rank);
            let route = if shape.is_empty() { "/".to_owned() } else { shape };
            methods[at].1.insert(route.clone(), claims).map_err(|_| MountError::Template(route))?;
        }
        methods.sort_by(|(a, _), (b, _)| a.as_str().cmp(b.as_str()));
        Ok(Self { methods })
    }

    /// A HEAD is answered as a GET.
    pub(super) fn look(&self, method: &Method, path: &str) -> Look<'_> {
        let path =
            Some(path.strip_suffix('/').unwrap_or(path)).filter(|path| !path.is_empty()).unwrap_or("/");
        let method = if *method == Method::HEAD { &Method::GET } else { method };
        let mut others = Vec::new();
        for (known, router) in &self.methods {
            match router.at(path) {
                Ok(found) if known == method => return Look::Claimed(found.value),
                Ok(found) => others.push((known, found.value)),
                Err(_) => {}
            }
        }
        let mut claims: Vec<&Claim> = others.iter().flat_map(|(_, claims)| claims.iter()).collect();
        if claims.is_empty() {
            return Look::Unknown;
        }
        claims.sort_by_key(|claim| claim.rank);
        let mut names: Vec<&str> = others.iter().map(|(method, _)| method.as_str()).collect();
        if names.contains(&"GET") {
            names.push("HEAD");
        }
        names.push("OPTIONS");
        Look::WrongMethod(claims, HeaderValue::from_str(&names.join(", ")).ok())
    }
}
