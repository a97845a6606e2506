//! The reference for node numbers.

use crate::{NodeLease, StoreError};
use std::collections::BTreeMap;
use ward_domain::time::Time;

/// Node numbers of 5 bits.
const NODES: u8 = 1 << ward_domain::id::NODE_BITS;

#[derive(Debug, Clone, Default)]
pub(super) struct Leases(BTreeMap<u8, Lease>);

#[derive(Debug, Clone)]
struct Lease {
    holder: u128,
    floor: Time,
    until: Time,
}

impl Leases {
    pub(super) fn lease(&mut self, holder: u128, now: Time, until: Time) -> Result<NodeLease, StoreError> {
        for (node, lease) in &mut self.0 {
            if lease.holder == holder {
                lease.until = lease.until.max(until);
                return Ok(NodeLease { node: *node, floor: lease.floor, until: lease.until });
            }
        }
        for node in 0..NODES {
            let floor = match self.0.get(&node) {
                Some(lease) if now < lease.until => continue,
                Some(lease) => lease.until,
                None => Time::default(),
            };
            self.0.insert(node, Lease { holder, floor, until });
            return Ok(NodeLease { node, floor, until });
        }
        Err(StoreError::Unavailable("every node number is leased".into()))
    }
}
