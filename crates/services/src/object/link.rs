//! Giving a link out.

use crate::House;
use ward_domain::tenancy::TenantScope;
use ward_domain::time::Time;
use ward_gateways::objects::{Media, ObjectKey};

/// The path of a link to an object, below the server's address; it is good until `until`, a day at most. The caller has
/// asked the policy, and has left the entry that says who may read what.
pub fn link(house: &House, scope: &TenantScope, key: ObjectKey, media: Media, until: Time) -> String {
    format!("/objects/{}", house.links.sign(scope, key, media, house.env.now(), until))
}
