//! Where the hospital wants to hear of what happens, and the log of what was sent (document 002, Webhooks).

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod deliveries;
mod delivery;
pub(crate) mod edit;
pub(crate) mod enable;
pub(crate) mod list;
pub(crate) mod read;
pub(crate) mod read_delivery;
pub(crate) mod replay;
pub(crate) mod replay_delivery;
pub(crate) mod rotate;
pub(crate) mod test;
mod webhook;

use ward_domain::face::Face;

/// Whose words events go by.
const FACE: Face = Face::Medcor;
/// Most names of events in a body.
const MAX_EVENTS: usize = 50;
