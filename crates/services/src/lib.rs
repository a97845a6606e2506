//! Use cases, one verb a file: authorise, ask the owning actor or read the store, answer.

pub mod ctx;
pub mod house;

pub use ctx::{Ctx, Fail, RequestMeta};
pub use house::House;
