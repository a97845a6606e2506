//! What an API hands over: one file and words beside it, in whatever order they come.

use crate::Fail;
use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use std::collections::BTreeMap;

/// A file on its way in.
pub struct Incoming {
    /// What its sender calls it.
    pub name: Option<String>,
    /// What its sender says that it is: a content type.
    pub declared: Option<String>,
    /// Its bytes. An error ends them.
    pub bytes: BoxStream<'static, Result<Bytes, Fail>>,
}

/// What stands beside a file, by name.
pub type Words = BTreeMap<&'static str, String>;

/// A file and words, read as they come. The file is asked for first and read to its end, then the words.
#[async_trait]
pub trait Delivery: Send {
    /// Reads up to the file; `None` where there is none.
    async fn file(&mut self) -> Result<Option<Incoming>, Fail>;

    /// The most bytes that its sender says will come, all told.
    fn announced(&self) -> Option<u64>;

    /// Reads what is left, and gives the words from before and after the file.
    async fn words(&mut self) -> Result<Words, Fail>;
}
