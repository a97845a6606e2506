//! What the five APIs share, and the front door that they stand behind.
//!
//! An API crate states itself as an [`Api`]: a router with its OpenAPI description, an [`Envelope`] for what goes
//! wrong, and its [`Rules`] as data. [`FrontDoor`] mounts them side by side, decides which one answers a request, and
//! does everything that is the same for all of them: request ids, tracing, metrics, limits, log-in, deadlines, CORS.
//!
//! This crate knows no request or answer of any one API, and no rule of the house.
//!
//! Start reading at [`api`] (what an API says of itself), then [`door`] (the way of a request), [`mount`] (which API
//! answers) and [`given`] (how a body is read so that every wrong field is named at once).

pub mod api;
pub mod authenticate;
pub mod bounds;
pub mod describe;
mod docs;
pub mod door;
pub mod envelope;
pub mod extract;
pub mod failure;
pub mod form;
pub mod given;
pub mod limits;
mod linger;
pub mod listing;
pub mod log_in;
pub mod mount;
pub mod page;
pub mod params;
pub mod settings;
pub mod url;
pub mod walk;

pub use api::{Api, BodyClaim, Rules, Standing};
pub use authenticate::Authenticate;
pub use describe::describe;
pub use door::FrontDoor;
pub use envelope::Envelope;
pub use extract::{Caller, IfMatch, InPath, JsonBody, JsonSent, MaybeCaller, Meta, PathId, Sent};
pub use failure::{AsIs, Failure, Outcome};
pub use form::{FileForm, Form};
pub use given::{Given, Nested, Wire};
pub use limits::{Limit, Per, RateLimiter, Window};
pub use listing::Listing;
pub use mount::MountError;
pub use page::{PageLinks, PageRequest};
pub use params::{Direction, Params};
pub use settings::{Network, Origins, Settings};
pub use url::RequestUrl;
pub use walk::Walk;
