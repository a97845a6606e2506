//! The reference for node numbers.

use crate::{NodeLease, StoreError};
use std::collections::BTreeMap;
use ward_domain::time::Time;

/// Node numbers of 5 bits.
const NODES: u8 = 1 << ward_domain::id::NODE_BITS;

#[derive(Debug, Clone, Default)]
pub(super) struct Leases {
    given: BTreeMap<u8, Lease>,
    /// Below it ids were minted in a store that moved in here.
    floor: Time,
}

#[derive(Debug, Clone)]
struct Lease {
    holder: u128,
    floor: Time,
    until: Time,
}

impl Leases {
    /// Nobody holds a number, and no lease begins below `floor`.
    pub(super) const fn above(floor: Time) -> Self {
        Self { given: BTreeMap::new(), floor }
    }

    /// The end of the latest lease.
    pub(super) fn end(&self) -> Time {
        self.given.values().map(|lease| lease.until).max().unwrap_or_default().max(self.floor)
    }

    pub(super) fn lease(&mut self, holder: u128, now: Time, until: Time) -> Result<NodeLease, StoreError> {
        for (node, lease) in &mut self.given {
            if lease.holder == holder {
                lease.until = lease.until.max(until);
                return Ok(NodeLease { node: *node, floor: lease.floor, until: lease.until });
            }
        }
        for node in 0..NODES {
            let floor = match self.given.get(&node) {
                Some(lease) if now < lease.until => continue,
                Some(lease) => lease.until,
                None => self.floor,
            };
            self.given.insert(node, Lease { holder, floor, until });
            return Ok(NodeLease { node, floor, until });
        }
        Err(StoreError::Unavailable("every node number is leased".into()))
    }
}
