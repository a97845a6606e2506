//! Hospitals.

mod create;
mod delete;
mod edit;
mod list;
mod read;
mod rolled_up;
mod statistics;
mod validate;

pub use create::create;
pub use delete::delete;
pub use edit::edit;
pub use list::{HospitalQuery, list};
pub use read::read;
pub(crate) use rolled_up::check as check_period;
pub use rolled_up::{MAX_DAYS, RolledUp, Sums};
pub use statistics::{HospitalStatistics, statistics};
