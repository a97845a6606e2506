//! Payments: asked for by a doctor, told by the provider (document 000, *Wallet & Payments*).

pub mod callback;
pub mod request;
