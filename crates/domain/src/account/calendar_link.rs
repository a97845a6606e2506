//! A link to a calendar: whoever holds it reads a doctor's or a patient's appointments, until it is revoked.
//!
//! Calendar programs cannot log in, so the link is the secret. It says whose it is and proves it with random bits, of
//! which only a digest is kept: it can be shown once.

use super::Account;
use crate::decision::{Change, Decision};
use crate::id::{CalendarLinkId, Id, UserId};
use crate::policy::Role;
use crate::record::{ClaimOp, Document, IndexRow, Key, List, RecordKind};
use crate::refusal::Refusal;
use crate::secret::{digest, hex, same};
use crate::tenancy::TenantId;
use crate::time::Time;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// Links of one user at once.
pub const MAX_LINKS: usize = 20;
/// Random bytes in a link.
pub const SECRET_BYTES: usize = 18;
/// Bytes of an id in a link: 53 bits.
const ID_BYTES: usize = 7;

/// A link to the calendar of its user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarLink {
    /// Its id.
    pub id: CalendarLinkId,
    /// Whose calendar it shows.
    pub user: UserId,
    /// Whether it names patients.
    pub with_names: bool,
    /// Digest of its secret, hex.
    pub digest: String,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    pub created_at: Time,
}

impl Document for CalendarLink {
    const KIND: RecordKind = RecordKind::CalendarLink;
    fn record_id(&self) -> Id {
        self.id.id()
    }
    fn index(&self) -> Vec<IndexRow> {
        let sort = self.created_at.sort_key();
        vec![
            IndexRow { list: List::CalendarLinks, eq: Key::all(), sort },
            IndexRow { list: List::CalendarLinksByUser, eq: Key::of(self.user.get()), sort },
        ]
    }
}

impl CalendarLink {
    /// Whether a secret is this link's, in a time that says nothing of it.
    pub fn opens_with(&self, secret: &[u8; SECRET_BYTES]) -> bool {
        same(hex(&digest(secret)).as_bytes(), self.digest.as_bytes())
    }
}

/// What stands in the address of a link: which hospital's it is, which link, and the secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LinkText {
    /// The hospital.
    pub tenant: TenantId,
    /// The link.
    pub id: CalendarLinkId,
    /// What proves it.
    pub secret: [u8; SECRET_BYTES],
}

impl LinkText {
    /// 43 letters that need no escape in an address.
    pub fn spelled(&self) -> String {
        let mut bytes = [0; 2 * ID_BYTES + SECRET_BYTES];
        let seven = |number: u64| {
            let mut seven = [0; ID_BYTES];
            seven.copy_from_slice(&number.to_be_bytes()[8 - ID_BYTES..]);
            seven
        };
        bytes[..ID_BYTES].copy_from_slice(&seven(self.tenant.get()));
        bytes[ID_BYTES..2 * ID_BYTES].copy_from_slice(&seven(self.id.get()));
        bytes[2 * ID_BYTES..].copy_from_slice(&self.secret);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads [`LinkText::spelled`]; anything else is no link.
    pub fn read(text: &str) -> Option<Self> {
        if text.len() != 43 {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let number = |bytes: &[u8]| bytes.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte));
        let (tenant, rest) = bytes.split_at_checked(ID_BYTES)?;
        let (id, secret) = rest.split_at_checked(ID_BYTES)?;
        Some(Self {
            tenant: TenantId::from_number(Id::new(number(tenant))?.get()),
            id: Id::new(number(id))?.into(),
            secret: secret.try_into().ok()?,
        })
    }
}

impl std::fmt::Debug for LinkText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LinkText").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Adds a link to those that its user has.
pub fn add_link(
    account: &Account,
    links: &[CalendarLink],
    new: &CalendarLink,
    claims: &[ClaimOp],
) -> Result<Decision, Refusal> {
    if !matches!(account.role, Role::Doctor | Role::Patient) {
        return Err(Refusal::field("doctor", "Only doctors and patients have a calendar."));
    }
    if new.with_names && account.role != Role::Doctor {
        return Err(Refusal::field("with_names", "Only a doctor's calendar can name patients."));
    }
    if links.len() >= MAX_LINKS {
        return Err(Refusal::conflict(
            "too_many_links",
            format!("There are {MAX_LINKS} links to this calendar already: revoke one."),
        ));
    }
    Ok(Decision { changes: vec![Change::create(new)], claims: claims.to_vec(), happenings: Vec::new() })
}

/// Revokes a link: from the next request on it shows nothing.
pub fn revoke_link(links: &[CalendarLink], id: CalendarLinkId) -> Result<Decision, Refusal> {
    let link = links.iter().find(|link| link.id == id).ok_or_else(|| Refusal::not_found("Calendar link"))?;
    Ok(Decision { changes: vec![Change::remove(link)], ..Decision::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text() -> LinkText {
        LinkText {
            tenant: TenantId::from_number(crate::id::MAX),
            id: Id::new(77).unwrap().into(),
            secret: [9; SECRET_BYTES],
        }
    }

    #[test]
    fn a_link_reads_back_and_nothing_else_is_one() {
        let spelled = text().spelled();
        assert_eq!((spelled.len(), LinkText::read(&spelled)), (43, Some(text())));
        for other in ["", "7", &spelled[1..], &format!("{spelled}A"), &"/".repeat(43), &"_".repeat(43)] {
            assert_eq!(LinkText::read(other), None, "{other}");
        }
        assert!(!format!("{:?}", text()).contains('9'), "the secret is not printed");
    }

    #[test]
    fn a_link_opens_with_its_secret_only() {
        let secret = text().secret;
        let link = CalendarLink {
            id: text().id,
            user: Id::new(7).unwrap().into(),
            with_names: false,
            digest: hex(&digest(&secret)),
            created_by: Id::new(7).unwrap().into(),
            created_at: Time::from_millis(0),
        };
        assert!(link.opens_with(&secret) && !link.opens_with(&[8; SECRET_BYTES]));
        assert!(!serde_json::to_string(&link).unwrap().contains(&text().spelled()[20..]));
        assert_eq!(revoke_link(&[link], Id::new(78).unwrap().into()).unwrap_err().reason, "not_found");
    }
}
