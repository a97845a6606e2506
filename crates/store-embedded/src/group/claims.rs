//! Claims: who may have what, and until when.

use super::overlay::Overlay;
use crate::engine::{Engine, Table, damaged, read_error, undecided};
use crate::keys;
use crate::value::{self, ClaimValue, NEVER};
use std::collections::BTreeMap;
use ward_domain::record::{ClaimKey, ClaimOp};
use ward_domain::tenancy::TenantId;
use ward_domain::time::{HOUR, Time};
use ward_store::{AggregateRef, Commit, CommitError, StoreError};

/// The claims of one commit, tried in order over what the group holds, and kept apart until all of them are granted.
pub(super) struct Trial<'a> {
    engine: &'a Engine,
    group: &'a Overlay,
    tenant: TenantId,
    owner: AggregateRef,
    at: Time,
    claims: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    expiries: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

type Write = (Table, Vec<u8>, Option<Vec<u8>>);

impl<'a> Trial<'a> {
    pub(super) const fn new(
        engine: &'a Engine,
        group: &'a Overlay,
        tenant: TenantId,
        commit: &Commit,
    ) -> Self {
        Self {
            engine,
            group,
            tenant,
            owner: commit.aggregate,
            at: commit.at,
            claims: BTreeMap::new(),
            expiries: BTreeMap::new(),
        }
    }

    /// What is to be written if the commit is accepted.
    pub(super) fn into_writes(self) -> impl Iterator<Item = Write> + use<> {
        let claims = self.claims.into_iter().map(|(key, value)| (Table::Claims, key, value));
        claims.chain(self.expiries.into_iter().map(|(key, value)| (Table::Platform, key, value)))
    }

    pub(super) fn apply(&mut self, op: &ClaimOp) -> Result<(), CommitError> {
        match op {
            ClaimOp::Take { key, body, expires } => self.take(key, body, *expires),
            ClaimOp::Release { key } => self.release(key),
            ClaimOp::TakeSpan { key, start, end } => self.take_span(key, *start, *end),
            ClaimOp::ReleaseSpan { key, start } => self.release_span(key, *start),
        }
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.claims.get(key) {
            Some(value) => Ok(value.clone()),
            None => Ok(self.group.get(self.engine, Table::Claims, key)?.map(std::borrow::Cow::into_owned)),
        }
    }

    fn claim(&self, key: &[u8]) -> Result<Option<ClaimValue>, CommitError> {
        let bytes = self.get(key).map_err(|error| undecided(&error))?;
        let decode =
            |bytes: Vec<u8>| ClaimValue::decode(&bytes).ok_or_else(|| undecided(&damaged("a claim")));
        bytes.map(decode).transpose()
    }

    fn take(&mut self, claim: &ClaimKey, body: &[u8], expires: Option<Time>) -> Result<(), CommitError> {
        let key = keys::claim(self.tenant, claim);
        if let Some(held) = self.claim(&key)? {
            if held.owner != self.owner && !held.has_lapsed(self.at) {
                return Err(CommitError::ClaimTaken { key: claim.clone(), owner: held.owner });
            }
            self.unlist(&held, &key);
        }
        let expires = expires.map_or(NEVER, Time::sort_key);
        if expires != NEVER {
            self.expiries.insert(keys::expiry(expires, &key), Some(Vec::new()));
        }
        let value = ClaimValue { owner: self.owner, expires, body: body.to_vec() };
        self.claims.insert(key, Some(value.encode()));
        Ok(())
    }

    fn release(&mut self, claim: &ClaimKey) -> Result<(), CommitError> {
        let key = keys::claim(self.tenant, claim);
        if let Some(held) = self.claim(&key)?.filter(|held| held.owner == self.owner) {
            self.unlist(&held, &key);
            self.claims.insert(key, None);
        }
        Ok(())
    }

    fn unlist(&mut self, held: &ClaimValue, key: &[u8]) {
        if held.expires != NEVER {
            self.expiries.insert(keys::expiry(held.expires, key), None);
        }
    }

    fn take_span(&mut self, claim: &ClaimKey, start: Time, end: Time) -> Result<(), CommitError> {
        let spans = keys::spans(self.tenant, claim);
        // A span has at least a millisecond: an empty one would slip past its neighbours.
        let (from, until) = (start.sort_key(), end.sort_key().max(start.sort_key() + 1));
        for (key, bytes) in self.spans(&spans).map_err(|error| undecided(&error))? {
            let (owner, other_until, other_from) = value::read_span(&bytes)
                .and_then(|(owner, until)| Some((owner, until, keys::read_span_start(&key)?)))
                .ok_or_else(|| undecided(&damaged("a span")))?;
            if other_from < until && from < other_until {
                return Err(CommitError::ClaimTaken { key: claim.clone(), owner });
            }
        }
        self.claims.insert(keys::span(&spans, start), Some(value::span(self.owner, until)));
        Ok(())
    }

