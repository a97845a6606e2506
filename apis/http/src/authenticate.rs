//! Who asks: where a token may stand in a request, and who checks it.

use crate::failure::reason;
use async_trait::async_trait;
use http::header::{AUTHORIZATION, SEC_WEBSOCKET_PROTOCOL, UPGRADE};
use http::request::Parts;
use ward_domain::face::Face;
use ward_domain::refusal::{Kind, Refusal};
use ward_services::{Ctx, Fail, House, RequestMeta};

/// Checks tokens and API keys.
#[async_trait]
pub trait Authenticate: Send + Sync + 'static {
    /// Who it is. Refuses with `Kind::Unauthenticated`.
    async fn authenticate(&self, bearer: &str, meta: RequestMeta) -> Result<Ctx, Fail>;

    /// Which API issued a token of ours, expired or not; `None` if it is not ours.
    fn issuer_of(&self, bearer: &str) -> Option<Face>;
}

#[async_trait]
impl Authenticate for House {
    async fn authenticate(&self, bearer: &str, meta: RequestMeta) -> Result<Ctx, Fail> {
        Self::authenticate(self, bearer, meta).await
    }

    fn issuer_of(&self, bearer: &str) -> Option<Face> {
        Self::issuer_of(self, bearer)
    }
}

/// The word that offers a token as a WebSocket subprotocol: `Sec-WebSocket-Protocol: bearer, <token>`. A browser can
/// set no other header. The endpoint accepts `bearer` as the protocol, so that the token is not sent back.
pub const WEBSOCKET_PROTOCOL: &str = "bearer";

/// Longer ones are nobody's: the check would only cost time.
const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// What stands in the token's place.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Credential {
    None,
    Bearer(String),
    Malformed,
}

/// Who a request comes from, for the extractors.
pub(crate) enum Identity {
    Nobody,
    Known(Box<Ctx>),
    TurnedAway(Fail),
}

impl Credential {
    /// `Authorization: Bearer …`, else `X-API-Key`, else for a WebSocket the subprotocol or `?token=`.
    pub(crate) fn read(parts: &Parts) -> Self {
        let mut values = parts.headers.get_all(AUTHORIZATION).iter();
        if let Some(value) = values.next() {
            let token = value.to_str().ok().and_then(|text| text.split_once(' ')).map(|(scheme, token)| {
                let ours = scheme.eq_ignore_ascii_case("bearer") && values.next().is_none();
                if ours { token.trim() } else { "" }
            });
            return Self::of(token.unwrap_or_default());
        }
        if let Some(key) = parts.headers.get("x-api-key") {
            return Self::of(key.to_str().unwrap_or_default());
        }
        if parts.headers.get(UPGRADE).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
        {
            return Self::of_websocket(parts);
        }
        Self::None
    }

    fn of_websocket(parts: &Parts) -> Self {
        let offered = parts.headers.get(SEC_WEBSOCKET_PROTOCOL).and_then(|value| value.to_str().ok());
        let mut words = offered.unwrap_or_default().split(',').map(str::trim);
        if words.next() == Some(WEBSOCKET_PROTOCOL) {
            return Self::of(words.next().unwrap_or_default());
        }
        let query = parts.uri.query().unwrap_or_default();
        match form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "token").last() {
            Some((_, token)) => Self::of(&token),
            None => Self::None,
        }
    }

    fn of(token: &str) -> Self {
        if token.is_empty() || token.len() > MAX_TOKEN_BYTES {
            return Self::Malformed;
        }
        Self::Bearer(token.to_owned())
    }

    /// The API that issued the token.
    pub(crate) fn issuer(&self, check: &dyn Authenticate) -> Option<Face> {
        match self {
            Self::Bearer(token) => check.issuer_of(token),
            Self::None | Self::Malformed => None,
        }
    }

    /// Checks the token. A bad one is not yet an error: not every operation asks for one.
    pub(crate) async fn identify(&self, check: &dyn Authenticate, meta: RequestMeta) -> Identity {
        match self {
            Self::None => Identity::Nobody,
            Self::Malformed => {
                let kind = Kind::Unauthenticated;
                let refusal = Refusal::new(kind, reason::TOKEN_INVALID, "The token is not valid.");
                Identity::TurnedAway(refusal.into())
            }
            Self::Bearer(token) => match check.authenticate(token, meta).await {
                Ok(ctx) => Identity::Known(Box::new(ctx)),
                Err(fail) => Identity::TurnedAway(fail),
            },
        }
    }
}
