//! The suite on its own reference: a case that the reference fails is a wrong case.

use super::Model;

async fn model() -> (Model, ()) {
    (Model::new(), ())
}

crate::conformance!(reference, model);
