//! Logging in, and registering, by a telephone number: a code by SMS instead of a password.
//!
//! The codes of a number are kept whether anyone has an account with it or not, in the platform's scope, and a text goes
//! out either way: so nothing that is answered, nor when, says who has one. Whoever shows the code has the number; only
//! then is it looked where it leads.

mod log_in;
mod send;

pub use log_in::{ShownCode, log_in_by_code};
pub use send::{AskedCode, CodeSent, send_code};

use crate::{Fail, House, RequestMeta};
use ward_domain::id::{Id, UserId};
use ward_domain::tenancy::TenantId;

impl House {
    /// What the log-in codes of a number are kept under.
    fn log_in_code_key(&self, phone: &str) -> [u8; 16] {
        self.phone_code_key(&[b"log-in"], phone)
    }

    /// The hospital that is named: by the host, by the caller, or when the code was asked for.
    async fn phone_tenant(&self, meta: &RequestMeta, hospital: Option<Id>) -> Result<Option<TenantId>, Fail> {
        let named = self.named_tenant(meta, hospital).await?;
        if let Some(tenant) = named {
            self.scope_said(tenant).await?;
        }
        Ok(named)
    }
}

/// Where a number leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// To this account.
    Account(TenantId, UserId),
    /// To a new account at this hospital.
    New(TenantId),
    /// Nowhere yet: it has accounts at several hospitals, and none is named.
    Several,
    /// Nowhere: it has no account, and no hospital is named or the default.
    Nowhere,
}

/// As a password log-in finds its account: at the hospital that is named, else at the default one if there is one there,
/// else anywhere.
fn way(homes: &[(TenantId, UserId)], named: Option<TenantId>, default: Option<TenantId>) -> Way {
    let at = |tenant: TenantId| homes.iter().find(|(home, _)| *home == tenant);
    let found = |&(tenant, user): &(TenantId, UserId)| Way::Account(tenant, user);
    if let Some(tenant) = named {
        return at(tenant).map_or(Way::New(tenant), found);
    }
    match (default.and_then(at), homes, default) {
        (Some(home), ..) | (None, [home], _) => found(home),
        (None, [], Some(default)) => Way::New(default),
        (None, [], None) => Way::Nowhere,
        (None, ..) => Way::Several,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_leads_where_a_password_would() {
        let [a, b, c] = [1, 2, 3].map(TenantId::from_number);
        let user = UserId::from(Id::new(9).unwrap());
        let (one, two) = (vec![(a, user)], vec![(a, user), (b, user)]);
        for (homes, named, default, leads) in [
            (&one, Some(a), None, Way::Account(a, user)),
            (&one, Some(b), Some(a), Way::New(b)),
            (&two, None, Some(b), Way::Account(b, user)),
            (&one, None, Some(c), Way::Account(a, user)),
            (&one, None, None, Way::Account(a, user)),
            (&two, None, Some(c), Way::Several),
            (&vec![], None, Some(c), Way::New(c)),
            (&vec![], None, None, Way::Nowhere),
        ] {
            assert_eq!(way(homes, named, default), leads, "{homes:?} {named:?} {default:?}");
        }
    }
}
