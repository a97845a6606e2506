//! [`Body`]: a document's JSON, shared, and beside it the document once somebody has read it.

use crate::{StoreError, Stored};
use std::any::Any;
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};
use ward_domain::record::Document;

/// A document's JSON. Cloning shares it, and what one reader made of it serves the next.
#[derive(Clone)]
pub struct Body(Arc<Inner>);

struct Inner {
    json: Vec<u8>,
    read: OnceLock<Arc<dyn Any + Send + Sync>>,
}

impl Body {
    fn shared<D: Document>(&self) -> Result<Arc<D>, serde_json::Error> {
        if let Some(document) = self.0.read.get()
            && let Ok(document) = Arc::clone(document).downcast()
        {
            return Ok(document);
        }
        let document = Arc::new(serde_json::from_slice::<D>(&self.0.json)?);
        let kept: Arc<dyn Any + Send + Sync> = document.clone();
        let _ = self.0.read.set(kept);
        Ok(document)
    }

    fn owned<D: Document>(self) -> Result<D, serde_json::Error> {
        // Nobody else has it: there is nobody to keep what is read for.
        if Arc::strong_count(&self.0) == 1 && self.0.read.get().is_none() {
            return serde_json::from_slice(&self.0.json);
        }
        self.shared().map(Arc::unwrap_or_clone)
    }
}

impl Stored {
    /// The document. What does not read is [`StoreError::Damaged`]; the text says what it is, never what is in it.
    pub fn document<D: Document>(self) -> Result<D, StoreError> {
        let id = self.id;
        self.body.owned().map_err(|error| {
            StoreError::Damaged(format!("the {:?} {id} cannot be read ({:?})", D::KIND, error.classify()))
        })
    }
}

impl From<Vec<u8>> for Body {
    fn from(json: Vec<u8>) -> Self {
        Self(Arc::new(Inner { json, read: OnceLock::new() }))
    }
}

impl Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0.json
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        self.0.json == other.0.json
    }
}

impl Eq for Body {}

/// Its length: what it says is a patient's.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.json.len())
    }
}
