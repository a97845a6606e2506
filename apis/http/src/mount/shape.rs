//! Path templates without the names of their parameters.

use std::fmt::Write as _;

/// `/api/users/{user_id}/` and `/api/users/{id}` have one shape: `/api/users/{p0}`. A last `{*rest}` stays a rest.
pub(super) fn of(template: &str) -> String {
    let mut shape = String::with_capacity(template.len());
    let bare = template.strip_suffix('/').unwrap_or(template);
    for (at, segment) in bare.split('/').skip(1).enumerate() {
        let _ = match (segment.starts_with("{*"), segment.starts_with('{')) {
            (true, _) => write!(shape, "/{{*p{at}}}"),
            (_, true) => write!(shape, "/{{p{at}}}"),
            _ => write!(shape, "/{segment}"),
        };
    }
    shape
}

/// What follows `base` in `path`, if the path lies at it or below.
pub(super) fn below<'a>(path: &'a str, base: &str) -> Option<&'a str> {
    path.strip_prefix(base).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_forget_names_and_slashes() {
        for (template, shape) in [
            ("/api/users/{user_id}/", "/api/users/{p2}"),
            ("/api/users/{id}", "/api/users/{p2}"),
            ("/api/{a}/x/{b}/", "/api/{p1}/x/{p3}"),
            ("/static/{*file}", "/static/{*p1}"),
            ("/", ""),
        ] {
            assert_eq!(of(template), shape);
        }
        assert_eq!(below("/api/v1/x", "/api/v1"), Some("/x"));
        assert_eq!(below("/api/v10/x", "/api/v1"), None);
    }
}
