//! Use cases, one verb a file: authorise, ask the owning actor or read the store, answer.
//!
//! Every use case takes the [`House`] and a [`Ctx`] first. Authorisation is inside, so that no API can forget it, and
//! so is the audit entry, which is durable before the answer leaves. What comes back are documents of `ward_domain`
//! with the version that wrote them; how they are spelled is the API's business.
//!
//! This crate must not know: which API asks (but for the name in tokens and the trail), and which back end is in use.

pub mod analytics;
pub mod appointment;
pub mod attachment;
pub mod audit;
pub mod auth;
pub mod calendar_link;
pub mod chart;
pub mod ctx;
pub mod encounter;
pub mod health;
pub mod hospital;
pub mod house;
pub mod invitation;
pub mod list;
pub mod object;
pub mod ops;
pub mod patient_access;
pub mod payment;
mod phone;
mod qr;
mod request;
pub mod slot;
pub mod specialty;
pub mod subscription;
pub mod upload;
pub mod user;
pub mod waiting;
pub mod webhook;

pub use ctx::{Ctx, Fail, RequestMeta};
pub use house::{House, Settings};
pub use list::{Filters, Listed, Order, PageRequest};
