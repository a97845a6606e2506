//! Embeddings of a server that speaks as OpenAI's does: `POST {url}/embeddings`.

use super::{EmbedError, Embedder, MAX_TEXT_CHARS};
use crate::outside::{Outside, OutsideError};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use ward_domain::tenancy::TenantScope;
use ward_domain::vector::{DIMENSIONS, Vector};

/// Texts of one request.
const BATCH: usize = 64;
/// The most bytes of an answer: 64 vectors of 3,072 written-out numbers.
const MAX_ANSWER: usize = 16 << 20;

/// Which server, and which of its models. The key is never printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenAiSettings {
    /// Up to and with the version: `https://api.openai.com/v1`.
    pub url: String,
    /// Sent as a bearer token; empty: none.
    #[serde(default)]
    pub key: String,
    /// `text-embedding-3-small`.
    pub model: String,
    /// How long one request may take.
    #[serde(default = "timeout_ms")]
    pub timeout_ms: u64,
    /// Ask for vectors of 256 dimensions. Off for models that know only their own number: theirs are folded.
    #[serde(default = "yes")]
    pub dimensions: bool,
}

impl std::fmt::Debug for OpenAiSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut out = f.debug_struct("OpenAiSettings");
        out.field("url", &self.url).field("model", &self.model).finish_non_exhaustive()
    }
}

const fn timeout_ms() -> u64 {
    20_000
}

const fn yes() -> bool {
    true
}

/// An embedder on a server.
pub struct OpenAi {
    name: String,
    model: String,
    dimensions: Option<usize>,
    outside: Outside,
}

#[derive(Serialize)]
struct Ask<'a> {
    model: &'a str,
    input: &'a [&'a str],
    encoding_format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    dimensions: Option<usize>,
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Embedding>,
}

#[derive(Deserialize)]
struct Embedding {
    index: usize,
    embedding: Vec<f32>,
}

impl OpenAi {
    /// Nothing is sent yet.
    pub fn new(settings: &OpenAiSettings) -> Result<Self, EmbedError> {
        let timeout = Duration::from_millis(settings.timeout_ms);
        let outside = Outside::new(&settings.url, &settings.key, timeout, MAX_ANSWER)?;
        Ok(Self {
            name: format!("openai:{}:{}", settings.model, settings.dimensions),
            model: settings.model.clone(),
            dimensions: settings.dimensions.then_some(DIMENSIONS),
            outside,
        })
    }

    async fn batch(&self, texts: &[&str]) -> Result<Vec<Option<Vector>>, EmbedError> {
        let ask =
            Ask { model: &self.model, input: texts, encoding_format: "float", dimensions: self.dimensions };
        let answer: Answer = self.outside.post("embeddings", &ask).await?;
        let mut vectors = vec![None; texts.len()];
        for Embedding { index, embedding } in answer.data {
            if let Some(place) = vectors.get_mut(index) {
                *place = Vector::of(&embedding);
            }
        }
        // A text that says something has a direction: a gap is the server's.
        if vectors.iter().any(Option::is_none) {
            return Err(EmbedError::Unavailable("the answer lacks vectors".to_owned()));
        }
        Ok(vectors)
    }
}

#[async_trait]
impl Embedder for OpenAi {
    fn name(&self) -> &str {
        &self.name
    }

    async fn embed(&self, _scope: &TenantScope, texts: &[String]) -> Result<Vec<Option<Vector>>, EmbedError> {
        let cut = |text: &String| -> String { text.chars().take(MAX_TEXT_CHARS).collect() };
        let cut: Vec<String> = texts.iter().map(cut).collect();
        // The server refuses an empty text.
        let said: Vec<&str> = cut.iter().map(String::as_str).filter(|text| !text.trim().is_empty()).collect();
        let mut vectors = Vec::with_capacity(said.len());
        for batch in said.chunks(BATCH) {
            vectors.extend(self.batch(batch).await?);
        }
        let mut vectors = vectors.into_iter();
        Ok(cut
            .iter()
            .map(|text| if text.trim().is_empty() { None } else { vectors.next().flatten() })
            .collect())
    }

    async fn prove(&self) -> Result<(), EmbedError> {
        self.batch(&["health"]).await.map(|_| ())
    }
}

impl From<OutsideError> for EmbedError {
    fn from(error: OutsideError) -> Self {
        match error {
            OutsideError::Later(why) => Self::Unavailable(why),
            OutsideError::Never(why) => Self::Refused(why),
        }
    }
}
