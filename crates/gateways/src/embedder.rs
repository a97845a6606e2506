//! The port for embeddings: what texts are about, as vectors. Ward's own embedder lives in `ward_concepts`, because it
//! reads text as the search port does; [`OpenAi`] asks a server that speaks as OpenAI's does.

mod open_ai;

pub use open_ai::{OpenAi, OpenAiSettings};

use async_trait::async_trait;
use ward_domain::tenancy::TenantScope;
use ward_domain::vector::Vector;

/// The most texts of one call.
pub const MAX_TEXTS: usize = 1_000;
/// The most characters of a text that count.
pub const MAX_TEXT_CHARS: usize = 24_000;

/// Makes vectors of texts.
#[async_trait]
pub trait Embedder: Send + Sync {
    /// Which one, with its version: vectors of different embedders cannot be compared, so an index made with another
    /// is fed anew.
    fn name(&self) -> &str;

    /// A vector for each text, in their order; `None` for one that says nothing. At most [`MAX_TEXTS`].
    async fn embed(&self, scope: &TenantScope, texts: &[String]) -> Result<Vec<Option<Vector>>, EmbedError>;

    /// Whether it makes vectors now, for who sets one up: a server is asked for the vector of one word.
    async fn prove(&self) -> Result<(), EmbedError>;
}

/// Why there are no vectors. None of them says a word of the texts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmbedError {
    /// It may work later.
    #[error("the embedder does not answer: {0}")]
    Unavailable(String),
    /// It will not work until someone changes the settings: a wrong key, an unknown model.
    #[error("the embedder refuses: {0}")]
    Refused(String),
}
