//! What an API says of itself.

use crate::envelope::Envelope;
use crate::limits::Limit;
use crate::walk::Walk;
use http::Method;
use std::time::Duration;
use utoipa::openapi::OpenApi;
use ward_domain::face::Face;

/// One API, ready to be mounted.
///
/// Only what the description lists can be reached: an operation that is routed but not described answers 404.
pub struct Api {
    /// Which of the five.
    pub face: Face,
    /// The base of its documented paths without trailing slash: `/api` or `/api/v1`. Decides whose 404 an unknown
    /// path is.
    pub base: &'static str,
    /// The handlers, at the documented paths, with their state. Each path is registered once, as documented: the
    /// front door answers it with and without the trailing slash.
    pub router: axum::Router,
    /// The description of every operation; a WebSocket stands in it as GET.
    pub openapi: OpenApi,
    /// Its form of an error.
    pub envelope: &'static dyn Envelope,
    /// Limits, size and time of an operation: of its method, its path template as documented (empty for an unknown
    /// path), and of who asks.
    pub rules: fn(&Method, &str, Standing) -> Rules,
    /// Operations that answer under the prefix, the host and the listening address, not at the root.
    pub prefix_only: Vec<(Method, &'static str)>,
    /// Collisions at the root that a field of the JSON body decides for this API.
    pub body_claims: Vec<BodyClaim>,
    /// A second spelling of the base, where the API is not at the root: `("/api/v1", "/api")` reads the first as the
    /// second.
    pub alias: Option<(&'static str, &'static str)>,
    /// What its Postman collection sends; one without steps has no collection.
    pub walk: Walk,
}

/// Who asks, as far as limits care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// With a good token.
    Known,
    /// Without one.
    Anonymous,
}

/// What holds for one operation.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rules {
    /// All of them count; the tightest is told in the headers.
    pub limits: &'static [Limit],
    /// Largest body in bytes, instead of the setting.
    pub max_body: Option<usize>,
    /// Longest time to the answer's head, instead of the setting.
    pub deadline: Option<Duration>,
    /// Takes a file: size and time are those that are set for uploads.
    pub upload: bool,
}

impl Rules {
    /// These limits, size and time as set for all.
    pub const fn limited(limits: &'static [Limit]) -> Self {
        Self { limits, max_body: None, deadline: None, upload: false }
    }

    /// The same with another limit on the body, for uploads.
    #[must_use]
    pub const fn body(self, bytes: usize) -> Self {
        Self { max_body: Some(bytes), ..self }
    }

    /// The same for what takes a file.
    #[must_use]
    pub const fn upload(self) -> Self {
        Self { upload: true, ..self }
    }

    /// The same with another deadline, for what takes long by nature.
    #[must_use]
    pub const fn within(self, deadline: Duration) -> Self {
        Self { deadline: Some(deadline), ..self }
    }
}

/// At the root a request without a deciding token goes to this API instead of the default one, if the top level of
/// its JSON body has one of `any` and none of `none`.
#[derive(Debug, Clone)]
pub struct BodyClaim {
    /// The operation's method.
    pub method: Method,
    /// The operation's path template as documented.
    pub path: &'static str,
    /// Fields of which one must be there.
    pub any: &'static [&'static str],
    /// Fields of which none may be there.
    pub none: &'static [&'static str],
}
