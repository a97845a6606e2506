//! Sealing through the whole store: what lies below, where it opens, and what a rotation does.

mod rotation;

use super::Sealed;
use crate::conformance::fixture::{APPOINTMENT, SLOT, at, calendar, claim, draft, id, tenant};
use crate::conformance::{Keys, Model};
use crate::{CommitError, KeyringError, Place, SEAL_OVERHEAD, Store, StoreError, Swap};
use async_trait::async_trait;
use std::sync::Arc;
use ward_domain::record::RecordKind;
use ward_domain::tenancy::TenantScope;

/// A sealed store, the store below it, and its keys.
struct House {
    sealed: Arc<Sealed<Arc<Model>>>,
    below: Arc<Model>,
    keys: Arc<Keys>,
}

fn house() -> House {
    let (below, keys) = (Arc::new(Model::new()), Arc::new(Keys::new()));
    let sealed = Arc::new(Sealed::new(Arc::clone(&below), Arc::<Keys>::clone(&keys)));
    House { sealed, below, keys }
}

impl House {
    /// What lies below.
    async fn raw(&self, scope: &TenantScope, kind: RecordKind, number: u64) -> Vec<u8> {
        self.below.get(scope, kind, id(number)).await.unwrap().unwrap().body.to_vec()
    }

    /// Puts other bytes below.
    async fn plant(&self, scope: &TenantScope, kind: RecordKind, number: u64, new: Vec<u8>) {
        let old = self.raw(scope, kind, number).await;
        let swap = Swap { place: Place { kind, id: id(number) }, old, new };
        assert_eq!(self.below.swap_bodies(scope, vec![swap]).await.unwrap(), 1);
    }

    async fn read(&self, scope: &TenantScope, kind: RecordKind, number: u64) -> Result<Vec<u8>, StoreError> {
        self.sealed.get(scope, kind, id(number)).await.map(|stored| stored.unwrap().body.to_vec())
    }
}

fn damaged<T: std::fmt::Debug>(answer: Result<T, StoreError>) -> String {
    match answer {
        Err(StoreError::Damaged(why)) => why,
        other => panic!("not damaged: {other:?}"),
    }
}

#[tokio::test]
async fn below_lies_the_documented_layout() {
    let house = house();
    house.sealed.commit(&tenant(1), draft(calendar(1), 0).put(SLOT, 1, "text", &[]).0).await.unwrap();
    let raw = house.raw(&tenant(1), SLOT, 1).await;
    assert_eq!(raw.len(), 4 + SEAL_OVERHEAD);
    assert_eq!(raw[..5], [1, 0, 0, 0, 1], "format 1, key 1");
}

#[tokio::test]
async fn one_body_is_never_sealed_the_same_twice() {
    let house = house();
    let mut seen = std::collections::BTreeSet::new();
    for version in 0..100 {
        let commit = draft(calendar(1), version).put(SLOT, 1, "the same text", &[]);
        house.sealed.commit(&tenant(1), commit.0).await.unwrap();
        let raw = house.raw(&tenant(1), SLOT, 1).await;
        assert!(seen.insert(raw[5..17].to_vec()), "a nonce came twice");
    }
}

#[tokio::test]
async fn a_body_opens_only_at_its_place() {
    let house = house();
    // One text everywhere: only the place differs.
    for scope in [tenant(1), tenant(2)] {
        let commit = draft(calendar(1), 0).put(SLOT, 1, "text", &[]).put(SLOT, 2, "text", &[]).put(
            APPOINTMENT,
            1,
            "text",
            &[],
        );
        house.sealed.commit(&scope, commit.0).await.unwrap();
    }
    let here = house.raw(&tenant(1), SLOT, 1).await;
    for (scope, kind, number) in [(tenant(1), SLOT, 2), (tenant(1), APPOINTMENT, 1), (tenant(2), SLOT, 1)] {
        let own = house.raw(&scope, kind, number).await;
        house.plant(&scope, kind, number, here.clone()).await;
        damaged(house.read(&scope, kind, number).await);
        house.plant(&scope, kind, number, own).await;
        assert_eq!(house.read(&scope, kind, number).await.unwrap(), b"text");
    }
}

#[tokio::test]
async fn claims_events_and_documents_do_not_pass_for_each_other() {
    let house = house();
    let scope = tenant(1);
    let commit = draft(calendar(1), 0).put(SLOT, 7, "text", &[]).take(claim(7), "text", None).event(7);
    house.sealed.commit(&scope, commit.0).await.unwrap();
    let document = house.raw(&scope, SLOT, 7).await;
    let held = house.below.claim(&scope, &claim(7), at(0)).await.unwrap().unwrap().body;
    let event = house.below.pending_events(&scope, 1).await.unwrap().remove(0).event.body;
    for stranger in [&held, &event] {
        house.plant(&scope, SLOT, 7, stranger.clone()).await;
        damaged(house.read(&scope, SLOT, 7).await);
    }

    // The same the other way round, written past the seal.
    let mut commit = draft(calendar(2), 0).take(claim(8), "", None).event(8).0;
    let ward_domain::record::ClaimOp::Take { body, .. } = &mut commit.claims[0] else { unreachable!() };
    body.clone_from(&held);
    commit.events[0].body = document;
    house.below.commit(&scope, commit).await.unwrap();
    damaged(house.sealed.claim(&scope, &claim(8), at(0)).await);
    damaged(house.sealed.pending_events(&scope, 10).await);
}