    fn release_span(&mut self, claim: &ClaimKey, start: Time) -> Result<(), CommitError> {
        let key = keys::span(&keys::spans(self.tenant, claim), start);
        let held = self.get(&key).map_err(|error| undecided(&error))?;
        if held.and_then(|bytes| value::read_span(&bytes)).is_some_and(|(owner, _)| owner == self.owner) {
            self.claims.insert(key, None);
        }
        Ok(())
    }

    fn spans(&self, spans: &[u8]) -> Result<BTreeMap<Vec<u8>, Vec<u8>>, StoreError> {
        let mut found = self.group.prefix(self.engine, Table::Claims, spans)?;
        let own = self.claims.range(spans.to_vec()..).take_while(|(key, _)| key.starts_with(spans));
        for (key, value) in own {
            match value {
                Some(value) => found.insert(key.clone(), value.clone()),
                None => found.remove(key),
            };
        }
        Ok(found)
    }
}

/// Lapsed claims looked at with one commit.
const SWEPT: usize = 32;

/// Removes claims that lapsed long ago: every request leaves one, and nobody gives those back.
#[derive(Debug, Default)]
pub(crate) struct Lapsed {
    /// The expiry that was swept last, so that removed ones are not walked over again.
    from: u64,
}

impl Lapsed {
    /// An hour late, so that no caller whose clock is a little behind finds a claim gone that stood for it.
    pub(super) fn sweep(
        &mut self,
        engine: &Engine,
        overlay: &mut Overlay,
        now: Time,
    ) -> Result<(), StoreError> {
        let until = now.plus(-HOUR).sort_key();
        if self.from >= until {
            return Ok(());
        }
        let range = keys::expiry(self.from, &[])..keys::expiry(until, &[]);
        let mut found = 0;
        for entry in engine.table(Table::Platform).range(range).take(SWEPT) {
            let listed = entry.key().map_err(|error| read_error(&error))?;
            let (expires, key) = keys::read_expiry(&listed).ok_or_else(|| damaged("a claim's expiry"))?;
            let held = overlay.get(engine, Table::Claims, key)?.and_then(|bytes| ClaimValue::decode(&bytes));
            if held.is_some_and(|held| held.expires == expires) {
                overlay.set(Table::Claims, key.to_vec(), None);
            }
            overlay.set(Table::Platform, listed.to_vec(), None);
            self.from = expires;
            found += 1;
        }
        if found < SWEPT {
            self.from = until;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::Folder;
    use crate::options::Options;
    use fjall::Readable;
    use ward_domain::id::Id;
    use ward_domain::record::AggregateKind;

    fn expiring(key: u8, expires: Time) -> ClaimOp {
        ClaimOp::Take { key: ClaimKey::request(&[key; 32]), body: Vec::new(), expires: Some(expires) }
    }

    #[test]
    fn claims_that_lapsed_long_ago_are_swept_and_no_others() {
        let path = tempfile::tempdir().unwrap();
        let engine = Engine::open(Folder::take(path.path()).unwrap(), &Options::default()).unwrap();
        let (tenant, begin) = (TenantId::from_number(1), Time::from_millis(1_000_000_000));
        let owner = AggregateRef { kind: AggregateKind::Account, id: Id::new(1).unwrap() };
        let commit = Commit {
            id: Id::new(1).unwrap().into(),
            at: begin,
            aggregate: owner,
            expected: 0,
            changes: Vec::new(),
            claims: Vec::new(),
            events: Vec::new(),
        };
        let mut overlay = Overlay::default();
        let mut trial = Trial::new(&engine, &overlay, tenant, &commit);
        for key in 0..100 {
            trial.apply(&expiring(key, begin.plus(HOUR))).unwrap();
        }
        // One of them is prolonged, one taken for ever.
        trial.apply(&expiring(7, begin.plus(5 * HOUR))).unwrap();
        let for_ever = ClaimOp::Take { key: ClaimKey::request(&[8; 32]), body: Vec::new(), expires: None };
        trial.apply(&for_ever).unwrap();
        for (table, key, value) in trial.into_writes() {
            overlay.set(table, key, value);
        }
        overlay.into_batch(&engine).commit().unwrap();
        let left = |table| engine.snapshot().iter(engine.table(table)).count();
        assert_eq!((left(Table::Claims), left(Table::Platform)), (100, 99));

        let mut lapsed = Lapsed::default();
        for (now, claims, listed) in [(2, 100, 99), (3, 2, 1), (7, 1, 0)] {
            for _ in 0..5 {
                let mut overlay = Overlay::default();
                lapsed.sweep(&engine, &mut overlay, begin.plus(now * HOUR)).unwrap();
                overlay.into_batch(&engine).commit().unwrap();
            }
            assert_eq!((left(Table::Claims), left(Table::Platform)), (claims, listed), "{now} h later");
        }
    }
}
