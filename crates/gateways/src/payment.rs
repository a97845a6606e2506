//! The port for payments: a page on which a patient pays, and what the provider tells of it later.
//!
//! Nothing here decides what a payment is worth or whether it counts: that is the ledger's. An adapter finds out who
//! signed what was told, and reads it.

mod sandbox;
mod scheme;
mod signed;

pub use sandbox::{PayLink, Sandbox};
pub use scheme::{SIGNATURE, Signature, TIMESTAMP, sign};
pub use signed::{SignedGateway, SignedSettings};

use async_trait::async_trait;
use ward_domain::id::TransactionId;
use ward_domain::ledger::{Money, ProviderNotice};
use ward_domain::refusal::Refusal;
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;

/// What is to be paid.
#[derive(Clone, PartialEq, Eq)]
pub struct PayRequest {
    /// Which payment; the provider is asked for each once, however often it is sent.
    pub transaction: TransactionId,
    /// How much.
    pub money: Money,
    /// What for, as the patient is to read it.
    pub description: String,
    /// The moment from which it is not waited for.
    pub expires_at: Time,
    /// The present moment.
    pub now: Time,
}

impl std::fmt::Debug for PayRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PayRequest").field("transaction", &self.transaction).finish_non_exhaustive()
    }
}

/// Where it is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayPage {
    /// The address of the page; a path below Ward's own where it begins with `/`.
    pub url: String,
    /// What the provider calls the payment; may be empty.
    pub reference: String,
}

/// Why there is no page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaymentError {
    /// It may work later.
    #[error("{0}")]
    Unavailable(String),
    /// Not before someone changes the settings, here or there.
    #[error("{0}")]
    Refused(String),
}

/// A payment provider.
#[async_trait]
pub trait PaymentGateway: Send + Sync {
    /// The adapter and where it leads, for the operator.
    fn describe(&self) -> String;

    /// Has a page made. Safe to repeat for the same transaction.
    async fn begin(&self, scope: &TenantScope, request: &PayRequest) -> Result<PayPage, PaymentError>;

    /// What a provider told, once its signature was found good, and which hospital it concerns.
    fn read(
        &self,
        now: Time,
        signature: Signature<'_>,
        body: &[u8],
    ) -> Result<(TenantId, ProviderNotice), Refusal>;

    /// The sandbox, if this is it: its pay page is Ward's own.
    fn sandbox(&self) -> Option<&Sandbox> {
        None
    }
}
