//! The sandbox: a payment provider that moves no money, for demonstrations and tests. Its pay page is Ward's own
//! (`/pay/…`), and what is chosen there is told as any provider tells it: a signed body, read by the same code.
//!
//! ```text
//! bytes 0-7    tenant
//!       8-15   transaction
//!       16-47  HMAC-SHA256 of all before it
//! ```
//! In base64 for URLs: the address of a pay page. Whoever has it is the patient; it names nobody.

use super::scheme::{self, Signature};
use super::{PayPage, PayRequest, PaymentError, PaymentGateway};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ward_domain::id::{Id, TransactionId};
use ward_domain::ledger::{Money, ProviderNotice, Said};
use ward_domain::refusal::Refusal;
use ward_domain::secret::{Key32, hex, same};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;

const SIGNED: usize = 16;
const LENGTH: usize = SIGNED + 32;

/// Where the pages lie, below Ward's address.
const PAGES: &str = "/pay/";

/// The sandbox.
pub struct Sandbox {
    current: Keys,
    /// Those before it: they open what was signed before the master key was changed.
    previous: Vec<Keys>,
}

/// What one master key gives.
struct Keys {
    links: Key32,
    callbacks: String,
}

impl Keys {
    fn of(master: &Key32) -> Self {
        Self { links: master.derive("pay links"), callbacks: hex(master.derive("callbacks").bytes()) }
    }
}

/// Which page an address leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayLink {
    /// Whose.
    pub tenant: TenantId,
    /// Which payment.
    pub transaction: TransactionId,
}

impl Sandbox {
    /// Links and callbacks are signed with keys derived from `current`.
    pub fn new(current: &Key32, previous: &[Key32]) -> Self {
        Self { current: Keys::of(current), previous: previous.iter().map(Keys::of).collect() }
    }

    /// The one in use first.
    fn keys(&self) -> impl Iterator<Item = &Keys> {
        std::iter::once(&self.current).chain(&self.previous)
    }

    fn link(&self, tenant: TenantId, transaction: TransactionId) -> String {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.extend_from_slice(&tenant.get().to_be_bytes());
        bytes.extend_from_slice(&transaction.get().to_be_bytes());
        let mac = self.current.links.mac(&[&bytes]);
        bytes.extend_from_slice(&mac);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Which page a link leads to; `None` where Ward never gave it out.
    pub fn follow(&self, link: &str) -> Option<PayLink> {
        let bytes: [u8; LENGTH] = URL_SAFE_NO_PAD.decode(link).ok()?.try_into().ok()?;
        let (signed, mac) = bytes.split_at(SIGNED);
        if !self.keys().any(|keys| same(&keys.links.mac(&[signed]), mac)) {
            return None;
        }
        let (tenant, transaction) = signed.split_at(8);
        let number = |bytes: &[u8]| bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
        let tenant = TenantId::from_number(number(tenant));
        Some(PayLink { tenant, transaction: Id::new(number(transaction))?.into() })
    }

    /// What the sandbox tells when someone has chosen: the two headers and the body. Choosing twice is one event.
    pub fn tell(&self, page: PayLink, money: Money, said: Said, now: Time) -> (String, String, Vec<u8>) {
        let word = match said {
            Said::Paid => "paid",
            Said::Declined => "declined",
        };
        let notice = ProviderNotice {
            event: format!("sandbox-{}-{}-{word}", page.tenant.get(), page.transaction),
            transaction: page.transaction,
            said,
            money,
            reference: format!("sandbox-{}", page.transaction),
        };
        let body = scheme::body(page.tenant, &notice);
        let signature = scheme::sign(&self.current.callbacks, now.seconds(), &body);
        (now.seconds().to_string(), signature, body)
    }
}

#[async_trait]
impl PaymentGateway for Sandbox {
    fn describe(&self) -> String {
        "sandbox: no money moves".to_owned()
    }

    async fn begin(&self, scope: &TenantScope, request: &PayRequest) -> Result<PayPage, PaymentError> {
        let url = format!("{PAGES}{}", self.link(scope.tenant(), request.transaction));
        Ok(PayPage { url, reference: String::new() })
    }

    fn read(
        &self,
        now: Time,
        signature: Signature<'_>,
        body: &[u8],
    ) -> Result<(TenantId, ProviderNotice), Refusal> {
        scheme::check(self.keys().map(|keys| keys.callbacks.as_str()), now, signature, body)?;
        scheme::read(body)
    }

    fn sandbox(&self) -> Option<&Self> {
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ward_domain::ledger::Currency;

    fn page() -> PayLink {
        PayLink { tenant: TenantId::from_number(7), transaction: Id::new(77).unwrap().into() }
    }

    #[test]
    fn no_letter_of_a_pay_link_can_be_changed() {
        let (old, new) = (Key32::new([1; 32]), Key32::new([2; 32]));
        let sandbox = Sandbox::new(&old, &[]);
        let link = sandbox.link(page().tenant, page().transaction);
        assert_eq!(sandbox.follow(&link), Some(page()));
        assert_eq!(
            Sandbox::new(&new, &[old]).follow(&link),
            Some(page()),
            "after the master key was changed"
        );
        assert_eq!(Sandbox::new(&new, &[]).follow(&link), None);
        for position in 0..link.len() {
            for letter in ["A", "z", "_", "=", "%"] {
                let mut altered = link.clone();
                altered.replace_range(position..=position, letter);
                if altered != link {
                    assert_eq!(sandbox.follow(&altered), None, "{position}");
                }
            }
        }
        for other in ["", "x", &link[1..], &format!("{link}A")] {
            assert_eq!(sandbox.follow(other), None);
        }
    }

    #[test]
    fn what_the_sandbox_tells_is_read_as_any_providers_word() {
        let (sandbox, now) = (Sandbox::new(&Key32::new([1; 32]), &[]), Time::from_millis(1_750_000_000_000));
        let money = Money::of(500, Currency::IRR);
        let (timestamp, signature, body) = sandbox.tell(page(), money, Said::Paid, now);
        let given = Signature { timestamp: &timestamp, signature: &signature };
        let (tenant, notice) = sandbox.read(now, given, &body).unwrap();
        assert_eq!((tenant, notice.transaction, notice.money), (page().tenant, page().transaction, money));
        let again = sandbox.tell(page(), money, Said::Paid, now.plus(1_000)).2;
        assert_eq!(again, body, "one event");
        let other = Sandbox::new(&Key32::new([2; 32]), &[]);
        assert_eq!(other.read(now, given, &body).unwrap_err().reason, "signature_invalid");
    }
}
