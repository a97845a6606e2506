//! Node numbers for minting ids. How a store hands them out is its own affair: one that no other process shares may
//! give the same number to each new holder, raising the floor. What counts is that no two holders mint the same id.

use super::Subject;
use super::fixture::at;
use crate::NodeLease;

const LARGEST_NODE: u8 = (1 << ward_domain::id::NODE_BITS) - 1;

async fn lease(subject: &Subject, holder: u128, now: i64, until: i64) -> Option<NodeLease> {
    subject.store.lease_node(holder, at(now), at(until)).await.ok()
}

/// "0 to 31", for as long as was asked.
pub async fn a_lease_names_a_node(subject: &Subject) {
    let lease = lease(subject, 1, 0, 1000).await.expect("the first lease");
    assert!(lease.node <= LARGEST_NODE);
    assert_eq!(lease.until, at(1000));
    assert!(lease.floor <= at(0), "nobody held a node before, so ids of this moment are free");
}

/// "Or renews": same number, later end, and a floor that does not rise over what the holder has minted.
pub async fn a_renewal_keeps_the_node(subject: &Subject) {
    let first = lease(subject, 7, 0, 1000).await.expect("a lease");
    for (now, until) in [(500, 1500), (1000, 2000), (1999, 3000)] {
        let renewed = lease(subject, 7, now, until).await.expect("a renewal");
        assert_eq!((renewed.node, renewed.until), (first.node, at(until)));
        assert!(renewed.floor <= at(now), "a renewal must not stop its holder");
    }
}

/// Two holders of one number: the later one's floor is not below the earlier one's end.
pub async fn no_two_holders_can_mint_the_same_id(subject: &Subject) {
    let mut leases: Vec<NodeLease> = Vec::new();
    // More at once than there are numbers; a store may refuse some, but not the first.
    for holder in 0..40_u8 {
        let now = i64::from(holder);
        let Some(next) = lease(subject, u128::from(holder) + 1, now, 10_000 + now).await else {
            assert!(subject.store.is_shared() || leases.len() > usize::from(LARGEST_NODE));
            continue;
        };
        for earlier in leases.iter().filter(|earlier| earlier.node == next.node) {
            assert!(next.floor >= earlier.until, "node {} twice: {earlier:?}, {next:?}", next.node);
        }
        leases.push(next);
    }
    assert!(!leases.is_empty());
}

/// "The end of the previous holder's lease": lapsed numbers are given out again, above it.
pub async fn nodes_are_leased_again_above_the_floor(subject: &Subject) {
    let mut leases: Vec<NodeLease> = Vec::new();
    for holder in 0..100_u8 {
        // Each begins when the one before it has lapsed, so there is always a number to be had.
        let now = i64::from(holder) * 1000;
        let next = lease(subject, u128::from(holder) + 1, now, now + 1000).await.expect("a lapsed number");
        assert!(next.node <= LARGEST_NODE);
        assert!(next.floor <= at(now), "nobody holds it, so ids of this moment are free");
        for earlier in leases.iter().filter(|earlier| earlier.node == next.node) {
            assert!(next.floor >= earlier.until, "node {} twice: {earlier:?}, {next:?}", next.node);
        }
        leases.push(next);
    }
}