#[tokio::test]
async fn every_altered_byte_and_every_cut_is_found() {
    let house = house();
    let scope = tenant(1);
    let text = "a secret text";
    house.sealed.commit(&scope, draft(calendar(1), 0).put(SLOT, 1, text, &[]).0).await.unwrap();
    let whole = house.raw(&scope, SLOT, 1).await;
    for position in 0..whole.len() {
        for bit in [1, 0x80] {
            let mut altered = whole.clone();
            altered[position] ^= bit;
            house.plant(&scope, SLOT, 1, altered).await;
            let why = damaged(house.read(&scope, SLOT, 1).await);
            assert!(!why.contains("secret"), "the report says what was in it: {why}");
        }
    }
    for length in 0..whole.len() {
        house.plant(&scope, SLOT, 1, whole[..length].to_vec()).await;
        damaged(house.read(&scope, SLOT, 1).await);
    }
    house.plant(&scope, SLOT, 1, [whole.clone(), vec![0]].concat()).await;
    damaged(house.read(&scope, SLOT, 1).await);
    house.plant(&scope, SLOT, 1, text.into()).await;
    damaged(house.read(&scope, SLOT, 1).await);
    house.plant(&scope, SLOT, 1, whole).await;
    assert_eq!(house.read(&scope, SLOT, 1).await.unwrap(), text.as_bytes());
}

#[tokio::test]
async fn one_damaged_document_fails_the_answer_it_belongs_to() {
    let house = house();
    let scope = tenant(1);
    let commit = draft(calendar(1), 0).put(SLOT, 1, "one", &[]).put(SLOT, 2, "two", &[]);
    house.sealed.commit(&scope, commit.0).await.unwrap();
    house.plant(&scope, SLOT, 2, b"not sealed".to_vec()).await;
    let why = damaged(house.sealed.get_many(&scope, SLOT, &[id(1), id(2)]).await);
    assert!(why.contains("Slot 2"), "{why}");
    assert_eq!(*house.sealed.get_many(&scope, SLOT, &[id(1)]).await.unwrap()[0].body, *b"one");
}

#[tokio::test]
async fn without_keys_nothing_opens_and_nothing_is_written() {
    let house = house();
    let scope = tenant(1);
    let commit = draft(calendar(1), 0).put(SLOT, 1, "one", &[]).take(claim(1), "one", None).event(1);
    house.sealed.commit(&scope, commit.0).await.unwrap();
    assert_eq!(house.read(&scope, SLOT, 1).await.unwrap(), b"one");

    // For now: the same question later.
    house.keys.unavailable(true);
    assert!(matches!(house.read(&scope, SLOT, 1).await, Err(StoreError::Unavailable(_))));
    let next = draft(calendar(1), 1).put(SLOT, 1, "two", &[]);
    let refused = house.sealed.commit(&scope, next.0.clone()).await;
    assert!(matches!(refused, Err(CommitError::Unavailable(_))), "{refused:?}");
    house.keys.unavailable(false);
    assert_eq!(house.read(&scope, SLOT, 1).await.unwrap(), b"one");

    // For good: at once, though the cipher was in use a moment ago.
    house.keys.destroy(&scope, u32::MAX);
    damaged(house.read(&scope, SLOT, 1).await);
    damaged(house.sealed.claim(&scope, &claim(1), at(0)).await);
    damaged(house.sealed.pending_events(&scope, 1).await);
    let refused = house.sealed.commit(&scope, next.0).await;
    assert!(matches!(refused, Err(CommitError::Unavailable(_))), "{refused:?}");
    assert_eq!(house.below.version(&scope, calendar(1)).await.unwrap(), 1);
    assert_eq!(house.sealed.ciphers.cached(scope.tenant()), 0, "a destroyed key stayed in memory");
}

