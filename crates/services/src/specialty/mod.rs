//! A hospital's specialties, and which doctor has which.
//!
//! A hospital's first specialties are made by the first request that asks for them, of a new hospital as of one that
//! was there before there were specialties: see [`begin`].

mod assign;
mod assigned;
mod begin;
mod check;
mod create;
mod edit;
mod figures;
mod list;
mod read;
mod remove;
mod revise;

pub use assign::{NewAssignment, assign};
pub use assigned::{Assigned, AssignedQuery, assigned, list_assigned};
pub use create::create;
pub use edit::edit;
pub use figures::{SpecialtyFigures, SpecialtyTotals, popular, statistics};
pub use list::{SpecialtyOrder, SpecialtyQuery, list};
pub use read::read;
pub use remove::remove;
pub use revise::revise;
