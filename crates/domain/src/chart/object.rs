//! An object that stays open: its keys are the sender's, and so is the spelling of its numbers.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The longest open object, in bytes.
pub const MAX_OBJECT_BYTES: usize = 16 << 10;

/// The text of a JSON object, kept to the letter: `98.60` stays `98.60`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OpenObject(String);

impl OpenObject {
    /// From JSON text; `None` where it is no object, or over [`MAX_OBJECT_BYTES`].
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let good = text.len() <= MAX_OBJECT_BYTES && serde_json::from_str::<Map<String, Value>>(text).is_ok();
        good.then(|| Self(text.to_owned()))
    }

    /// The JSON text, as it was sent.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl Default for OpenObject {
    fn default() -> Self {
        Self("{}".to_owned())
    }
}
