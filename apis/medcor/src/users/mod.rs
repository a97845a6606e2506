//! A hospital's people.

pub(crate) mod activate;
pub(crate) mod create;
pub(crate) mod deactivate;
pub(crate) mod delete;
pub(crate) mod directory;
pub(crate) mod duplicates;
pub(crate) mod edit;
pub(crate) mod list;
pub(crate) mod merge;
pub(crate) mod person;
mod query;
pub(crate) mod read;
pub(crate) mod reset_totp;
mod user;

pub(crate) use person::Person;
pub(crate) use user::{User, one};
