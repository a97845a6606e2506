//! The address that was asked for, to build absolute links from.

use axum::extract::FromRequestParts;
use http::request::Parts;
use std::convert::Infallible;

/// The address of a request as its sender wrote it: scheme, host and prefix included.
///
/// An extractor. Links made of it work for the sender, whichever of the API's places was used.
#[derive(Debug, Clone, Default)]
pub struct RequestUrl {
    /// `https://host:port`, without a path.
    pub(crate) origin: String,
    /// `/medcor` if the API was asked under its prefix, else empty.
    pub(crate) prefix: String,
    /// The path as asked, with the prefix.
    pub(crate) path: String,
    /// The query as asked, still encoded.
    pub(crate) query: Option<String>,
}

impl RequestUrl {
    /// An absolute link to a documented path (`/api/outputs/7/`) of the same API in the same place.
    pub fn link(&self, path: &str) -> String {
        format!("{}{}{path}", self.origin, self.prefix)
    }

    /// `https://host:port`, without a path.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// This address with some query parameters set (`Some`) or removed (`None`). All others stay as they were
    /// written, in their order; a parameter that was there keeps its place, a new one goes to the end.
    pub fn with(&self, changes: &[(&str, Option<&str>)]) -> String {
        let mut pairs: Vec<String> = Vec::new();
        let mut done = vec![false; changes.len()];
        for pair in self.query.as_deref().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let name =
                form_urlencoded::parse(pair.as_bytes()).next().map(|(name, _)| name).unwrap_or_default();
            match changes.iter().position(|(changed, _)| *changed == name) {
                None => pairs.push(pair.to_owned()),
                // A parameter that was written twice is set once.
                Some(at) if done[at] => {}
                Some(at) => {
                    done[at] = true;
                    pairs.extend(spelled(changes[at]));
                }
            }
        }
        let new = changes.iter().zip(&done).filter(|(_, done)| !**done);
        pairs.extend(new.filter_map(|(change, _)| spelled(*change)));
        let mark = if pairs.is_empty() { "" } else { "?" };
        format!("{}{}{mark}{}", self.origin, self.path, pairs.join("&"))
    }
}

fn spelled((name, value): (&str, Option<&str>)) -> Option<String> {
    let mut pair = form_urlencoded::Serializer::new(String::new());
    pair.append_pair(name, value?);
    Some(pair.finish())
}

impl<S: Sync> FromRequestParts<S> for RequestUrl {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        // Absent only where a router is tested without the front door.
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_parameters_stay_as_they_were() {
        let url = |query: &str| RequestUrl {
            origin: "https://h.example:8443".into(),
            prefix: "/medcor".into(),
            path: "/medcor/api/slots/".into(),
            query: Some(query.to_owned()).filter(|query| !query.is_empty()),
        };
        let base = "https://h.example:8443/medcor/api/slots/";
        for (query, changes, expected) in [
            ("", &[("page", Some("2"))][..], "?page=2"),
            ("a=1&page=1&b=2", &[("page", Some("2"))], "?a=1&page=2&b=2"),
            ("page=1&a=1&page=5", &[("page", Some("2"))], "?page=2&a=1"),
            ("a=%20x&b=y+z&flag", &[("page", Some("2"))], "?a=%20x&b=y+z&flag&page=2"),
            ("p%61ge=1&a=1", &[("page", Some("2"))], "?page=2&a=1"),
            ("a=1&page=2", &[("page", None)], "?a=1"),
            ("page=2", &[("page", None)], ""),
            ("", &[("q", Some("a b&c"))], "?q=a+b%26c"),
        ] {
            assert_eq!(url(query).with(changes), format!("{base}{expected}"), "{query}");
        }
        assert_eq!(url("a=1").link("/api/x/7/"), "https://h.example:8443/medcor/api/x/7/");
    }
}
