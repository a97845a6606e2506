//! Plans that hospitals subscribe to, and the subscription of the caller's hospital.

mod cancel;
mod check;
mod create;
mod current;
mod delete;
mod edit;
mod history;
mod list;
mod read;
mod subscribe;

pub use cancel::cancel;
pub use create::{NewPlan, create};
pub use current::{Current, current};
pub use delete::delete;
pub use edit::edit;
pub use history::history;
pub use list::{PlanOrder, PlanQuery, list};
pub use read::read;
pub use subscribe::subscribe;
