//! Comparing all that a store and the reference hold.

use super::client;
use super::draw::{AGGREGATES, CLAIMS, DAYS, GRAIN, GRAINS, TENANTS};
use super::walker::Walker;
use crate::conformance::fixture::{SLOTS, at, calendar, claim, day, draft, tenant};
use crate::{Bounds, CommitError, DynStore, ListQuery, PlatformRow};
use ward_domain::record::{Key, List};
use ward_domain::tenancy::TenantScope;

/// Several reasons may refuse one commit, and several holders be in the way of it: the port leaves open which is named.
pub(super) fn same_refusal(ours: &CommitError, reference: &CommitError) -> bool {
    match (ours, reference) {
        (CommitError::ClaimTaken { .. }, CommitError::ClaimTaken { .. }) => true,
        _ => ours == reference,
    }
}

/// The order of rows with the same sort key is left open.
pub(super) fn same_platform_rows(what: &str, mut ours: Vec<PlatformRow>, reference: &[PlatformRow]) {
    assert!(ours.is_sorted_by_key(|row| row.sort), "{what}: {ours:?}");
    ours.sort_by_key(|row| (row.sort, row.tenant, row.id));
    assert_eq!(ours, reference, "{what}");
}

pub(super) async fn same_events(
    what: &str,
    store: &DynStore,
    model: &DynStore,
    scope: &TenantScope,
    limit: usize,
) {
    let ours = client::pending_events(store, scope, limit).await;
    assert_eq!(ours, client::pending_events(model, scope, limit).await, "{what}: events of {scope:?}");
}

impl Walker<'_> {
    /// Everything but spans, which can only be felt.
    pub(super) async fn compare_everything(&self) {
        let what = self.here();
        for number in 1..=TENANTS {
            let scope = tenant(number);
            let here = format!("{what}, tenant {number}");
            self.compare_documents(&here, &scope).await;
            self.compare_lists(&here, &scope).await;
            for number in 0..CLAIMS {
                let now = at(self.now_ms);
                let ours = client::claim(self.store, &scope, &claim(number), now).await;
                let reference = client::claim(&self.model, &scope, &claim(number), now).await;
                assert_eq!(ours, reference, "{here}: claim {number}");
            }
            for number in 1..=AGGREGATES {
                let ours = client::version(self.store, &scope, calendar(number)).await;
                let reference = client::version(&self.model, &scope, calendar(number)).await;
                assert_eq!(ours, reference, "{here}: aggregate {number}");
            }
            same_events(&here, self.store, &self.model, &scope, 10_000).await;
        }
        let ours =
            client::platform_list(self.store, List::RemindersDue, &Key::all(), Bounds::ALL, 1000).await;
        let reference =
            client::platform_list(&self.model, List::RemindersDue, &Key::all(), Bounds::ALL, 1000).await;
        same_platform_rows(&what, ours, &reference);
        let ours = client::tenants_with_events(self.store).await;
        assert_eq!(ours, client::tenants_with_events(&self.model).await, "{what}: tenants with events");
    }

    /// Bodies are compared as they are read: as they lie they may be sealed.
    async fn compare_documents(&self, what: &str, scope: &TenantScope) {
        let reference = client::bodies(&self.model, scope, None, 1000).await;
        let (mut ours, mut after) = (Vec::new(), None);
        loop {
            let page = client::bodies(self.store, scope, after, 7).await;
            let Some(last) = page.last() else { break };
            after = Some(last.place);
            ours.extend(page);
        }
        let places = |bodies: &[crate::RawBody]| {
            bodies.iter().map(|body| (body.place, body.aggregate, body.version)).collect::<Vec<_>>()
        };
        assert_eq!(places(&ours), places(&reference), "{what}: bodies");
        for body in reference {
            let stored = client::get(self.store, scope, body.place.kind, body.place.id).await;
            let reference = client::get(&self.model, scope, body.place.kind, body.place.id).await;
            assert_eq!(stored, reference, "{what}: {:?}", body.place);
        }
    }

    async fn compare_lists(&self, what: &str, scope: &TenantScope) {
        let by_doctor = (0..3).map(|doctor| (List::SlotsByDoctor, Key::of(doctor)));
        for (list, eq) in by_doctor.chain([(SLOTS, Key::all())]) {
            for descending in [false, true] {
                let query = ListQuery { descending, ..ListQuery::all(list, eq.clone()) };
                let ours = client::list(self.store, scope, &query).await;
                assert_eq!(ours, client::list(&self.model, scope, &query).await, "{what}: {query:?}");
            }
        }
    }

    /// Takes each bit of each day and gives it back at once: free on both sides, or on neither.
    pub(super) async fn compare_spans(&self) {
        let prober = calendar(999);
        for number in 1..=TENANTS {
            let scope = tenant(number);
            for (key, grain) in
                (1..=DAYS).flat_map(|number| (0..GRAINS).map(move |grain| (day(number), grain)))
            {
                let start = grain * GRAIN;
                let version = client::version(&self.model, &scope, prober).await;
                let probe = draft(prober, version)
                    .take_span(key.clone(), start, start + GRAIN)
                    .release_span(key.clone(), start);
                let ours = client::commit(self.store, &scope, &probe.0).await;
                let reference = client::commit(&self.model, &scope, &probe.0).await;
                let here = self.here();
                assert_eq!(ours, reference, "{here}: the span from {start} of {key:?}, tenant {number}");
            }
        }
    }
}
