//! A house without a place for objects: no actor puts any.

use async_trait::async_trait;
use ward_domain::tenancy::TenantScope;
use ward_gateways::objects::{
    ByteRange, Expected, Kept, Object, ObjectBody, ObjectError, ObjectKey, Objects,
};

/// Answers that objects are unavailable.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoObjects;

fn none<T>() -> Result<T, ObjectError> {
    Err(ObjectError::Unavailable("this house has no place for objects".to_owned()))
}

#[async_trait]
impl Objects for NoObjects {
    async fn put(
        &self,
        _: &TenantScope,
        _: ObjectKey,
        _: ObjectBody,
        _: Expected,
    ) -> Result<Kept, ObjectError> {
        none()
    }

    async fn get(&self, _: &TenantScope, _: ObjectKey, _: Option<ByteRange>) -> Result<Object, ObjectError> {
        none()
    }

    async fn delete(&self, _: &TenantScope, _: ObjectKey) -> Result<(), ObjectError> {
        none()
    }

    async fn destroy(&self, _: &TenantScope) -> Result<(), ObjectError> {
        none()
    }

    async fn check(&self) -> Result<(), ObjectError> {
        none()
    }
}
