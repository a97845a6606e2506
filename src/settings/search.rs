//! Where search rests.

use serde::Deserialize;
use ward_gateways::embedder::OpenAiSettings;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "see Settings")]
pub struct Search {
    pub backend: SearchBackend,
    pub embedder: EmbedderKind,
    #[serde(default)]
    pub openai: Option<OpenAiSettings>,
    pub meilisearch: Meilisearch,
}

impl Search {
    /// What is wrong with them, with what to do.
    pub(super) fn wrong(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.backend == SearchBackend::Meilisearch
            && (self.meilisearch.timeout_ms == 0 || self.meilisearch.task_timeout_ms == 0)
        {
            wrong.push("search.meilisearch.timeout_ms and task_timeout_ms must be at least 1".to_owned());
        }
        if self.embedder == EmbedderKind::OpenAi && self.openai.is_none() {
            wrong.push(
                "search.embedder = \"openai\" needs a section [search.openai] with url and model".to_owned(),
            );
        }
        wrong
    }
}

/// Who says what texts are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EmbedderKind {
    /// Ward's own tables of concepts, on this machine.
    Concepts,
    /// A server that speaks as OpenAI's does: `[search.openai]` says where.
    OpenAi,
}

/// Which search index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SearchBackend {
    /// On this machine's disk.
    Embedded,
    /// On a Meilisearch server: `[search.meilisearch]` says where.
    Meilisearch,
}

/// The key is never printed.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "see Settings")]
pub struct Meilisearch {
    pub url: String,
    pub key: String,
    pub index_prefix: String,
    pub timeout_ms: u64,
    pub task_timeout_ms: u64,
}

impl std::fmt::Debug for Meilisearch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Meilisearch").field("url", &self.url).finish_non_exhaustive()
    }
}
