//! The lease on the node number. There is one process, so the number is always 0; what matters is the time: ids of the
//! process before may reach up to the end of its lease.

use super::overlay::Overlay;
use crate::engine::{Engine, Table, damaged};
use crate::keys;
use crate::value::Reader;
use ward_domain::time::Time;
use ward_store::{NodeLease, StoreError};

/// Leases to a new holder from the end of the lease before, or renews. The end never goes back.
pub(super) fn lease(
    engine: &Engine,
    overlay: &mut Overlay,
    holder: u128,
    until: Time,
) -> Result<NodeLease, StoreError> {
    let held = overlay.get(engine, Table::Platform, keys::LEASE)?;
    let held = held.map(|bytes| decode(&bytes).ok_or_else(|| damaged("the node's lease"))).transpose()?;
    let lease = match held {
        Some((by, lease)) if by == holder => NodeLease { until: lease.until.max(until), ..lease },
        Some((_, lease)) => NodeLease { node: 0, floor: lease.until, until: lease.until.max(until) },
        None => NodeLease { node: 0, floor: Time::default(), until },
    };
    overlay.set(Table::Platform, keys::LEASE.to_vec(), Some(encode(holder, lease)));
    Ok(lease)
}

/// Where no lease was: the next one begins at `floor` at the earliest.
pub(crate) fn above(floor: Time) -> Vec<u8> {
    encode(0, NodeLease { node: 0, floor, until: floor })
}

/// The end of the latest lease.
pub(crate) fn end(bytes: &[u8]) -> Option<Time> {
    decode(bytes).map(|(_, lease)| lease.until)
}

fn encode(holder: u128, lease: NodeLease) -> Vec<u8> {
    let times = [lease.floor, lease.until].map(|time| time.millis().to_be_bytes());
    [holder.to_be_bytes().as_slice(), &times[0], &times[1]].concat()
}

fn decode(bytes: &[u8]) -> Option<(u128, NodeLease)> {
    let mut value = Reader::new(bytes);
    let holder = u128::from(value.u64()?) << 64 | u128::from(value.u64()?);
    let mut time = || value.u64().map(|ms| Time::from_millis(ms.cast_signed()));
    Some((holder, NodeLease { node: 0, floor: time()?, until: time()? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_reads_back() {
        let lease = NodeLease { node: 0, floor: Time::from_millis(-5), until: Time::from_millis(1 << 40) };
        let holder = (7_u128 << 64) | 9;
        assert_eq!(decode(&encode(holder, lease)), Some((holder, lease)));
    }
}
