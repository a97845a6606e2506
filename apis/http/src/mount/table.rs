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
    /// The path exists with other methods: who claims one, and the `Allow` header.
    WrongMethod(&'a [Claim], Option<HeaderValue>),
    /// No such path.
    Unknown,
}

/// One router for each method: that a path exists for POST says nothing of a GET whose id spells the same.
pub(super) struct Table {
    methods: Vec<(Method, matchit::Router<Vec<Claim>>)>,
}

impl Table {
    /// Earlier claims go before later ones.
    pub(super) fn new(claims: impl Iterator<Item = Claim>) -> Result<Self, MountError> {
        let mut by_shape: HashMap<(Method, String), Vec<Claim>> = HashMap::new();
        for claim in claims {
            if !claim.template.starts_with('/') {
                return Err(MountError::Template(claim.template));
            }
            by_shape.entry((claim.method.clone(), shape::of(&claim.template))).or_default().push(claim);
        }
        let mut methods: Vec<(Method, matchit::Router<Vec<Claim>>)> = Vec::new();
        for ((method, shape), claims) in by_shape {
            let at = methods.iter().position(|(other, _)| *other == method).unwrap_or_else(|| {
                methods.push((method, matchit::Router::new()));
                methods.len() - 1
            });
            // The root itself has an empty shape.
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
        let found = |router: &'_ matchit::Router<Vec<Claim>>| router.at(path).is_ok();
        if let Some((_, router)) =
            self.methods.iter().find(|(other, router)| other == method && found(router))
            && let Ok(matched) = router.at(path)
        {
            return Look::Claimed(matched.value);
        }
        let others: Vec<_> = self.methods.iter().filter(|(_, router)| found(router)).collect();
        let Some(Ok(first)) = others.first().map(|(_, router)| router.at(path)) else { return Look::Unknown };
        let mut names: Vec<&str> = others.iter().map(|(method, _)| method.as_str()).collect();
        if names.contains(&"GET") {
            names.push("HEAD");
        }
        names.push("OPTIONS");
        Look::WrongMethod(first.value, HeaderValue::from_str(&names.join(", ")).ok())
    }
}
