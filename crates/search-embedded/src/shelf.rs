//! The open indexes of all tenants.

use crate::Limits;
use crate::fault::Fault;
use crate::folder::{Folder, prepare_root};
use crate::hands::Hands;
use crate::schema::Fields;
use crate::tenant::TenantIndex;
use crate::vectors::KeptVectors;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use ward_domain::tenancy::TenantId;

pub(crate) struct Shelf {
    root: PathBuf,
    limits: Limits,
    fields: Arc<Fields>,
    vectors: Arc<KeptVectors>,
    hands: Arc<Hands>,
    places: Mutex<HashMap<TenantId, Arc<Place>>>,
    /// Counts uses: the order in which indexes are closed.
    uses: AtomicU64,
    closed: AtomicBool,
}

/// A tenant's place. Its lock is held while its index is opened, closed or destroyed, so that these never overlap;
/// not while the index is used.
#[derive(Default)]
struct Place {
    index: Mutex<Option<Arc<TenantIndex>>>,
    used: AtomicU64,
}

impl Place {
    fn lock(&self) -> MutexGuard<'_, Option<Arc<TenantIndex>>> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the index if nobody uses it. Whoever opens or closes it now, uses it.
    fn close_unused(&self) {
        let Ok(mut index) = self.index.try_lock() else { return };
        if index.as_ref().is_some_and(|index| Arc::strong_count(index) == 1) {
            close_well(index.take());
        }
    }
}

fn close_well(index: Option<Arc<TenantIndex>>) {
    if let Some(index) = index {
        index.retire();
        index.closed_well();
    }
}

impl Shelf {
    pub(crate) fn open(root: PathBuf, limits: Limits) -> Result<Self, Fault> {
        prepare_root(&root)?;
        let fields = Arc::new(Fields::new(limits.vectors));
        let (places, uses, closed) = (Mutex::default(), AtomicU64::new(0), AtomicBool::new(false));
        let (vectors, hands) = (Arc::new(KeptVectors::new()), Arc::new(Hands::new(limits.side_by_side)?));
        Ok(Self { root, limits, fields, vectors, hands, places, uses, closed })
    }

    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The tenant's index, opened if need be.
    pub(crate) fn index(&self, tenant: TenantId) -> Result<Arc<TenantIndex>, Fault> {
        let place = self.place(tenant);
        let opened = {
            let mut index = place.lock();
            if self.closed.load(Ordering::Acquire) {
                return Err(Fault::closed());
            }
            if let Some(index) = &*index {
                return Ok(Arc::clone(index));
            }
            let folder = Folder::new(&self.root, tenant);
            let (fields, vectors) = (Arc::clone(&self.fields), Arc::clone(&self.vectors));
            let hands = Arc::clone(&self.hands);
            let opened = TenantIndex::open(fields, vectors, hands, folder, self.limits.writer_bytes)?;
            let opened = Arc::new(opened);
            *index = Some(Arc::clone(&opened));
            opened
        };
        drop(place);
        self.make_room();
        Ok(opened)
    }

    /// Closes an index that cannot be read. Its mark stays, so that the next opening checks it.
    pub(crate) fn condemn(&self, tenant: TenantId) {
        if let Some(index) = self.place(tenant).lock().take() {
            index.retire();
        }
    }

    pub(crate) fn destroy(&self, tenant: TenantId) -> Result<(), Fault> {
        let place = self.place(tenant);
        let mut index = place.lock();
        if self.closed.load(Ordering::Acquire) {
            return Err(Fault::closed());
        }
        if let Some(index) = index.take() {
            index.retire();
        }
        Folder::new(&self.root, tenant)
            .destroy()
            .map_err(|error| Fault::Unavailable(format!("the index is not yet removed: {error}")))
    }

    pub(crate) fn health(&self) -> Result<(), Fault> {
        if self.closed.load(Ordering::Acquire) {
            return Err(Fault::closed());
        }
        match self.root.metadata() {
            Ok(found) if found.is_dir() => Ok(()),
            _ => Err(Fault::Unavailable("the search folder is not there".to_owned())),
        }
    }

    /// Closes everything, waiting for writes under way.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        for place in self.by_use() {
            close_well(place.lock().take());
        }
    }

    /// Open indexes and open writers that are not in use this moment.
    pub(crate) fn open_now(&self) -> (usize, usize) {
        let open = self.opened();
        (open.len(), open.iter().filter(|index| index.writer_used().is_some()).count())
    }

    /// Closes writers that are idle, and the longest unused beyond the limit.
    pub(crate) fn tend_writers(&self) {
        let open = self.opened();
        for index in &open {
            index.close_idle_writer(self.limits.writer_idle);
        }
        let mut writing: Vec<_> =
            open.iter().filter_map(|index| index.writer_used().map(|used| (used, index))).collect();
        writing.sort_by_key(|(used, _)| *used);
        let surplus = writing.len().saturating_sub(self.limits.open_writers);
        for (_, index) in writing.into_iter().take(surplus) {
            index.close_idle_writer(std::time::Duration::ZERO);
        }
        // While they were looked after none of them could be closed.
        drop(open);
        self.make_room();
    }

    fn place(&self, tenant: TenantId) -> Arc<Place> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let place = Arc::clone(places.entry(tenant).or_default());
        place.used.store(self.uses.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        place
    }

    /// Closes the longest unused indexes beyond the limit, and forgets the places of those that are closed.
    fn make_room(&self) {
        let mut open = self.by_use();
        open.retain(|place| place.index.try_lock().is_ok_and(|index| index.is_some()));
        let surplus = open.len().saturating_sub(self.limits.open_indexes);
        open.iter().take(surplus).for_each(|place| place.close_unused());
        drop(open);
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.retain(|_, place| Arc::strong_count(place) > 1 || place.lock().is_some());
    }

    fn by_use(&self) -> Vec<Arc<Place>> {
        let places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let mut places: Vec<_> = places.values().cloned().collect();
        places.sort_by_key(|place| place.used.load(Ordering::Relaxed));
        places
    }

    fn opened(&self) -> Vec<Arc<TenantIndex>> {
        self.by_use().iter().filter_map(|place| place.index.try_lock().ok()?.clone()).collect()
    }
}
