//! How an API says that something went wrong.

use axum::response::Response;
use ward_domain::refusal::Refusal;
use ward_services::RequestMeta;

/// One API's form of an error. The front door uses it for every error: those of handlers and extractors, unknown
/// paths and methods, limits, time-outs and panics.
///
/// The status follows from [`Refusal::kind`]; `refusal.reason` tells apart what one API answers differently
/// ([`crate::failure::reason`] lists the reasons that arise here). The headers `Retry-After`, `Allow` and
/// `WWW-Authenticate` are set by the front door, and so is the status where HTTP itself decides it (405, 415).
pub trait Envelope: Send + Sync + 'static {
    /// An answer with words for the caller.
    fn refusal(&self, refusal: &Refusal, meta: &RequestMeta) -> Response;

    /// Something is wrong on our side. The caller sees no more of it than the request id.
    fn fault(&self, meta: &RequestMeta) -> Response;
}
