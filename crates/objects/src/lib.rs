//! Objects, sealed: the port of `ward_gateways::objects`, on a local folder or on S3.
//!
//! Whatever the place, an object is sealed with a key of its own that is derived from its tenant's data key (`seal`),
//! before it leaves the process. So a bucket that is read by others holds noise, destroying a hospital's keys reaches
//! its objects, and every read goes through Ward. The encryption that S3 itself offers can be asked for besides
//! ([`S3Settings`]); it is not what we rest on.
//!
//! Names are `tenants/<number>/<kind>/<id>`: numbers, and what a thing is for. `place` opens the two places, `vault` is
//! the port. This crate must not know: what an object is about, and who may read it.

mod place;
mod seal;
mod vault;

pub use place::{Encryption, S3Settings, folder, s3};
pub use vault::Vault;