#[tokio::test]
async fn another_ring_with_other_keys_opens_nothing() {
    /// Key 1 of everyone is the same: only the place still tells tenants apart.
    struct OneKey;
    impl crate::Keyring for OneKey {
        fn current(&self, scope: &TenantScope) -> Result<crate::SealingKey, KeyringError> {
            Ok(crate::SealingKey { id: 1, key: self.by_id(scope, 1)? })
        }
        fn by_id(&self, _: &TenantScope, _: u32) -> Result<ward_domain::secret::Key32, KeyringError> {
            Ok(ward_domain::secret::Key32::new([9; 32]))
        }
    }
    let house = house();
    house.sealed.commit(&tenant(1), draft(calendar(1), 0).put(SLOT, 1, "one", &[]).0).await.unwrap();
    let other = Sealed::new(Arc::clone(&house.below), Arc::new(OneKey));
    damaged(other.get(&tenant(1), SLOT, id(1)).await);

    // Even under one key, a body of one tenant does not open in another, nor under another key id.
    other.commit(&tenant(2), draft(calendar(1), 0).put(SLOT, 1, "two", &[]).0).await.unwrap();
    other.commit(&tenant(3), draft(calendar(1), 0).put(SLOT, 1, "three", &[]).0).await.unwrap();
    let mut two = house.raw(&tenant(2), SLOT, 1).await;
    house.plant(&tenant(3), SLOT, 1, two.clone()).await;
    damaged(other.get(&tenant(3), SLOT, id(1)).await);
    two[4] = 2;
    house.plant(&tenant(2), SLOT, 1, two).await;
    damaged(other.get(&tenant(2), SLOT, id(1)).await);
}

#[tokio::test]
async fn the_end_of_a_tenant_wipes_its_ciphers() {
    let house = house();
    for scope in [tenant(1), tenant(2)] {
        house.sealed.commit(&scope, draft(calendar(1), 0).put(SLOT, 1, "one", &[]).0).await.unwrap();
        assert_eq!(house.sealed.ciphers.cached(scope.tenant()), 1);
    }
    house.sealed.destroy(&tenant(1)).await.unwrap();
    assert_eq!(house.sealed.ciphers.cached(tenant(1).tenant()), 0);
    assert_eq!(house.sealed.ciphers.cached(tenant(2).tenant()), 1);
}

#[tokio::test]
async fn a_cached_cipher_serves_only_the_key_that_the_ring_gives_now() {
    /// Breaks the port's rule that an id never names a second key, as a ring restored from a wrong backup might.
    struct Turned(std::sync::atomic::AtomicU8);
    impl crate::Keyring for Turned {
        fn current(&self, scope: &TenantScope) -> Result<crate::SealingKey, KeyringError> {
            Ok(crate::SealingKey { id: 1, key: self.by_id(scope, 1)? })
        }
        fn by_id(&self, _: &TenantScope, _: u32) -> Result<ward_domain::secret::Key32, KeyringError> {
            let byte = self.0.load(std::sync::atomic::Ordering::Relaxed);
            Ok(ward_domain::secret::Key32::new([byte; 32]))
        }
    }
    let (ring, scope) = (Arc::new(Turned(1.into())), tenant(1));
    let sealed = Sealed::new(Model::new(), Arc::<Turned>::clone(&ring));
    sealed.commit(&scope, draft(calendar(1), 0).put(SLOT, 1, "one", &[]).0).await.unwrap();
    assert_eq!(*sealed.get(&scope, SLOT, id(1)).await.unwrap().unwrap().body, *b"one");
    ring.0.store(2, std::sync::atomic::Ordering::Relaxed);
    damaged(sealed.get(&scope, SLOT, id(1)).await);
    ring.0.store(1, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(*sealed.get(&scope, SLOT, id(1)).await.unwrap().unwrap().body, *b"one");
}

#[tokio::test]
async fn a_key_that_another_process_made_is_learnt_before_it_is_missed() {
    /// Knows nothing until it is asked to look.
    #[derive(Default)]
    struct Late(std::sync::atomic::AtomicBool, Keys);
    #[async_trait]
    impl crate::Keyring for Late {
        fn current(&self, scope: &TenantScope) -> Result<crate::SealingKey, KeyringError> {
            self.by_id(scope, 1).and_then(|_| self.1.current(scope))
        }
        fn by_id(&self, scope: &TenantScope, id: u32) -> Result<ward_domain::secret::Key32, KeyringError> {
            if !self.0.load(std::sync::atomic::Ordering::Relaxed) {
                return Err(KeyringError::NoSuchKey);
            }
            self.1.by_id(scope, id)
        }
        async fn refresh(&self, _: &TenantScope) -> Result<(), KeyringError> {
            self.0.store(true, std::sync::atomic::Ordering::Relaxed);
            Ok(())
        }
    }
    let (house, scope) = (house(), tenant(1));
    house.sealed.commit(&scope, draft(calendar(1), 0).put(SLOT, 1, "one", &[]).0).await.unwrap();
    let late = || Sealed::new(Arc::clone(&house.below), Arc::new(Late::default()));
    assert_eq!(*late().get(&scope, SLOT, id(1)).await.unwrap().unwrap().body, *b"one");
    assert_eq!(late().get_many(&scope, SLOT, &[id(1)]).await.unwrap().len(), 1);
    late().commit(&scope, draft(calendar(1), 1).put(SLOT, 1, "two", &[]).0).await.unwrap();
    assert_eq!(house.read(&scope, SLOT, 1).await.unwrap(), b"two");
}
