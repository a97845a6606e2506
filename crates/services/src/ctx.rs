//! The context that every use case takes first: whose data, who acts, since when and until when.

use std::time::Duration;
use ward_domain::face::Face;
use ward_domain::id::{SessionId, UserId};
use ward_domain::policy::Role;
use ward_domain::refusal::Refusal;
use ward_domain::tenancy::TenantScope;
use ward_domain::time::Time;

/// What the transport knows of a request before anyone is logged in.
#[derive(Debug, Clone)]
pub struct RequestMeta {
    /// Given by the caller (if well-formed) or drawn: 1 to 64 characters of `[A-Za-z0-9_-]`.
    pub request_id: String,
    /// Which API was asked.
    pub face: Face,
    /// The caller's network address, for limits and the audit trail.
    pub address: Option<std::net::IpAddr>,
    /// The host name that was asked, lower case, without port: a hospital's own domain names the hospital.
    pub host: Option<String>,
    /// The caller's `Idempotency-Key`, 1 to 255 characters, with the digest of operation and body.
    pub idempotency: Option<Idempotency>,
}

/// A request that may be sent twice and must count once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// The caller's key.
    pub key: String,
    /// Method and path.
    pub operation: String,
    /// SHA-256 of the body.
    pub body: [u8; 32],
}

/// Who acts, for one tenant, in one request.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// Whose data.
    pub scope: TenantScope,
    /// Who.
    pub user: UserId,
    /// As what.
    pub role: Role,
    /// Through which log-in.
    pub session: SessionId,
    /// When the request began.
    pub now: Time,
    /// How long the rest of it may take.
    pub deadline: Duration,
    /// From the transport.
    pub meta: RequestMeta,
}

/// How a use case can end without an answer.
#[derive(Debug, thiserror::Error)]
pub enum Fail {
    /// An answer with words for the caller.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Something is wrong on our side: the source is for the log, the caller sees the request id.
    #[error("fault: {0}")]
    Fault(String),
}
