//! The suite on its own reference: a case that the reference fails is a wrong case.

use super::Model;

#[allow(clippy::unused_async, reason = "a factory is async")]
async fn model() -> (Model, ()) {
    (Model::new(), ())
}

crate::conformance!(reference, model);
