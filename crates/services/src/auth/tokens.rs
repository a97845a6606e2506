//! Tokens: signed, short-lived, and good only as long as the session they name.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use ward_domain::account::Session;
use ward_domain::face::Face;
use ward_domain::policy::Role;
use ward_domain::refusal::{Kind, Refusal};
use ward_domain::secret::Key32;
use ward_domain::tenancy::TenantId;
use ward_domain::time::{MINUTE, Time};

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenKind {
    /// Requests.
    Access,
    /// New access tokens.
    Refresh,
}

/// What a token says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    /// Tenant.
    pub hospital: u64,
    /// User.
    pub sub: u64,
    /// Role.
    pub role: Role,
    /// Session.
    pub sid: u64,
    /// The API that issued it.
    pub api: Face,
    /// What it is good for.
    pub kind: TokenKind,
    /// Issued at, Unix seconds.
    pub iat: i64,
    /// Expires at, Unix seconds.
    pub exp: i64,
}

/// Signs and reads tokens.
pub struct Tokens {
    sign: EncodingKey,
    read: Vec<DecodingKey>,
    validation: Validation,
    access_minutes: i64,
}

impl Tokens {
    /// `previous` are keys that a rotation left behind: their tokens are read until they expire.
    pub fn new(key: &Key32, previous: &[Key32], access_minutes: i64) -> Self {
        let read =
            std::iter::once(key).chain(previous).map(|key| DecodingKey::from_secret(key.bytes())).collect();
        // Whether a token has expired is decided by our own clock, after its signature.
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_exp = false;
        validation.required_spec_claims.clear();
        Self { sign: EncodingKey::from_secret(key.bytes()), read, validation, access_minutes }
    }

    /// An access token of a session, and when it expires.
    pub fn access(&self, tenant: TenantId, role: Role, session: &Session, now: Time) -> (String, Time) {
        self.access_for(self.access_minutes, tenant, role, session, now)
    }

    /// The same, good for so many minutes; never beyond the session.
    pub fn access_for(
        &self,
        minutes: i64,
        tenant: TenantId,
        role: Role,
        session: &Session,
        now: Time,
    ) -> (String, Time) {
        let expires = now.plus(minutes * MINUTE).min(session.expires_at);
        (self.token(tenant, role, session, TokenKind::Access, now, expires), expires)
    }

    /// The refresh token of a session: good until the session ends.
    pub fn refresh(&self, tenant: TenantId, role: Role, session: &Session, now: Time) -> String {
        self.token(tenant, role, session, TokenKind::Refresh, now, session.expires_at)
    }

    fn token(
        &self,
        tenant: TenantId,
        role: Role,
        session: &Session,
        kind: TokenKind,
        now: Time,
        expires: Time,
    ) -> String {
        let claims = Claims {
            hospital: tenant.get(),
            sub: session.user.get(),
            role,
            sid: session.id.get(),
            api: session.face,
            kind,
            iat: now.seconds(),
            exp: expires.seconds(),
        };
        // Claims are plain numbers and words, and the key is of the right family: this cannot fail.
        encode(&Header::new(Algorithm::HS256), &claims, &self.sign).unwrap_or_default()
    }

    /// What a token says, if its signature is ours, whatever its age.
    pub fn read(&self, token: &str) -> Option<Claims> {
        self.read
            .iter()
            .find_map(|key| decode::<Claims>(token, key, &self.validation).ok())
            .map(|data| data.claims)
    }

    /// What a good token says.
    pub fn check(&self, token: &str, kind: TokenKind, now: Time) -> Result<Claims, Refusal> {
        let claims = self.read(token).filter(|claims| claims.kind == kind);
        let claims = claims.ok_or_else(|| {
            Refusal::new(Kind::Unauthenticated, "token_invalid", "This token is not valid.")
        })?;
        if claims.exp <= now.seconds() {
            return Err(Refusal::new(Kind::Unauthenticated, "token_expired", "This token has expired."));
        }
        Ok(claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ward_domain::id::Id;

    fn session() -> Session {
        let now = Time::from_millis(1_700_000_000_000);
        Session {
            id: Id::new(5).unwrap().into(),
            user: Id::new(6).unwrap().into(),
            face: Face::Medcor,
            address: String::new(),
            created_at: now,
            renewed_at: None,
            expires_at: now.plus(7 * 24 * 60 * MINUTE),
        }
    }

    #[test]
    fn a_token_reads_back_and_no_other_key_kind_or_time_will_do() {
        let (old, new) = (Key32::new([1; 32]), Key32::new([2; 32]));
        let tokens = Tokens::new(&old, &[], 60);
        let now = session().created_at;
        let (access, expires) = tokens.access(TenantId::from_number(9), Role::Doctor, &session(), now);
        assert_eq!(expires, now.plus(60 * MINUTE));
        let claims = tokens.check(&access, TokenKind::Access, now).unwrap();
        assert_eq!((claims.hospital, claims.sub, claims.sid, claims.api), (9, 6, 5, Face::Medcor));
        assert_eq!(tokens.check(&access, TokenKind::Refresh, now).unwrap_err().reason, "token_invalid");
        assert_eq!(tokens.check(&access, TokenKind::Access, expires).unwrap_err().reason, "token_expired");
        assert!(tokens.read(&access).is_some());
        assert!(Tokens::new(&new, &[], 60).read(&access).is_none());
        assert!(Tokens::new(&new, &[old], 60).read(&access).is_some());
        let mut forged = access.into_bytes();
        let last = forged.len() - 2;
        forged[last] ^= 1;
        assert!(tokens.read(&String::from_utf8(forged).unwrap()).is_none());
    }
}
