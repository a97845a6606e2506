//! A store walked part by part. A place in a walk is a key, that of an aggregate, a list or a bucket, and a position
//! under it.

use super::mark::read_mark;
use crate::connection::Connection;
use crate::fault::Fault;
use crate::house::House;
use crate::leases;
use crate::space::Space;
use async_trait::async_trait;
use std::sync::Arc;
use ward_domain::tenancy::TenantScope;
use ward_domain::time::Time;
use ward_store::StoreError;
use ward_store::moving::{Cursor, EXPORT_BYTES, Exported, Item, Part, Snapshot};

/// Keys whose items are asked for at once.
const AT_ONCE: usize = 16;
/// Items that are asked for at once under each of several keys, and documents at once: their bodies may be large.
const FEW: usize = 32;
/// Items at once under one key.
const MANY: usize = 1024;

/// A walk's view: every page is of its own moment.
pub(super) struct Moment {
    house: Arc<House>,
}

impl Moment {
    pub(super) const fn new(house: Arc<House>) -> Self {
        Self { house }
    }
}

#[async_trait]
impl Snapshot for Moment {
    fn is_one_moment(&self) -> bool {
        false
    }

    async fn floor(&self) -> Result<Time, StoreError> {
        self.house.check_open()?;
        Ok(leases::latest(&self.house).await?.max(read_mark(&self.house).await?.floor))
    }

    async fn export(
        &self,
        scope: &TenantScope,
        part: Part,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Exported, StoreError> {
        let space = self.house.space(scope.tenant()).await?;
        let walk = Walk { house: &self.house, space: &space, part };
        let after = after.map(|Cursor(bytes)| At::read(bytes).ok_or_else(|| Fault::damaged("a cursor")));
        Ok(walk.page(after.transpose()?, limit.max(1)).await?)
    }
}

/// A place: after the position under the key.
#[derive(Clone)]
struct At {
    key: Vec<u8>,
    position: Vec<u8>,
}

impl At {
    fn cursor(self) -> Cursor {
        let length = u32::try_from(self.key.len()).unwrap_or(u32::MAX).to_be_bytes();
        Cursor([length.as_slice(), &self.key, &self.position].concat())
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk()?;
        let (key, position) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        Some(Self { key: key.to_vec(), position: position.to_vec() })
    }
}

/// What lies under one key, with its positions; nothing at a position that does not travel. There may be more if there is
/// as much as asked for.
pub(super) type Found = Vec<(Vec<u8>, Option<Item>)>;

/// A page that is being filled.
struct Filling {
    page: Exported,
    bytes: usize,
    limit: usize,
    at: Option<At>,
}

impl Filling {
    fn left(&self) -> usize {
        if self.bytes >= EXPORT_BYTES { 0 } else { self.limit.saturating_sub(self.page.items.len()) }
    }

    /// Takes what there is room for; false where something is left over.
    fn take(&mut self, key: &[u8], found: Found) -> bool {
        for (position, item) in found {
            if self.left() == 0 {
                return false;
            }
            self.bytes += item.as_ref().map_or(0, Item::weight);
            self.page.items.extend(item);
            self.at = Some(At { key: key.to_vec(), position });
        }
        true
    }

    fn full(self) -> Exported {
        Exported { next: self.at.map(At::cursor), ..self.page }
    }
}

pub(super) struct Walk<'a> {
    pub(super) house: &'a House,
    pub(super) space: &'a Space,
    pub(super) part: Part,
}

impl Walk<'_> {
    async fn page(&self, after: Option<At>, limit: usize) -> Result<Exported, Fault> {
        let page = Exported { items: Vec::new(), next: None };
        let mut filling = Filling { page, bytes: 0, limit, at: after };
        let mut last = filling.at.as_ref().map(|at| at.key.clone());
        if !self.drain(&mut filling).await? {
            return Ok(filling.full());
        }
        loop {
            let keys = self.keys(last.as_deref()).await?;
            let Some(end) = keys.last().cloned() else { return Ok(filling.page) };
            for keys in keys.chunks(AT_ONCE) {
                let asked = FEW.min(filling.left());
                if asked == 0 {
                    return Ok(filling.full());
                }
                let of = async |key: &Vec<u8>| self.under(key, None, asked).await;
                for (key, found) in keys.iter().zip(Connection::each(keys, of).await?) {
                    let more = found.len() >= asked;
                    if !filling.take(key, found) || (more && !self.drain(&mut filling).await?) {
                        return Ok(filling.full());
                    }
                }
            }
            last = Some(end);
        }
    }

    /// Goes on under the last key to its end; false where the page is full before.
    async fn drain(&self, filling: &mut Filling) -> Result<bool, Fault> {
        while let Some(At { key, position }) = filling.at.clone() {
            let asked = filling.left().min(if self.part == Part::Documents { FEW } else { MANY });
            if asked == 0 {
                return Ok(false);
            }
            let found = self.under(&key, Some(&position), asked).await?;
            let more = found.len() >= asked;
            if !filling.take(&key, found) {
                return Ok(false);
            }
            if !more {
                break;
            }
        }
        Ok(true)
    }
}
