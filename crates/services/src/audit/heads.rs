//! Signed heads: what each chain's end was, said by a key that the store does not hold.

use crate::{Fail, House};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use std::time::Duration;
use ward_actors::audit_trail::AuditMessage;
use ward_domain::audit::SignedHead;
use ward_domain::secret::{Key32, hex};
use ward_domain::tenancy::TenantScope;

/// Signs and checks heads. Its key is derived from the master key.
pub struct HeadSigner {
    pair: Ed25519KeyPair,
    /// Public keys of master keys before: what they signed still holds.
    previous: Vec<Vec<u8>>,
}

impl HeadSigner {
    /// From keys derived from the master keys: the one in use, and those before.
    pub fn new(seed: &Key32, previous: &[Key32]) -> Result<Self, Fail> {
        let pair = |seed: &Key32| {
            Ed25519KeyPair::from_seed_unchecked(seed.bytes()).map_err(|error| Fail::Fault(error.to_string()))
        };
        let public = |seed: &Key32| pair(seed).map(|pair| pair.public_key().as_ref().to_vec());
        Ok(Self { pair: pair(seed)?, previous: previous.iter().map(public).collect::<Result<_, _>>()? })
    }

    /// What an auditor checks signatures with, hex.
    pub fn public_key(&self) -> String {
        hex(self.pair.public_key().as_ref())
    }

    fn sign(&self, head: &SignedHead) -> String {
        hex(self.pair.sign(head.message().as_bytes()).as_ref())
    }

    /// Whether a head was signed with this key.
    pub fn is_good(&self, head: &SignedHead) -> bool {
        let signature: Option<Vec<u8>> = (0..head.signature.len() / 2)
            .map(|at| {
                head.signature.get(at * 2..at * 2 + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok())
            })
            .collect();
        let Some(signature) = signature else { return false };
        let keys =
            std::iter::once(self.pair.public_key().as_ref()).chain(self.previous.iter().map(Vec::as_slice));
        keys.map(|key| UnparsedPublicKey::new(&ED25519, key))
            .any(|key| key.verify(head.message().as_bytes(), &signature).is_ok())
    }
}

/// Signs the head of this process's chain in a hospital, and keeps it with the chain.
pub async fn sign_heads(house: &House, signer: &HeadSigner, scope: &TenantScope) -> Result<(), Fail> {
    let deadline = Duration::from_secs(30);
    let end = house.actors.trails.ask(scope, house.actors.chain(), deadline, AuditMessage::Head).await?;
    if end.sequence == 0 {
        return Ok(());
    }
    let mut head = SignedHead {
        id: house.new_id()?,
        chain: end.chain,
        sequence: end.sequence,
        hash: end.hash,
        at: house.env.now(),
        signature: String::new(),
    };
    head.signature = signer.sign(&head);
    house
        .actors
        .trails
        .ask(scope, house.actors.chain(), deadline, AuditMessage::Keep(Box::new(head)))
        .await?;
    Ok(())
}
