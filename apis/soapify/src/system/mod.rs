//! What the house rests on and is connected with, on the wire (document 000, *Integrations*).

pub mod health;
pub mod services;
