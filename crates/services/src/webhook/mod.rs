//! Webhooks: where a hospital wants to hear of what happens, and the log of what was sent.
//!
//! Every use case takes the API that asks: each sees the endpoints that were registered through it, whose events go by
//! its names.

mod create;
mod delete;
mod deliveries;
mod edit;
mod enable;
mod list;
mod read;
mod replay;
mod rotate;
mod test;
mod validate;

pub use create::{NewWebhook, Registered, create};
pub use delete::delete;
pub use deliveries::{DeliveryQuery, Sent, deliveries, delivery};
pub use edit::{EditedWebhook, edit};
pub use enable::enable;
pub use list::list;
pub use read::read;
pub use replay::{ReplayQuery, replay_one, replay_range};
pub use rotate::rotate;
pub use test::test;
