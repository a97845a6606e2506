//! `/api/subscription-plans/…`

pub mod cancel;
pub mod create;
pub mod current;
pub mod delete;
pub mod edit;
pub mod history;
pub mod list;
pub mod plan;
pub mod read;
pub mod settings;
pub mod subscribe;
pub mod subscription;
