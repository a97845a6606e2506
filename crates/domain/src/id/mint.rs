//! Minting: how ids stay unique when the clock stands still, goes back, or a process dies.

use super::{EPOCH_MS, Id, NODE_BITS, SEQUENCE_BITS};
use crate::time::Time;

/// Why no id can be minted now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MintError {
    /// The lease on the node number has lapsed, or the clock (or the run of ids) has come to its end: renew first.
    #[error("the lease on this process's node number has run out")]
    LeaseLapsed,
}

/// Mints ids for one process under a lease on its node number.
///
/// Time never goes back for a minter: where the clock does, or a millisecond's sequence is used up, it goes on from
/// the last millisecond it used, but never past the end of its lease. A process that starts again begins at the end
/// of the last lease if the clock is not past it yet, so that a kill can never mint an id twice.
#[derive(Debug)]
pub struct Minter {
    node: u64,
    last_ms: i64,
    sequence: u64,
    lease_end_ms: i64,
}

impl Minter {
    /// `node` is 0 to 31; `floor` is the end of the node's previous lease, `lease_end` of this one.
    pub fn new(node: u8, floor: Time, lease_end: Time) -> Self {
        let node = u64::from(node) & ((1 << NODE_BITS) - 1);
        Self { node, last_ms: floor.millis().max(EPOCH_MS), sequence: 0, lease_end_ms: lease_end.millis() }
    }

    /// Moves the end of the lease; it never moves back.
    pub fn renew(&mut self, lease_end: Time) {
        self.lease_end_ms = self.lease_end_ms.max(lease_end.millis());
    }

    /// The end of the lease.
    pub fn lease_end(&self) -> Time {
        Time::from_millis(self.lease_end_ms)
    }

    /// The next id, larger than every one before it.
    pub fn next(&mut self, now: Time) -> Result<Id, MintError> {
        if now.millis() > self.last_ms {
            self.last_ms = now.millis();
            self.sequence = 0;
        } else if self.sequence + 1 < (1 << SEQUENCE_BITS) {
            self.sequence += 1;
        } else {
            self.last_ms += 1;
            self.sequence = 0;
        }
        if self.last_ms >= self.lease_end_ms {
            return Err(MintError::LeaseLapsed);
        }
        let millis = (self.last_ms - EPOCH_MS).cast_unsigned();
        let number = (millis << (NODE_BITS + SEQUENCE_BITS)) | (self.node << SEQUENCE_BITS) | self.sequence;
        Id::new(number).ok_or(MintError::LeaseLapsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Time {
        Time::from_millis(EPOCH_MS + ms)
    }

    #[test]
    fn ids_grow_whatever_the_clock_does() {
        let mut minter = Minter::new(3, at(0), at(10_000));
        let clock = [5, 5, 5, 4, 3, 900, 899, 0, 901];
        let ids: Vec<_> = clock
            .iter()
            .flat_map(|&ms| (0..200).map(move |_| ms))
            .map(|ms| minter.next(at(ms)).unwrap())
            .collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn nothing_is_minted_past_the_lease_and_a_renewal_goes_on() {
        let mut minter = Minter::new(0, at(0), at(10));
        assert!(minter.next(at(9)).is_ok());
        assert_eq!(minter.next(at(10)), Err(MintError::LeaseLapsed));
        minter.renew(at(20));
        assert!(minter.next(at(11)).is_ok());
    }

    #[test]
    fn a_restart_with_a_clock_gone_back_mints_no_id_twice() {
        let mut first = Minter::new(0, at(0), at(1000));
        let last = first.next(at(900)).unwrap();
        let mut second = Minter::new(0, first.lease_end(), at(2000));
        assert!(second.next(at(100)).unwrap() > last);
    }

    #[test]
    fn nodes_never_share_an_id() {
        let mut a = Minter::new(1, at(0), at(1000));
        let mut b = Minter::new(2, at(0), at(1000));
        let of_a: Vec<_> = (0..500).map(|_| a.next(at(7)).unwrap()).collect();
        let of_b: Vec<_> = (0..500).map(|_| b.next(at(7)).unwrap()).collect();
        assert!(of_a.iter().all(|id| !of_b.contains(id)));
    }
}
